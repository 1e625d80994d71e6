environment "production" {
  tier "web" {
    members = 12
