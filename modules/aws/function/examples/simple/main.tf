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

resource "aws_cloudwatch_log_group" "jobs" {
  name              = "/staging/jobs"
  retention_in_days = 30
}

module "jobs" {
  source = "../.."

  name       = "staging-jobs"
  image      = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-jobs:1.4.2"
  members    = 5
  schedule   = "rate(5 minutes)"
  vpc_id     = module.network.vpc_id
  subnet_ids = module.network.private_subnet_ids
  log_group  = aws_cloudwatch_log_group.jobs.name
}
