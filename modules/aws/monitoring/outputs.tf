output "log_groups" {
  description = "Names of the log groups, by what was asked for."
  value       = { for name, group in aws_cloudwatch_log_group.this : name => group.name }
}

output "topic_arn" {
  description = "Topic that alarms are told to."
  value       = aws_sns_topic.alarms.arn
}
