environment "production" {
  tier "web" {
    members = 12
    members = 13
  }
}
