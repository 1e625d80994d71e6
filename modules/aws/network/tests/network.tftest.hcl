provider "aws" {
  region = "eu-west-1"
}

variables {
  name = "staging"
}

run "example" {
  command = plan
  module {
    source = "./examples/simple"
  }
  assert {
    condition     = output.subnets == 3
    error_message = "A subnet in each zone."
  }
}

run "lasting" {
  command = plan
  assert {
    condition     = length(aws_nat_gateway.this) == 2 && length(distinct(aws_subnet.private[*].availability_zone)) == 2
    error_message = "Two zones, each with its NAT gateway."
  }
}

run "throwaway" {
  command = plan
  variables {
    throwaway = true
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(distinct(aws_subnet.private[*].availability_zone)) == 2
    error_message = "One NAT gateway, and still two zones."
  }
}

run "one_zone" {
  command = plan
  variables {
    zones = 1
    cidr  = "10.0.0.0/25"
  }
  expect_failures = [var.zones, var.cidr]
}
