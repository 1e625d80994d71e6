environment "production" {
  terraform {
    source = "./stack"
    variables = {
      image     = "shop:1"
      web_cuont = 3
      region    = "us-east-1"
    }
  }
}
