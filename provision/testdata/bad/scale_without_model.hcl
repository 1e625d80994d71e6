environment "staging" {
  scale {
    ratio = "1/4"
  }
  tier "web" {
    members = 12
  }
}
