variable "name" {
  description = "What the network is called, as the environment is."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "The name may have letters a-z, digits and dashes within, 63 at most."
  }
}

variable "cidr" {
  description = "Addresses of the network."
  type        = string
  default     = "10.0.0.0/16"
  validation {
    condition     = can(cidrsubnet(var.cidr, 4, 15)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 24, false)
    error_message = "The addresses must be a block of IPv4 addresses from /16 to /24, as 10.0.0.0/16."
  }
}

variable "zones" {
  description = "How many availability zones it spans: never one, as a zone can fail and a balancer needs two."
  type        = number
  default     = 2
  validation {
    condition     = contains([2, 3, 4, 5, 6], var.zones)
    error_message = "A network spans 2 to 6 availability zones."
  }
}

variable "throwaway" {
  description = "Whether it goes away by itself. It then has one NAT gateway for all zones, and else one in each."
  type        = bool
  default     = false
}
