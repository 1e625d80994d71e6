locals {
  aurora   = startswith(var.engine, "aurora-")
  postgres = endswith(var.engine, "postgres") || endswith(var.engine, "postgresql")
  port     = local.postgres ? 5432 : 3306
  logs     = local.postgres ? "postgresql" : "error"
  # PostgreSQL's parameters are of a major version, MySQL's of a minor one.
  family    = "${var.engine}${join(".", slice(split(".", var.engine_version), 0, local.postgres ? 1 : 2))}"
  protected = coalesce(var.deletion_protection, !var.throwaway)

  username = local.aurora ? one(aws_rds_cluster.this[*].master_username) : one(aws_db_instance.this[*].username)
  database = local.aurora ? one(aws_rds_cluster.this[*].database_name) : one(aws_db_instance.this[*].db_name)
  host     = local.aurora ? one(aws_rds_cluster.this[*].endpoint) : one(aws_db_instance.this[*].address)
  reader   = local.aurora ? one(aws_rds_cluster.this[*].reader_endpoint) : local.host
  # An emulator of AWS may make none.
  secret = local.aurora ? try(aws_rds_cluster.this[0].master_user_secret[0].secret_arn, "") : try(aws_db_instance.this[0].master_user_secret[0].secret_arn, "")
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Database ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  count = length(var.client_security_group_ids)

  security_group_id            = aws_security_group.this.id
  description                  = "Clients"
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
  referenced_security_group_id = var.client_security_group_ids[count.index]
}

resource "aws_db_subnet_group" "this" {
  name        = var.name
  description = "Database ${var.name}"
  subnet_ids  = var.subnet_ids
}

# RDS would make it, and keep its content for ever.
resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/rds/${local.aurora ? "cluster" : "instance"}/${var.name}/${local.logs}"
  retention_in_days = var.log_days
}

resource "aws_rds_cluster_parameter_group" "this" {
  count = local.aurora ? 1 : 0

  name        = var.name
  description = "Database ${var.name}"
  family      = local.family

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot" # which static ones want
    }
  }
}

resource "aws_rds_cluster" "this" {
  count = local.aurora ? 1 : 0

  cluster_identifier              = var.name
  engine                          = var.engine
  engine_version                  = var.engine_version
  database_name                   = var.snapshot == null ? var.database : null
  master_username                 = var.snapshot == null ? var.username : null
  manage_master_user_password     = true
  snapshot_identifier             = var.snapshot
  port                            = local.port
  db_subnet_group_name            = aws_db_subnet_group.this.name
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this[0].name
  vpc_security_group_ids          = [aws_security_group.this.id]
  storage_encrypted               = true
  backup_retention_period         = var.backup_days
  copy_tags_to_snapshot           = true
  deletion_protection             = local.protected
  enabled_cloudwatch_logs_exports = [local.logs]
  skip_final_snapshot             = var.throwaway
  final_snapshot_identifier       = var.throwaway ? null : "${var.name}-final"
  apply_immediately               = var.throwaway

  depends_on = [aws_cloudwatch_log_group.this]

  lifecycle {
    precondition {
      condition     = var.throwaway || var.replicas >= 1
      error_message = "${var.name}: a lasting database has at least one replica."
    }
  }
}

resource "aws_rds_cluster_instance" "this" {
  count = local.aurora ? 1 + var.replicas : 0

  identifier           = "${var.name}-${count.index}"
  cluster_identifier   = aws_rds_cluster.this[0].cluster_identifier
  engine               = aws_rds_cluster.this[0].engine
  engine_version       = aws_rds_cluster.this[0].engine_version
  instance_class       = var.size
  db_subnet_group_name = aws_db_subnet_group.this.name
  publicly_accessible  = false
  promotion_tier       = min(count.index, 15)
  apply_immediately    = var.throwaway
}

resource "aws_db_parameter_group" "this" {
  count = local.aurora ? 0 : 1

  name        = var.name
  description = "Database ${var.name}"
  family      = local.family

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }
}

resource "aws_db_instance" "this" {
  count = local.aurora ? 0 : 1

  identifier                      = var.name
  engine                          = var.engine
  engine_version                  = var.engine_version
  instance_class                  = var.size
  allocated_storage               = var.snapshot == null ? var.storage : null
  storage_type                    = "gp3"
  storage_encrypted               = true
  db_name                         = var.snapshot == null ? var.database : null
  username                        = var.snapshot == null ? var.username : null
  manage_master_user_password     = true
  snapshot_identifier             = var.snapshot
  port                            = local.port
  multi_az                        = var.replicas > 0
  publicly_accessible             = false
  db_subnet_group_name            = aws_db_subnet_group.this.name
  parameter_group_name            = aws_db_parameter_group.this[0].name
  vpc_security_group_ids          = [aws_security_group.this.id]
  backup_retention_period         = var.backup_days
  copy_tags_to_snapshot           = true
  deletion_protection             = local.protected
  enabled_cloudwatch_logs_exports = [local.logs]
  skip_final_snapshot             = var.throwaway
  final_snapshot_identifier       = var.throwaway ? null : "${var.name}-final"
  apply_immediately               = var.throwaway

  depends_on = [aws_cloudwatch_log_group.this]

  lifecycle {
    precondition {
      condition     = var.throwaway || var.replicas >= 1
      error_message = "${var.name}: a lasting database has a standby: replicas = 1."
    }
    precondition {
      condition     = var.replicas <= 1
      error_message = "${var.name}: RDS makes no read replicas of a ${var.engine} whose password Secrets Manager has. Take aurora-postgresql or aurora-mysql, or replicas = 1 for a standby."
    }
  }
}
