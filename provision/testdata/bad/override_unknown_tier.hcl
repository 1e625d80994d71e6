environment "production" {
  tier "web" {
    members = 12
  }
  tier "worker" {
    members = 4
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/4"
    tier "wbe" {
      members = 3
    }
    tier "cache" {
      size = "small"
    }
  }
}
