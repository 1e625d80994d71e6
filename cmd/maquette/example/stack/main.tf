# Processes on this machine, made by Maquette's own provider: no account is needed. Put yours in their place, or any
# other Terraform.
terraform {
  required_providers {
    maquette = { source = "maquette/maquette" }
  }
}

variable "environment" {
  description = "Name of the environment, or of the instance of a throwaway one."
  type        = string
}

variable "web_members" {
  description = "How many web servers."
  type        = number
}

variable "worker_members" {
  description = "How many workers."
  type        = number
}

locals {
  # Stands in for your application: a server that says who it is, at the port that PORT gives.
  application = ["maquette", "hello"]
}

resource "maquette_service" "web" {
  name         = "web"
  command      = local.application
  members      = var.web_members
  environment  = { ENVIRONMENT = var.environment }
  health_check = { path = "/healthz" }
}

resource "maquette_service" "worker" {
  name        = "worker"
  command     = local.application
  members     = var.worker_members
  environment = { ENVIRONMENT = var.environment }
}

resource "maquette_balancer" "front" {
  name         = "front"
  service      = maquette_service.web.name
  targets      = maquette_service.web.ports
  health_check = { path = "/healthz" }
}

output "url" {
  description = "Where the web servers answer."
  value       = maquette_balancer.front.url
}
