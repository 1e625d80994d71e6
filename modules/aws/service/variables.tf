variable "name" {
  description = "What it is called: ENVIRONMENT-TIER."
  type        = string
}

variable "cluster_arn" {
  description = "The ECS cluster that it runs in."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones, for the tasks."
  type        = list(string)
  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Tasks are spread over at least two zones."
  }
}

variable "image" {
  description = "Container image."
  type        = string
}

variable "command" {
  description = "Program and arguments, instead of the image's own."
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

variable "secrets" {
  description = "Environment variables that are secret, by where ECS reads each: the ARN of a secret of Secrets Manager's, with :KEY:: for one of its keys."
  type        = map(string)
  default     = {}
}

variable "security_group_ids" {
  description = "Security groups that the tasks are in, beside the one of their own."
  type        = list(string)
  default     = []
}

variable "secret_arns" {
  description = "The secrets that are read."
  type        = list(string)
  default     = []
}

variable "cpu" {
  description = "Processor of a task, in 1/1024 of one: as Fargate has it."
  type        = number
  default     = 256
  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "Fargate has tasks of 256, 512, 1024, 2048, 4096, 8192 and 16384 processor units."
  }
}

variable "memory" {
  description = "Memory of a task, in MB: as Fargate has it for the processor."
  type        = number
  default     = 512
}

variable "members" {
  description = "How many tasks."
  type        = number
  default     = 2
  validation {
    condition     = var.members >= 0 && floor(var.members) == var.members
    error_message = "The number of tasks must be a whole number, 0 or more."
  }
}

variable "port" {
  description = "Port that the container listens on."
  type        = number
  default     = 8080
}

variable "balancer" {
  description = "The balancer before it; nobody calls it without one. Inputs are those of the module balancer."
  type = object({
    vpc_cidr            = string
    subnet_ids          = list(string)
    internal            = optional(bool, true)
    ingress_cidrs       = optional(list(string))
    health_path         = optional(string, "/")
    certificate_arn     = optional(string)
    host                = optional(string)
    zone_id             = optional(string)
    deletion_protection = optional(bool, true)
  })
  default = null
}

variable "log_group" {
  description = "Name of the log group that it writes to."
  type        = string
}
