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

module "crunch" {
  source = "../.."

  name        = "staging-crunch"
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.private_subnet_ids
  ami         = "ami-0123456789abcdef0"
  size        = "c6i.large"
  members     = 2
  max_members = 6
}
