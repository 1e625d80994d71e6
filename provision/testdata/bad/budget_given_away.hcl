environment "production" {
  tier "web" {
    members = 12
  }
  tier "api" {
    members = 6
  }
}

environment "a" {
  model_of = "production"
  scale {
    budget = 5
    tier "web" {
      members = 4
    }
  }
}

environment "b" {
  model_of = "production"
  scale {
    budget = 10
    tier "web" {
      members = 4
    }
    tier "api" {
      ratio = "1/2"
    }
  }
}
