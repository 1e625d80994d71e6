environment "production" {
  tier "web" {
    members = 12
  }
  tier "api" {
    members = 4
  }
  tier "web" {
    members = 6
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/4"
    tier "web" {
      members = 3
    }
    tier "web" {
      members = 4
    }
  }
}
