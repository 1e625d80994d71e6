# A scale model of production: everything is there, a third of each tier, and never one of what production has more of.
environment "staging" {
  model_of = "production"

  scale {
    ratio   = "1/3"
    minimum = 2
  }

  observe {
    document "flags" {
      file = "flags/staging.yaml"
    }
  }

  check "http" {
    url      = "${output.url}/"
    contains = "environment staging"
    within   = "30s"
  }
}
