# The smallest that works, for one developer: maquette up dev
environment "dev" {
  model_of = "staging"

  scale {
    ratio   = "1/2"
    minimum = 1
  }

  throwaway {
    name    = "dev-${owner}"
    ttl     = "12h"
    max_ttl = "7d"
    quota {
      per_owner = 1
    }
  }

  check "http" {
    url    = "${output.url}/"
    within = "30s"
  }
}
