environment "production" {
  tier "web" {
    members = 12
  }
}

environment "production" {
  tier "web" {
    members = 10
  }
}
