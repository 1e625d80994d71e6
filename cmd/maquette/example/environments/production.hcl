# What production is. Its models are derived from this, and inherit how it is made.
environment "production" {
  tier "web" {
    members = 4
  }
  tier "worker" {
    members = 3
  }

  terraform {
    source = "../stack" # any Terraform root or module
    variables = {
      environment    = env.name
      web_members    = tier.web.members
      worker_members = tier.worker.members
    }
  }

  check "http" {
    url = "${output.url}/healthz"
  }
}
