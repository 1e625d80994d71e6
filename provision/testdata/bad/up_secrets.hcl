# up: staging --branch main
environment "staging" {
  terraform {
    source = "./stack"
    variables = {
      image    = "shop:1"
      password = secret("NOT_SET")
      labels   = { a = tonumber(secret("CANARY")) }
      zones    = [for part in split("-", secret("CANARY")) : { a = 1 }[part]]
    }
  }
  hook "before_up" {
    command     = ["seed"]
    environment = { PASSWORD = secret("DB_PASWORD") }
  }
}
