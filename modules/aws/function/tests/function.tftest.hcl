provider "aws" {
  region = "eu-west-1"
}

variables {
  name       = "staging-jobs"
  image      = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-jobs:1.4.2"
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-1", "subnet-2"]
  log_group  = "/staging/jobs"
}

run "example" {
  command = plan
  module {
    source = "./examples/simple"
  }
}

run "called_by_others" {
  command = plan
  assert {
    condition     = length(aws_cloudwatch_event_rule.schedule) == 0 && aws_lambda_function.this.reserved_concurrent_executions == -1 && length(aws_lambda_function.this.image_config) == 0
    error_message = "It has no schedule, no calls of its own, and the image's command."
  }
}

run "refuses" {
  command = plan
  variables {
    schedule   = "hourly"
    subnet_ids = ["subnet-1"]
  }
  expect_failures = [var.schedule, var.subnet_ids]
}
