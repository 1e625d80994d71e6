resource "maquette_database" "this" {
  name     = var.name
  server   = var.server
  template = var.template
  seed     = var.seed
  reseed   = var.reseed
  owner    = var.owner
}
