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
}

run "alarms" {
  command = plan
  variables {
    log_groups = ["api"]
    alarms     = { quiet = { namespace = "Shop", metric = "Orders", dimensions = {}, threshold = 1, below = true, missing = "breaching" } }
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["quiet"].comparison_operator == "LessThanThreshold" && output.log_groups == { api = "/staging/api" }
    error_message = "It rings when there are too few."
  }
}

run "refuses" {
  command = plan
  variables {
    log_days = 31
  }
  expect_failures = [var.log_days]
}
