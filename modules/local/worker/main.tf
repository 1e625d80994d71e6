resource "maquette_service" "this" {
  name         = var.name
  command      = var.command
  members      = var.members
  environment  = var.environment
  working_dir  = var.working_dir
  version      = var.release
  health_check = var.health_path == null ? { type = "none", path = null } : { type = "http", path = var.health_path }
}
