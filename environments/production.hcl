# The shop of testdata/shop/app on this machine. `make demo` copies it, with the application at ../app and the modules
# at ../modules.
environment "production" {
  tier "web" {
    members = 6
  }
  tier "api" {
    members = 3
  }
  tier "worker" {
    members = 3
  }

  # What is switched on is compared beside what runs.
  observe {
    document "flags" {
      file = "flags/production.yaml"
    }
  }

  # What is derived from production inherits all of this, with its own name and its own numbers.
  terraform {
    source = "../modules/local/stack"
    variables = {
      environment = env.name
      directory   = abspath("../app")
      tiers = {
        web = {
          kind        = "web"
          members     = tier.web.members
          command     = ["./bin/web"]
          version     = "1.0.0"
          health_path = "/healthz"
          uses        = ["api"]
        }
        api = {
          kind        = "service"
          members     = tier.api.members
          command     = ["./bin/api"]
          version     = "1.0.0"
          health_path = "/healthz"
        }
        worker = {
          kind        = "worker"
          members     = tier.worker.members
          command     = ["./bin/worker"]
          version     = "1.0.0"
          health_path = "/healthz"
        }
      }
    }
  }

  check "http" {
    url    = "${output.url}/"
    within = "30s"
  }
}
