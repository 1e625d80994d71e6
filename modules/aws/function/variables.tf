variable "name" {
  description = "What it is called: ENVIRONMENT-TIER."
  type        = string
  validation {
    condition     = length(var.name) <= 64
    error_message = "The name of a function has 64 characters at most."
  }
}

variable "image" {
  description = "Container image in ECR."
  type        = string
}

variable "command" {
  description = "Command, instead of the image's own."
  type        = list(string)
  default     = []
}

variable "working_dir" {
  description = "Directory that the command runs in, instead of the image's own."
  type        = string
  default     = null
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
  default     = {}
}

variable "memory" {
  description = "Memory in MB."
  type        = number
  default     = 512
}

variable "timeout" {
  description = "Seconds that a call may take."
  type        = number
  default     = 30
}

variable "members" {
  description = "How many calls may run at once, kept for it alone. Without it, what the account has left."
  type        = number
  default     = null
}

variable "schedule" {
  description = "When it is called by itself: rate(5 minutes), or cron(0 3 * * ? *)."
  type        = string
  default     = null
  validation {
    condition     = var.schedule == null || can(regex("^(rate|cron)\\(.+\\)$", var.schedule))
    error_message = "The schedule must be rate(…) or cron(…), as EventBridge has it."
  }
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones."
  type        = list(string)
  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "A function has subnets in at least two zones."
  }
}

variable "security_group_ids" {
  description = "Security groups that the function is in, beside the one of its own."
  type        = list(string)
  default     = []
}

variable "secret_arns" {
  description = "Secrets of Secrets Manager's that it may read."
  type        = list(string)
  default     = []
}

variable "log_group" {
  description = "Name of the log group that it writes to."
  type        = string
}
