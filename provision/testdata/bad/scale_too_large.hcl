environment "production" {
  tier "web" {
    members = 90000
  }
  tier "api" {
    members = 1000000
  }
}

environment "load" {
  model_of = "production"
  scale {
    ratio = "1000"
  }
}
