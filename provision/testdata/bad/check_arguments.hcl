environment "production" {
  check "http" {
    within = "60s"
  }
  check "tcp" {
    port = 80
  }
  check "command" {
    dir = "scripts"
  }
  check "http" {
    uri    = "http://localhost"
    status = 200
  }
}
