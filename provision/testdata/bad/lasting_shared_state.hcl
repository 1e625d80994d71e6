environment "production" {
  terraform {
    source = "./elsewhere"
    backend "s3" {
      bucket = "states"
      key    = "shop.tfstate"
    }
  }
}

environment "staging" {
  model_of = "production"
  terraform {
    backend "s3" {
      key    = "shop.tfstate"
      bucket = "states"
    }
  }
}
