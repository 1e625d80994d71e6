terraform {
  required_version = ">= 1.6"
  required_providers {
    maquette = { source = "maquette/maquette" }
  }
}
