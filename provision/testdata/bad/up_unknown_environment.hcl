# up: stagign
environment "staging" {
  terraform {
    source    = "./stack"
    variables = { image = "shop:1" }
  }
}
