variable "name" {
  description = "What it is called: ENVIRONMENT-TIER. Longer than the 32 characters that AWS takes, it is cut and ends in a digest."
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
  description = "Subnets in at least two zones: public ones, or private ones for an internal balancer."
  type        = list(string)
  validation {
    condition     = length(var.subnet_ids) >= 2
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

variable "target_type" {
  description = "What the targets are: instance, or ip for containers."
  type        = string
  validation {
    condition     = contains(["instance", "ip"], var.target_type)
    error_message = "The targets are of type instance or ip."
  }
}

variable "port" {
  description = "Port that the targets listen on."
  type        = number
  default     = 8080
}

variable "health_path" {
  description = "Path that a healthy target answers with a status of 200 to 399."
  type        = string
  default     = "/"
  validation {
    condition     = startswith(var.health_path, "/")
    error_message = "The health path must begin with a slash."
  }
}

variable "certificate_arn" {
  description = "Certificate of Certificate Manager's: it then speaks HTTPS, and HTTP leads there."
  type        = string
  default     = null
}

variable "host" {
  description = "Name that it gets in zone_id, and has in its URL."
  type        = string
  default     = null
}

variable "zone_id" {
  description = "Hosted zone of the host."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete it."
  type        = bool
  default     = true
}
