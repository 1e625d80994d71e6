environment "production" {
  tier "web" {
    members = 12
  }
  terraform {
    source = "./elsewhere"
    variables = {
      web_count = tier.web.members
      oops      = tier.api.members
      # Fine in production, which is no model and has 0 there.
      zone = ["a", "b"][tier.web.baseline]
    }
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/4"
  }
}
