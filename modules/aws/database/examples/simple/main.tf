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

module "database" {
  source = "../.."

  name                      = "staging-database"
  engine_version            = "15.6"
  size                      = "db.r6g.large"
  replicas                  = 2
  parameters                = { log_min_duration_statement = "500" }
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = [aws_security_group.clients.id]
}

# That of a try server: made from a snapshot, without a standby.
module "try" {
  source = "../.."

  name                      = "try-feature-x-database"
  engine                    = "postgres"
  engine_version            = "15.6"
  replicas                  = 0
  snapshot                  = "staging-2026-11-27"
  throwaway                 = true
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = [aws_security_group.clients.id]
}
