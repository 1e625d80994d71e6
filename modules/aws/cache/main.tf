locals {
  version = split(".", var.engine_version)
  family  = tonumber(local.version[0]) >= 7 ? "redis7" : "redis${local.version[0]}.x"
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Cache ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  count = length(var.client_security_group_ids)

  security_group_id            = aws_security_group.this.id
  description                  = "Clients"
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
  referenced_security_group_id = var.client_security_group_ids[count.index]
}

resource "aws_elasticache_subnet_group" "this" {
  name        = var.name
  description = "Cache ${var.name}"
  subnet_ids  = var.subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name        = var.name
  description = "Cache ${var.name}"
  family      = local.family

  dynamic "parameter" {
    for_each = var.parameters
    content {
      name  = parameter.key
      value = parameter.value
    }
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = var.name
  description                = "Cache ${var.name}"
  engine                     = "redis"
  engine_version             = var.engine_version
  node_type                  = var.size
  num_cache_clusters         = var.members
  automatic_failover_enabled = var.members > 1
  multi_az_enabled           = var.members > 1
  port                       = 6379
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  snapshot_retention_limit   = var.throwaway ? 0 : 7
  apply_immediately          = var.throwaway

  lifecycle {
    precondition {
      condition     = var.throwaway || var.members >= 2
      error_message = "${var.name}: a lasting cache has at least two nodes."
    }
  }
}
