variable "name" {
  description = "What it is called: ENVIRONMENT-TIER."
  type        = string
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
    error_message = "Machines are spread over at least two zones."
  }
}

variable "ami" {
  description = "Machine image."
  type        = string
  validation {
    condition     = can(regex("^ami-", var.ami))
    error_message = "The machine image must be an id, as ami-0abc."
  }
}

variable "size" {
  description = "Instance type."
  type        = string
  default     = "t3.small"
}

variable "members" {
  description = "How many machines."
  type        = number
  default     = 2
  validation {
    condition     = var.members >= 0 && floor(var.members) == var.members
    error_message = "The number of machines must be a whole number, 0 or more."
  }
}

variable "max_members" {
  description = "How many there may be under load; they come and go by the processors' load then. Without it there are always as many as members says."
  type        = number
  default     = null
}

variable "user_data" {
  description = "What a machine runs when it starts."
  type        = string
  default     = ""
}

variable "port" {
  description = "Port that balancers call. Without one nobody calls."
  type        = number
  default     = null
}

variable "balancer" {
  description = "The balancer that calls: its security group and its target group."
  type        = object({ security_group_id = string, target_group_arn = string })
  default     = null
}

variable "security_group_ids" {
  description = "Security groups that the machines are in, beside the one of their own."
  type        = list(string)
  default     = []
}

variable "secret_arns" {
  description = "Secrets of Secrets Manager's that the machines may read."
  type        = list(string)
  default     = []
}

variable "root_device" {
  description = "Root device of the image: /dev/xvda for Amazon Linux, /dev/sda1 for Ubuntu."
  type        = string
  default     = "/dev/xvda"
}

variable "disk" {
  description = "Size of the root volume, in GB."
  type        = number
  default     = 20
}
