# up: staging --name staging-2
environment "staging" {
  terraform {
    source    = "./stack"
    variables = { image = "shop:1" }
  }
}
