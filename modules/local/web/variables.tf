variable "name" {
  description = "Name of the tier, unique in the environment: letters a-z, digits and dashes."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name may have letters a-z, digits and dashes within, 63 at most."
  }
}

variable "command" {
  description = "Program and arguments. {port} and {member} in arguments are replaced."
  type        = list(string)
  validation {
    condition     = length(var.command) > 0
    error_message = "The command must name a program."
  }
}

variable "members" {
  description = "How many processes."
  type        = number
  default     = 1
  validation {
    condition     = var.members >= 0 && floor(var.members) == var.members
    error_message = "The number of members must be a whole number, 0 or more."
  }
}

variable "environment" {
  description = "Environment variables of the processes, beside PORT and MEMBER."
  type        = map(string)
  default     = {}
  sensitive   = true
}

variable "working_dir" {
  description = "Directory that the command runs in."
  type        = string
  default     = null
}

variable "release" {
  description = "The release that runs. Changing it restarts the members one by one."
  type        = string
  default     = null
}

variable "health_path" {
  description = "Path that answers a GET with a status of 200 to 399 when a member is ready. Without it a member is ready when it listens."
  type        = string
  default     = null
  validation {
    condition     = var.health_path == null || can(regex("^/", var.health_path))
    error_message = "The health path must begin with a slash."
  }
}

variable "port" {
  description = "Port that the balancer listens on. Without it a free one, that it keeps."
  type        = number
  default     = null
}
