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

resource "aws_ecs_cluster" "main" {
  name = "staging"
}

resource "aws_cloudwatch_log_group" "api" {
  name              = "/staging/api"
  retention_in_days = 30
}

module "api" {
  source = "../.."

  name        = "staging-api"
  cluster_arn = aws_ecs_cluster.main.arn
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.private_subnet_ids
  image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-api:1.4.2"
  environment = { LOG_LEVEL = "info" }
  members     = 2
  log_group   = aws_cloudwatch_log_group.api.name
  balancer = {
    vpc_cidr    = module.network.cidr
    subnet_ids  = module.network.private_subnet_ids
    health_path = "/healthz"
  }
}
