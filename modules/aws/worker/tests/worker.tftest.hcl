provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Environment = "staging", Expires = "2026-12-01T00:00:00Z" }
  }
}

variables {
  name       = "staging-crunch"
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-1", "subnet-2"]
  ami        = "ami-1"
}

run "example" {
  command = plan
  module {
    source = "./examples/simple"
  }
}

run "steady" {
  command = plan
  assert {
    condition     = aws_autoscaling_group.this.desired_capacity == 2 && aws_autoscaling_group.this.max_size == 2 && length(aws_autoscaling_policy.load) == 0
    error_message = "There are as many as asked for."
  }
  assert {
    condition     = aws_launch_template.this.metadata_options[0].http_tokens == "required" && aws_launch_template.this.block_device_mappings[0].ebs[0].encrypted == "true"
    error_message = "Metadata is asked for with a token, and disks are encrypted."
  }
  assert {
    condition     = [for tag in aws_autoscaling_group.this.tag : tag.key if tag.propagate_at_launch] == ["Environment", "Expires", "Name"]
    error_message = "Machines have the default tags."
  }
  assert {
    condition     = keys(aws_launch_template.this.tag_specifications[0].tags) == tolist(["Environment", "Name"])
    error_message = "Another expiry does not replace machines."
  }
}

run "under_load" {
  command = plan
  variables {
    max_members = 6
  }
  assert {
    condition     = aws_autoscaling_group.this.min_size == 2 && aws_autoscaling_group.this.max_size == 6 && length(aws_autoscaling_policy.load) == 1
    error_message = "The load decides."
  }
}

run "upside_down" {
  command = plan
  variables {
    max_members = 1
  }
  expect_failures = [aws_autoscaling_group.this]
}

run "refuses" {
  command = plan
  variables {
    ami        = "Amazon Linux"
    members    = 1.5
    subnet_ids = ["subnet-1"]
  }
  expect_failures = [var.ami, var.members, var.subnet_ids]
}
