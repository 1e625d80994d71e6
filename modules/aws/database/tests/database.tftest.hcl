provider "aws" {
  region = "eu-west-1"
}

variables {
  name                      = "staging-database"
  engine_version            = "15.6"
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
    condition     = aws_rds_cluster.this[0].deletion_protection && !aws_rds_cluster.this[0].skip_final_snapshot && aws_rds_cluster.this[0].storage_encrypted && aws_rds_cluster.this[0].manage_master_user_password
    error_message = "It is protected, encrypted, and its password is not ours."
  }
  assert {
    condition     = length(aws_rds_cluster_instance.this) == 2 && alltrue([for instance in aws_rds_cluster_instance.this : !instance.publicly_accessible])
    error_message = "It has a reader, and nothing of it is public."
  }
  assert {
    condition     = aws_rds_cluster_parameter_group.this[0].family == "aurora-postgresql15"
    error_message = "Its parameters are of PostgreSQL 15."
  }
}

run "mysql" {
  command = plan
  variables {
    engine         = "mysql"
    engine_version = "8.0.36"
  }
  assert {
    condition     = aws_db_instance.this[0].multi_az && aws_db_parameter_group.this[0].family == "mysql8.0" && length(aws_rds_cluster.this) == 0
    error_message = "It has a standby."
  }
}

run "throwaway" {
  command = plan
  variables {
    replicas  = 0
    snapshot  = "staging-2026-11-27"
    throwaway = true
  }
  assert {
    condition     = !aws_rds_cluster.this[0].deletion_protection && aws_rds_cluster.this[0].skip_final_snapshot && aws_rds_cluster.this[0].snapshot_identifier == "staging-2026-11-27" && length(aws_rds_cluster_instance.this) == 1
    error_message = "It is made from the snapshot, and goes without a trace."
  }
}

run "lasting_alone" {
  command = plan
  variables {
    replicas = 0
  }
  expect_failures = [aws_rds_cluster.this]
}

run "read_replicas_of_rds" {
  command = plan
  variables {
    engine   = "postgres"
    replicas = 2
  }
  expect_failures = [aws_db_instance.this]
}

run "refuses" {
  command = plan
  variables {
    name        = "1-database"
    engine      = "oracle"
    backup_days = 0
    subnet_ids  = ["subnet-1"]
  }
  expect_failures = [var.name, var.engine, var.backup_days, var.subnet_ids]
}
