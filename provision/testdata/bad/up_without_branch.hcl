# up: production
environment "production" {
  terraform {
    source = "./stack"
    variables = {
      image = "shop:${commit}"
      zones = [branch, owner]
    }
  }
}
