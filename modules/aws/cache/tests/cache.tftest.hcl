provider "aws" {
  region = "eu-west-1"
}

variables {
  name                      = "staging-cache"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = ["sg-1"]
}

run "example" {
  command = plan
  module {
    source = "./examples/simple"
  }
}

run "lasting" {
  command = plan
  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_replication_group.this.transit_encryption_enabled
    error_message = "It survives a zone, and is encrypted."
  }
}

run "throwaway" {
  command = plan
  variables {
    members        = 1
    engine_version = "6.2"
    throwaway      = true
  }
  assert {
    condition     = !aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_parameter_group.this.family == "redis6.x"
    error_message = "It has a single node."
  }
}

run "lasting_alone" {
  command = plan
  variables {
    members = 1
  }
  expect_failures = [aws_elasticache_replication_group.this]
}

run "refuses" {
  command = plan
  variables {
    name       = "a-name-of-more-than-forty-characters-that-is-refused"
    members    = 7
    subnet_ids = ["subnet-1"]
  }
  expect_failures = [var.name, var.members, var.subnet_ids]
}
