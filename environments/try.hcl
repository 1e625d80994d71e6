# A server for a branch: maquette up try --branch feature-x
environment "try" {
  model_of = "staging"

  throwaway {
    ttl     = "8h"
    max_ttl = "72h"
    quota {
      per_owner = 3
      total     = 10
    }
  }

  # The branch is checked out and built for it.
  terraform {
    variables = {
      release = {
        repository = abspath("../app")
        ref        = ref
        build      = ["go", "build", "-o", "bin/", "./web", "./api", "./worker"]
      }
    }
  }

  check "http" {
    url    = "${output.url}/"
    within = "30s"
  }
}
