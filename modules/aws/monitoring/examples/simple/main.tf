provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Environment = "staging" }
  }
}

module "monitoring" {
  source = "../.."

  name       = "staging"
  log_groups = ["api", "mailer"]
  emails     = ["operations@example.com"]
  alarms = {
    queue-depth = {
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = "staging-mail" }
      statistic  = "Maximum"
      threshold  = 1000
    }
  }
}
