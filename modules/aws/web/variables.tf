variable "name" {
  description = "What it is called: ENVIRONMENT-TIER."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "vpc_cidr" {
  description = "Addresses of the VPC, where the targets are."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets in at least two zones, for the machines."
  type        = list(string)
  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "Machines are spread over at least two zones."
  }
}

variable "balancer_subnet_ids" {
  description = "Subnets in at least two zones for the balancer: public ones, or private ones for an internal balancer."
  type        = list(string)
  validation {
    condition     = length(var.balancer_subnet_ids) >= 2
    error_message = "A balancer stands in at least two zones."
  }
}

variable "internal" {
  description = "Whether it is reached from inside of the VPC alone."
  type        = bool
  default     = false
}

variable "ingress_cidrs" {
  description = "Addresses that may call it. Without them everybody, or everybody inside for an internal one."
  type        = list(string)
  default     = null
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
  description = "Port that the machines listen on."
  type        = number
  default     = 8080
}

variable "health_path" {
  description = "Path that a healthy machine answers with a status of 200 to 399."
  type        = string
  default     = "/"
  validation {
    condition     = startswith(var.health_path, "/")
    error_message = "The health path must begin with a slash."
  }
}

variable "certificate_arn" {
  description = "Certificate of Certificate Manager's: the balancer then speaks HTTPS, and HTTP leads there."
  type        = string
  default     = null
}

variable "host" {
  description = "Name that the balancer gets in zone_id, and has in its URL."
  type        = string
  default     = null
}

variable "zone_id" {
  description = "Hosted zone of the host."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the balancer."
  type        = bool
  default     = true
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
