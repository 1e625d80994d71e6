provider "aws" {
  region = "eu-west-1"
}

variables {
  environment = "staging"
  tiers = {
    web  = { kind = "web", members = 2, image = "shop/web:{release}", uses = ["api"] }
    api  = { kind = "service", members = 2, image = "shop/api:{release}" }
    work = { kind = "worker", members = 3, ami = "ami-1", command = ["./work", "it's"] }
  }
  release = { repository = "/srv/shop", ref = "4f2c1a9" }
}

run "example" {
  module {
    source = "./examples/simple"
  }
  assert {
    condition     = output.members == { web = 2, api = 2, mailer = 2, cruncher = 2, jobs = 3 }
    error_message = "There are as many of each tier as was asked for."
  }
  assert {
    condition     = startswith(output.url, "http://")
    error_message = "It has an address."
  }
}

run "lasting" {
  command = plan
  assert {
    condition     = output.urls.api == "http://api.staging.internal" && output.release == "4f2c1a9"
    error_message = "Tiers have names inside."
  }
}

run "domain" {
  command = plan
  variables {
    environment = "try-feature-x"
    throwaway   = true
    aws         = { domain = "example.com", zone_id = "Z1", certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1" }
    # What is said for other platforms is no trouble.
    directory = "/srv/shop"
    database  = { server = "postgres://admin@db.internal/postgres", seed = "seed.sql", engine = "postgres", engine_version = "15.6", replicas = 0 }
    cache     = { url = "redis://127.0.0.1:6379/0", members = 1 }
  }
  assert {
    condition     = output.url == "https://try-feature-x.example.com"
    error_message = "It has its own name below the domain."
  }
}

run "refuses" {
  command = plan
  variables {
    environment = "Staging"
    aws         = { domain = "example.com" }
  }
  expect_failures = [var.environment, var.aws]
}

run "neither_image_nor_machine" {
  command = plan
  variables {
    tiers = { web = { kind = "web", command = ["./web"] } }
  }
  expect_failures = [var.tiers]
}

run "another_database" {
  command = plan
  variables {
    database = { engine = "mysql", engine_version = "8.0.36" }
  }
  expect_failures = [var.database]
}
