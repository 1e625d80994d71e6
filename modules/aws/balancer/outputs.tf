output "url" {
  description = "Where it answers."
  value       = "${local.https ? "https" : "http"}://${var.host == null ? aws_lb.this.dns_name : var.host}"
}

output "security_group_id" {
  description = "Its security group, which targets let in."
  value       = aws_security_group.this.id
}

output "target_group_arn" {
  description = "The target group. It is known when the listeners are there: ECS wants that."
  value       = aws_lb_target_group.this.arn

  depends_on = [aws_lb_listener.http, aws_lb_listener.https]
}

output "dimensions" {
  description = "Dimensions of its metrics: LoadBalancer and TargetGroup."
  value       = { LoadBalancer = aws_lb.this.arn_suffix, TargetGroup = aws_lb_target_group.this.arn_suffix }
}
