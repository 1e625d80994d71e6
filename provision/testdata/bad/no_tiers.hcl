environment "production" {
  terraform {
    source = "./elsewhere"
    variables = {
      web_count = tier.web.members
    }
  }
}
