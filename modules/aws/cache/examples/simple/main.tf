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

resource "aws_security_group" "clients" {
  name   = "staging-clients"
  vpc_id = module.network.vpc_id
}

module "cache" {
  source = "../.."

  name                      = "staging-cache"
  size                      = "cache.r6g.large"
  members                   = 3
  parameters                = { maxmemory-policy = "allkeys-lru" }
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = [aws_security_group.clients.id]
}
