environment "production" {
  tier "web" {
    members = 12
  }
}

environment "staging" {
  model_of = "production"
  scale {
    minimum = 2
  }
}

environment "try" {
  model_of = "production"
  scale {
    tier "web" {
    }
  }
}
