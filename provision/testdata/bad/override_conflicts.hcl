environment "production" {
  tier "web" {
    members = 12
  }
  tier "api" {
    members = 12
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/4"
    tier "web" {
      members = 3
      ratio   = "1/2"
    }
    tier "api" {
      members = 0
    }
  }
  tier "web" {
    members = 4
  }
}
