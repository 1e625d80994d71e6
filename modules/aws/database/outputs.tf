output "url" {
  description = "URL of the database, without the password."
  value       = "${local.postgres ? "postgres" : "mysql"}://${local.username}@${local.host}:${local.port}/${local.database}"
}

output "reader_url" {
  description = "URL that readers answer at, of an Aurora; else the database's."
  value       = "${local.postgres ? "postgres" : "mysql"}://${local.username}@${local.reader}:${local.port}/${local.database}"
}

output "secret_arn" {
  description = "Secret of Secrets Manager's that has the master user's username and password."
  value       = local.secret
}

output "security_group_id" {
  description = "Its security group."
  value       = aws_security_group.this.id
}

output "dimensions" {
  description = "Dimensions of its metrics: DBClusterIdentifier or DBInstanceIdentifier."
  value       = local.aurora ? { DBClusterIdentifier = var.name } : { DBInstanceIdentifier = var.name }
}
