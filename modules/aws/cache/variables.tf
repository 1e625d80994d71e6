variable "name" {
  description = "What it is called: ENVIRONMENT-cache. ElastiCache takes 40 characters."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "The name must begin with a letter and may have letters a-z, digits and dashes, 40 at most."
  }
}

variable "engine_version" {
  description = "Version of Redis, as 7.1."
  type        = string
  default     = "7.1"
}

variable "size" {
  description = "Node type."
  type        = string
  default     = "cache.t4g.small"
}

variable "members" {
  description = "How many nodes: one takes writes, and another takes its place when it fails. At least 2 unless throwaway."
  type        = number
  default     = 2
  validation {
    condition     = var.members >= 1 && var.members <= 6 && floor(var.members) == var.members
    error_message = "A cache has 1 to 6 nodes."
  }
}

variable "parameters" {
  description = "Parameters of Redis."
  type        = map(string)
  default     = {}
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
    error_message = "A cache has subnets in at least two zones."
  }
}

variable "client_security_group_ids" {
  description = "Security groups of those who may connect."
  type        = list(string)
}

variable "throwaway" {
  description = "Whether it goes away by itself: with a single node, if so wanted, and without snapshots."
  type        = bool
  default     = false
}
