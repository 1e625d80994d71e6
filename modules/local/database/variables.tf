variable "name" {
  description = "Name of the database. Nobody else on the server may have it: put the environment's name in it."
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$", var.name))
    error_message = "The name may have letters, digits, _ and -, 63 at most."
  }
}

variable "server" {
  description = "The PostgreSQL, as a user who may create databases: postgres://USER:PASSWORD@HOST:PORT/DATABASE."
  type        = string
  sensitive   = true
  validation {
    condition     = can(regex("^postgres(ql)?://", var.server))
    error_message = "The server must be a URL that begins with postgres://."
  }
}

variable "template" {
  description = "A database of the server to clone."
  type        = string
  default     = null
}

variable "seed" {
  description = "Path of an SQL file that fills the database when it is made."
  type        = string
  default     = null
}

variable "reseed" {
  description = "Replace the database, with all that has been written to it, when the seed changes."
  type        = bool
  default     = false
}

variable "owner" {
  description = "The role that the database belongs to. Without it the server's user."
  type        = string
  default     = null
}
