environment "a" {
  terraform {
    source = "./elsewhere"
    provider "aws" {
      region = "eu-west-1"
      default_tags {
        tags = { Team = "shop" }
      }
    }
    provider "aws" {
      region = "us-east-1"
    }
    provider "aws.west" {
    }
  }
}

environment "b" {
  terraform {
    source = "./elsewhere"
    provider "aws" {
      region = regoin
    }
  }
}

environment "c" {
  model_of = "b"
}

environment "d" {
  terraform {
    source = "./elsewhere"
    provider "some" {
      token = secret("DB_PASSWORD")
    }
  }
}
