provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Environment = "staging" }
  }
}

module "shop" {
  source = "../.."

  environment = "staging"
  tiers = {
    web = {
      kind        = "web"
      members     = 2
      max_members = 6
      ami         = "ami-0123456789abcdef0"
      size        = "m6i.large"
      command     = ["./bin/web", "--listen", "0.0.0.0:{port}"]
      version     = "1.4.2"
      health_path = "/healthz"
      uses        = ["api"]
    }
    api = {
      kind        = "service"
      members     = 2
      image       = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-api:{release}"
      version     = "1.4.2"
      health_path = "/healthz"
    }
    mailer = {
      kind    = "worker"
      members = 2
      image   = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-mailer:{release}"
      version = "1.4.2"
    }
    cruncher = {
      kind    = "worker"
      members = 2
      ami     = "ami-0123456789abcdef0"
      command = ["./bin/cruncher"]
    }
    jobs = {
      kind     = "function"
      members  = 3
      image    = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-jobs:1.4.2"
      schedule = "rate(5 minutes)"
    }
  }
  database = { engine_version = "15.6", replicas = 1 }
  cache    = {}
  secrets  = { TOKEN = "for-the-example-only" }
}

output "url" {
  value = module.shop.url
}

output "members" {
  value = module.shop.members
}
