output "url" {
  description = "Where it takes writes, by TLS."
  value       = "rediss://${aws_elasticache_replication_group.this.primary_endpoint_address}:6379"
}

output "members" {
  description = "How many nodes."
  value       = aws_elasticache_replication_group.this.num_cache_clusters
}

output "security_group_id" {
  description = "Its security group."
  value       = aws_security_group.this.id
}

output "dimensions" {
  description = "Dimensions of the metrics of its first node: CacheClusterId."
  value       = { CacheClusterId = "${var.name}-001" }
}
