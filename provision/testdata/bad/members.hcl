environment "production" {
  tier "web" {
    members = -1
  }
  tier "api" {
    members = 2.5
  }
  tier "db" {
    members = "many"
  }
  tier "cache" {
    size = ""
  }
  tier "queue" {
    members = null
    match   = ["aws_sqs_queue.main", null]
  }
  tier "cdn" {
    members = tier.web.members
  }
}
