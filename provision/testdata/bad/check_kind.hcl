environment "production" {
  check "htpp" {
    url = "http://localhost"
  }
  check "ping" {
    address = "localhost"
  }
}
