output "members" {
  description = "How many machines, at least."
  value       = aws_autoscaling_group.this.min_size
}

output "security_group_id" {
  description = "Security group of the machines."
  value       = aws_security_group.this.id
}

output "role_name" {
  description = "Role of the machines, for what else they may do."
  value       = aws_iam_role.this.name
}

output "dimensions" {
  description = "Dimensions of their metrics: AutoScalingGroupName."
  value       = { AutoScalingGroupName = aws_autoscaling_group.this.name }
}
