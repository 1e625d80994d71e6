environment "production" {
  terraform {
    variables = {
      a = 1
    }
  }
}

environment "staging" {
  model_of = "production"
  terraform {
    binary = "tofu"
  }
}

environment "try" {
  terraform {
    variables = {
      a = brnch
    }
  }
}
