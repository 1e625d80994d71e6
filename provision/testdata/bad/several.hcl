environment "production" {
  aliases = ["prod", 5, {}]
  tier "web" {
    members = -3
  }
  terraform {
    sorce = "./stack"
  }
}

environment "staging" {
  model_of = "prodction"
  scale {
    ratio = "lots"
  }
  check "htp" {
    url = "http://localhost"
  }
}

environment "try" {
  model_of = "staging"
  throwaway {
    ttl     = "8 hours"
    max_ttl = "2h"
  }
  hook "before_upp" {
    command = ["true"]
  }
}
