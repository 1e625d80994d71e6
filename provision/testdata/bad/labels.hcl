environment "production" {
  tier {
    members = 2
  }
  terraform "aws" {
    source = "./stack"
  }
  check {
    url = "http://localhost"
  }
  tier "" {
    members = 1
  }
}
