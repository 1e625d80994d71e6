environment "production" {
  terraform {
    source = "./stack"
    variables = {
      image    = "shop:1"
      password = secret("DB_PASSWORD")
      b        = secret(branch)
      c        = secret()
      d        = secret("A", "B")
      e        = secret(secret("A"))
    }
  }
  check "http" {
    url = "http://localhost/?token=${secret("TOKEN")}"
  }
  check "http" {
    url      = "http://localhost/"
    contains = output.password
  }
  check "command" {
    command     = ["curl", "-u", secret("TOKEN"), "localhost"]
    environment = { TOKEN = secret("TOKEN"), PASSWORD = output.password }
  }
  hook "after_up" {
    command = ["seed"]
    dir     = secret("DIR")
    timeout = secret("TIMEOUT")
  }
}
