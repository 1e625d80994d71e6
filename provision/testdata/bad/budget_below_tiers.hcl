environment "production" {
  tier "web" {
    members = 12
  }
  tier "api" {
    members = 6
  }
  tier "db" {
    members = 3
  }
}

environment "staging" {
  model_of = "production"
  scale {
    budget  = 2
    minimum = 1
  }
}
