environment "production" {
  tier "web" {
    members = 12
  }
  terraform {
    source = "./stack"
    variables = {
      image     = ["shop:1"]
      web_count = "twelve"
      zones     = { a = 1 }
      password  = { canary = "x" }
      labels    = [branch]
    }
  }
}
