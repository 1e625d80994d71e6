output "url" {
  description = "Where its balancer answers; empty without one."
  value       = try(module.balancer[0].url, "")
}

output "members" {
  description = "How many tasks."
  value       = aws_ecs_service.this.desired_count
}

output "security_group_id" {
  description = "Security group of the tasks."
  value       = aws_security_group.this.id
}

output "role_name" {
  description = "Role of the application, for what it may do."
  value       = aws_iam_role.task.name
}

output "service_name" {
  description = "Name of the service in its cluster."
  value       = aws_ecs_service.this.name
}

output "dimensions" {
  description = "Dimensions of its balancer's metrics; null without one."
  value       = one(module.balancer[*].dimensions)
}
