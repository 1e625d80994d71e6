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

module "web" {
  source = "../.."

  name                = "staging-web"
  vpc_id              = module.network.vpc_id
  vpc_cidr            = module.network.cidr
  subnet_ids          = module.network.private_subnet_ids
  balancer_subnet_ids = module.network.public_subnet_ids
  ami                 = "ami-0123456789abcdef0"
  size                = "m6i.large"
  members             = 3
  health_path         = "/healthz"
}
