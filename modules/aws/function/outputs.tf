output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "members" {
  description = "How many calls may run at once; -1 for what the account has left."
  value       = aws_lambda_function.this.reserved_concurrent_executions
}

output "security_group_id" {
  description = "Its security group."
  value       = aws_security_group.this.id
}

output "role_name" {
  description = "Its role, for what else it may do."
  value       = aws_iam_role.this.name
}

output "dimensions" {
  description = "Dimensions of its metrics: FunctionName."
  value       = { FunctionName = aws_lambda_function.this.function_name }
}
