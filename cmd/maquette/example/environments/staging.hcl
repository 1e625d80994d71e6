# Half of production, and never one of what it has more of: maquette up staging
environment "staging" {
  model_of = "production"

  scale {
    ratio   = "1/2"
    minimum = 2
  }

  check "http" {
    url      = "${output.url}/"
    contains = "staging"
  }
}
