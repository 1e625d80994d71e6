variable "environment" {
  description = "Name of the environment, or of the instance of a throwaway one. What has to be unique is named by it."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.environment))
    error_message = "The environment's name may have letters a-z, digits and dashes within, 63 at most."
  }
}

variable "tiers" {
  description = "The tiers by name. kind: web (behind a balancer, for people), service (behind a balancer, for other tiers), worker, or function (called by a schedule). With an image a tier runs in containers, of cpu and memory; with an ami on machines, of size, as many as max_members under load; command, working_dir, environment and port are the program's. {release} in an image is replaced by the release. uses: tiers of kind service whose URL a tier gets, as API_URL for api."
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
    condition     = alltrue([for tier in values(var.tiers) : tier.kind == "function" ? tier.image != null : (tier.image == null) != (tier.ami == null)])
    error_message = "A tier needs either an image, for containers, or an ami, for machines; a function needs an image."
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
  description = "For platforms that run the application from a directory; not used here."
  type        = string
  default     = null
}

variable "release" {
  description = "What is released: ref takes the place of {release} in images, and is RELEASE in the environment. repository, build and build_timeout are for platforms that build it."
  type = object({
    repository    = string
    ref           = string
    build         = optional(list(string))
    build_timeout = optional(string)
  })
  default = null
}

variable "database" {
  description = "A PostgreSQL of the environment's own: engine is aurora-postgresql, with readers, or postgres, with a standby. It is empty, or made from a snapshot. The tiers get its URL, without the password, as DATABASE_URL; Secrets Manager makes and keeps the password. server, template, seed and reseed are for other platforms."
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
    condition     = var.database == null ? true : contains(["aurora-postgresql", "postgres"], var.database.engine) && var.database.engine_version != null
    error_message = "The database needs an engine_version, as 15.6, and its engine is aurora-postgresql or postgres."
  }
}

variable "cache" {
  description = "A Redis of the environment's own. The tiers get its URL as CACHE_URL. url is for other platforms."
  type = object({
    url            = optional(string)
    engine_version = optional(string, "7.1")
    size           = optional(string, "cache.t4g.small")
    members        = optional(number, 2)
    parameters     = optional(map(string), {})
  })
  default   = null
  sensitive = true
}

variable "secrets" {
  description = "Environment variables of all tiers that are secret. Containers get them; machines and functions get SECRETS_ARN, and may read it."
  type        = map(string)
  default     = {}
  sensitive   = true
}

variable "throwaway" {
  description = "Whether the environment goes away by itself. Else AWS refuses to delete its balancers and its database, there is a NAT gateway in each zone, and database and cache have at least a second member."
  type        = bool
  default     = false
}

variable "aws" {
  description = "Settings of this platform alone. certificate_arn, domain and zone_id: the first tier of kind web is https://ENVIRONMENT.domain then, others are TIER-ENVIRONMENT.domain. emails: who is told of alarms."
  type = object({
    cidr                = optional(string, "10.0.0.0/16")
    zones               = optional(number, 2)
    certificate_arn     = optional(string)
    domain              = optional(string)
    zone_id             = optional(string)
    ingress_cidrs       = optional(list(string))
    log_days            = optional(number, 30)
    emails              = optional(set(string), [])
    deletion_protection = optional(bool)
    root_device         = optional(string, "/dev/xvda")
  })
  default = {}
  validation {
    condition     = (var.aws.domain == null) == (var.aws.zone_id == null) && (var.aws.domain == null || var.aws.certificate_arn != null)
    error_message = "A domain needs its zone_id, and a certificate_arn for *.DOMAIN."
  }
}
