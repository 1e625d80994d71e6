# up: production
# up: staging --branch main --commit 3f2a9c1 --owner ada@example.com
# up: try --branch Feature/Checkout_v2 --owner ada --commit 3f2a9c1 --var web_count=1 --outputs
# up: try --name mine --branch x --commit y
# up: named --branch fix/42 --owner Grace
# up: load
environment "production" {
  aliases = ["prod", "live"]
  observe {
    terraform {
      dir       = "../infra/production"
      workspace = "eu"
    }
    aws {
      region  = "us-east-1"
      profile = "prod-ro"
      tags    = { Environment = "production", Team = "shop & co" }
    }
    state {
      file = "/var/states/production.tfstate"
    }
    snapshot {
      file = "snapshots/production.json"
    }
    document "flags" {
      file    = "../config/production/flags.yaml"
      secrets = ["payments.*.key", "pin"]
      tier    = "web"
    }
    document "settings" {
      command     = ["./print-settings", "production"]
      dir         = "../scripts"
      environment = { SETTINGS_TOKEN = "kanarienvogel-4711", REGION = "eu" }
      timeout     = "5s"
      format      = "json"
    }
  }
  tier "web" {
    members = 12
    size    = "m5.2xlarge"
    match   = ["aws_autoscaling_group.web"]
  }
  tier "api" {
    members = 6
    size    = "m5.xlarge"
  }
  tier "db" {
    members = 1
  }
  terraform {
    source = "../modules/stack"
    variables = {
      image     = "shop:1.42"
      web_count = tier.web.members
      labels    = { environment = env.name, size = lower(tier.web.size) }
    }
    backend "s3" {
      bucket                      = "tf-state"
      key                         = "${env.name}.tfstate"
      skip_credentials_validation = true
      assume_role                 = { role_arn = "arn:aws:iam::1:role/deploy" }
    }
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio   = "1/4"
    minimum = 2
    tier "api" {
      size = "t3.large"
    }
  }
  tier "mail" {
    members = 1
  }
  terraform {
    binary = "./bin/tofu"
    variables = {
      image    = "shop:${substr(commit, 0, 7)}"
      password = secret("DB_PASSWORD")
      zones    = [for i in range(min(tier.web.members, 3)) : format("zone-%d", i)]
    }
    backend "s3" {
      bucket = "tf-state"
      key    = "${env.name}.tfstate"
    }
  }
  parity {
    fail_on   = "error"
    tolerance = 0.25
    size_step = 1
    ignore {
      type      = "aws_route53_record"
      attribute = "ttl"
      reason    = "short in staging by design"
    }
    waive "one-box/no-replica" {
      tier    = "cache"
      reason  = "sessions may be lost in staging"
      owner   = "data"
      expires = "2027-01-31"
    }
  }
  check "http" {
    url = "https://staging.example.com"
  }
  hook "before_down" {
    command = ["true"]
  }
}

environment "try" {
  model_of = "staging"
  scale {
    budget  = 5
    minimum = 1
    tier "mail" {
      members = 1
    }
  }
  throwaway {
    ttl     = "8h"
    max_ttl = "3d"
    quota {
      per_owner = 3
      total     = 40
    }
  }
  terraform {
    variables = {
      zones  = null
      labels = { branch = slug(branch), was = tostring(tier.web.baseline) }
    }
  }
  check "http" {
    url      = "${output.url}/healthz"
    status   = 204
    contains = "ok"
    within   = "60s"
  }
  check "tcp" {
    address  = "localhost:${output.port}"
    interval = "1s"
    timeout  = "2s"
  }
  check "command" {
    command     = ["./scripts/check.sh", env.name]
    environment = { PASSWORD = output.password, TOKEN = secret("DB_PASSWORD"), PORT = output.port }
  }
  hook "before_up" {
    command = ["git", "fetch"]
    dir     = "../app"
  }
  hook "after_up" {
    command  = ["make", "seed", "URL=${output.url}"]
    timeout  = "1d"
    optional = true
  }
}

environment "named" {
  model_of = "production"
  throwaway {
    ttl  = "90m"
    name = "${env.environment}-${owner}-${branch}"
  }
  terraform {
    source = "../modules/other"
    variables = {
      anything = { list = [1, true, "x"] }
    }
  }
}

# Larger than its model, and with tiers that have fewer members than the minimum.
environment "load" {
  model_of = "production"
  scale {
    ratio = 1.5
    tier "web" {
      ratio   = "50%"
      minimum = 8
    }
  }
  terraform {
    source = "git::https://git.example.com/stack.git?ref=v1"
  }
}
