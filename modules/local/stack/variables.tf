variable "environment" {
  description = "Name of the environment, or of the instance of a throwaway one. What has to be unique is named by it."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.environment))
    error_message = "The environment's name may have letters a-z, digits and dashes within, 63 at most."
  }
}

variable "tiers" {
  description = "The tiers by name. kind: web (behind a balancer, for people), service (behind a balancer, for other tiers) or worker. uses: tiers of kind service whose URL a tier gets, as API_URL for api. size: for information."
  type = map(object({
    kind        = string
    members     = optional(number, 1)
    size        = optional(string, "")
    command     = list(string)
    working_dir = optional(string, "")
    environment = optional(map(string), {})
    version     = optional(string)
    health_path = optional(string)
    uses        = optional(list(string), [])
  }))
  validation {
    condition     = alltrue([for name in keys(var.tiers) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "Names of tiers may have letters a-z, digits and dashes within, 63 at most."
  }
  validation {
    condition     = alltrue([for tier in values(var.tiers) : contains(["web", "service", "worker"], tier.kind)])
    error_message = "A tier's kind must be web, service or worker."
  }
  validation {
    condition     = alltrue([for tier in values(var.tiers) : length(tier.command) > 0])
    error_message = "A tier's command must name a program."
  }
  validation {
    condition     = alltrue([for tier in values(var.tiers) : tier.members >= 0 && floor(tier.members) == tier.members])
    error_message = "A tier's number of members must be a whole number, 0 or more."
  }
  validation {
    condition     = alltrue(flatten([for tier in values(var.tiers) : [for used in tier.uses : try(var.tiers[used].kind == "service" && length(var.tiers[used].uses) == 0, false)]]))
    error_message = "A tier can use tiers of kind service that use none themselves."
  }
}

variable "directory" {
  description = "Directory of the application, that commands run in. A release takes its place."
  type        = string
  default     = null
}

variable "release" {
  description = "What to run of a repository instead of the directory: ref is a branch, a tag or a commit, build a command that is run in its checkout."
  type = object({
    repository    = string
    ref           = string
    build         = optional(list(string))
    build_timeout = optional(string)
  })
  default = null
}

variable "database" {
  description = "A database of its own for the environment, in the PostgreSQL at server: empty, cloned from template, or filled from seed. The tiers get its URL as DATABASE_URL."
  type = object({
    server   = string
    name     = optional(string)
    template = optional(string)
    seed     = optional(string)
    reseed   = optional(bool, false)
  })
  default   = null
  sensitive = true
}

variable "secrets" {
  description = "Environment variables of all tiers that are secret."
  type        = map(string)
  default     = {}
  sensitive   = true
}
