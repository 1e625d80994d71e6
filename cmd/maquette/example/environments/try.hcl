# A server for a branch, gone after a day's work: maquette up try --branch feature-x
environment "try" {
  model_of = "staging"

  throwaway {
    ttl     = "8h"
    max_ttl = "3d"
    quota {
      per_owner = 3
    }
  }

  check "http" {
    url = "${output.url}/healthz"
  }
}
