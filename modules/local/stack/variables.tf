variable "environment" {
  description = "Name of the environment, or of the instance of a throwaway one. What has to be unique is named by it."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.environment))
    error_message = "The environment's name may have letters a-z, digits and dashes within, 63 at most."
  }
}

variable "tiers" {
  description = "The tiers by name. kind: web (behind a balancer, for people), service (behind a balancer, for other tiers), worker, or function (called by a schedule, on platforms that have functions; a worker elsewhere). uses: tiers of kind service whose URL a tier gets, as API_URL for api. A platform leaves alone what it has no use for: this one takes command and working_dir, and size, image, ami, cpu, memory, port, max_members and schedule are for others."
  type = map(object({
    kind        = string
    members     = optional(number, 1)
    size        = optional(string, "")
    command     = optional(list(string), [])
    working_dir = optional(string, "")
    environment = optional(map(string), {})
    version     = optional(string)
    health_path = optional(string)
    uses        = optional(list(string), [])
    image       = optional(string)
    ami         = optional(string)
    cpu         = optional(number, 256)
    memory      = optional(number, 512)
    port        = optional(number, 8080)
    max_members = optional(number)
    schedule    = optional(string)
  }))
  validation {
    condition     = alltrue([for name in keys(var.tiers) : can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", name))])
    error_message = "Names of tiers may have letters a-z, digits and dashes within, 63 at most."
  }
  validation {
    condition     = alltrue([for tier in values(var.tiers) : contains(["web", "service", "worker", "function"], tier.kind)])
    error_message = "A tier's kind must be web, service, worker or function."
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
  description = "A database of its own for the environment, in the PostgreSQL at server: empty, cloned from template, or filled from seed. The tiers get its URL as DATABASE_URL. engine, engine_version, size, replicas, storage, parameters and snapshot are for other platforms."
  type = object({
    server         = optional(string)
    name           = optional(string)
    template       = optional(string)
    seed           = optional(string)
    reseed         = optional(bool, false)
    engine         = optional(string, "aurora-postgresql")
    engine_version = optional(string)
    size           = optional(string, "db.t4g.medium")
    replicas       = optional(number, 1)
    storage        = optional(number, 20)
    parameters     = optional(map(string), {})
    snapshot       = optional(string)
  })
  default   = null
  sensitive = true
  validation {
    condition     = var.database == null ? true : var.database.server != null
    error_message = "The database needs the server that it is made in: postgres://USER:PASSWORD@HOST:PORT/DATABASE."
  }
}

variable "cache" {
  description = "A cache of the environment. The tiers get its URL as CACHE_URL: here that of a Redis that is there already. engine_version, size, members and parameters are for other platforms."
  type = object({
    url            = optional(string)
    engine_version = optional(string, "7.1")
    size           = optional(string, "cache.t4g.small")
    members        = optional(number, 2)
    parameters     = optional(map(string), {})
  })
  default   = null
  sensitive = true
  validation {
    condition     = var.cache == null ? true : var.cache.url != null
    error_message = "The cache needs the url of a Redis that is there: redis://127.0.0.1:6379/0."
  }
}

variable "secrets" {
  description = "Environment variables of all tiers that are secret."
  type        = map(string)
  default     = {}
  sensitive   = true
}

variable "throwaway" {
  description = "Whether the environment goes away by itself. For other platforms, which protect lasting ones and give them replicas."
  type        = bool
  default     = false
}

variable "aws" {
  description = "Settings of the AWS platform; not used here."
  type        = any
  default     = {}
}
