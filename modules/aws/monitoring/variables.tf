variable "name" {
  description = "What the environment is called."
  type        = string
}

variable "log_groups" {
  description = "Log groups to make: /NAME/GROUP each."
  type        = set(string)
  default     = []
}

variable "log_days" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, … days."
  }
}

variable "alarms" {
  description = "Alarms by name. Each rings when the metric is over the threshold, or under it with below, in every one of so many periods."
  type = map(object({
    namespace  = string
    metric     = string
    dimensions = map(string)
    statistic  = optional(string, "Average")
    threshold  = number
    below      = optional(bool, false)
    period     = optional(number, 60)
    periods    = optional(number, 5)
    missing    = optional(string, "notBreaching")
  }))
  default = {}
}

variable "emails" {
  description = "Who is told of alarms. Each has to confirm it once."
  type        = set(string)
  default     = []
}
