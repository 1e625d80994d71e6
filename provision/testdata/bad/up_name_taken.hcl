# up: try --name staging
environment "staging" {
  terraform {
    source    = "./stack"
    variables = { image = "shop:1" }
  }
}

environment "try" {
  model_of = "staging"
  throwaway {
    ttl = "8h"
  }
}
