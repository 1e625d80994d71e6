environment "production" {
  terraform {
    source = "./elsewhere"
  }
  check "http" {
    url    = "localhost:8080/healthz"
    status = 99
  }
  check "http" {
    url    = "https://app:hunter2@localhost/healthz"
    status = "ok"
  }
  check "tcp" {
    address = "localhost"
  }
  check "tcp" {
    address = "localhost:http"
  }
  check "command" {
    command = "make check"
  }
  check "command" {
    command     = []
    environment = ["A=1"]
  }
  check "command" {
    command     = ["make", null]
    environment = { "A=B" = "1" }
  }
}
