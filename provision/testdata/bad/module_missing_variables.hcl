environment "production" {
  terraform {
    source = "./stack"
    variables = {
      web_count = 12
    }
  }
}

environment "staging" {
  model_of = "production"
}

environment "try" {
  model_of = "staging"
  terraform {
    variables = {
      image = null
    }
  }
}
