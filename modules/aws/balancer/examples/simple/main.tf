provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Environment = "staging" }
  }
}

module "network" {
  source = "../../../network"

  name = "staging"
}

module "front" {
  source = "../.."

  name        = "staging-front"
  vpc_id      = module.network.vpc_id
  vpc_cidr    = module.network.cidr
  subnet_ids  = module.network.public_subnet_ids
  target_type = "ip"
  health_path = "/healthz"
}
