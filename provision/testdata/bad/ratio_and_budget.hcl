environment "production" {
  tier "web" {
    members = 12
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio  = "1/4"
    budget = 4
  }
}
