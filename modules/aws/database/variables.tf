variable "name" {
  description = "What it is called: ENVIRONMENT-database."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,50}$", var.name))
    error_message = "The name must begin with a letter and may have letters a-z, digits and dashes, 51 at most."
  }
}

variable "engine" {
  description = "aurora-postgresql or aurora-mysql, with readers; postgres or mysql, with a standby."
  type        = string
  default     = "aurora-postgresql"
  validation {
    condition     = contains(["aurora-postgresql", "aurora-mysql", "postgres", "mysql"], var.engine)
    error_message = "The engine must be aurora-postgresql, aurora-mysql, postgres or mysql."
  }
}

variable "engine_version" {
  description = "Version of the engine, as 15.6."
  type        = string
}

variable "size" {
  description = "Instance class."
  type        = string
  default     = "db.t4g.medium"
}

variable "replicas" {
  description = "Readers beside the writer of an Aurora, in other zones. For postgres and mysql, 1 for a standby or 0: RDS makes no read replicas where Secrets Manager has the password. At least 1 unless throwaway."
  type        = number
  default     = 1
  validation {
    condition     = var.replicas >= 0 && var.replicas <= 15 && floor(var.replicas) == var.replicas
    error_message = "There may be 0 to 15 replicas."
  }
}

variable "storage" {
  description = "Storage of postgres and mysql in GB; Aurora's grows by itself."
  type        = number
  default     = 20
}

variable "parameters" {
  description = "Parameters of the engine. What is changed later is in force when the database is restarted."
  type        = map(string)
  default     = {}
}

variable "database" {
  description = "Name of the database in it."
  type        = string
  default     = "app"
}

variable "username" {
  description = "Name of the master user. The password is made and kept by Secrets Manager."
  type        = string
  default     = "app"
}

variable "snapshot" {
  description = "Snapshot that it is made from: how a try server gets data. Name and user are the snapshot's then. Another one replaces the database."
  type        = string
  default     = null
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
    error_message = "A database has subnets in at least two zones."
  }
}

variable "client_security_group_ids" {
  description = "Security groups of those who may connect."
  type        = list(string)
}

variable "log_days" {
  description = "Days that its log is kept."
  type        = number
  default     = 30
}

variable "backup_days" {
  description = "Days that backups are kept."
  type        = number
  default     = 7
  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "Backups are kept for 1 to 35 days."
  }
}

variable "throwaway" {
  description = "Whether it goes away by itself: without a replica, if so wanted, and without a last snapshot."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete it. Without a value, unless it is throwaway."
  type        = bool
  default     = null
}
