provider "aws" {
  region = "eu-west-1"
}

run "example" {
  command = plan
  module {
    source = "./examples/simple"
  }
}

run "refuses" {
  command = plan
  variables {
    name                = "staging-web"
    vpc_id              = "vpc-1"
    vpc_cidr            = "10.0.0.0/16"
    ami                 = "ami-1"
    subnet_ids          = ["subnet-1"]
    balancer_subnet_ids = ["subnet-2"]
  }
  expect_failures = [var.subnet_ids, var.balancer_subnet_ids]
}
