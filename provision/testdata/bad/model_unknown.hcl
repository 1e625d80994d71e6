environment "production" {
}

environment "staging" {
  model_of = "prodution"
  scale {
    ratio = "1/4"
    tier "web" {
      members = 3
    }
  }
  terraform {
    variables = {
      web_count = tier.web.members
    }
  }
}

environment "try" {
  model_of = "staging"
}
