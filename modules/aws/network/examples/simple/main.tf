provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Environment = "staging" }
  }
}

module "network" {
  source = "../.."

  name  = "staging"
  cidr  = "10.20.0.0/16"
  zones = 3
}

output "subnets" {
  value = length(module.network.private_subnet_ids)
}
