resource "maquette_service" "this" {
  name         = var.name
  command      = var.command
  members      = var.members
  environment  = var.environment
  working_dir  = var.working_dir
  version      = var.release
  health_check = var.health_path == null ? null : { type = "http", path = var.health_path }
}

resource "maquette_balancer" "this" {
  name         = var.name
  service      = maquette_service.this.name
  targets      = maquette_service.this.ports
  port         = var.port
  health_check = var.health_path == null ? null : { type = "http", path = var.health_path }
}
