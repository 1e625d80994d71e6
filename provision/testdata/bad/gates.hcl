environment "production" {
  gate "release" {
    condition = check.http
  }
}

environment "staging" {
  model_of = "production"
  check "http" {
    url = "http://localhost/"
  }
  gate "release" {
    condition = parity.scor >= 0.95 && check.htp && parity.findings.errors == 0 && paritee.score > 1
    message   = "no ${parity.dimensions.version.score}"
  }
  gate "release" {
    condition = parity.rules["one-box/single"] == 0
  }
  gate "types" {
    condition = parity.score
    message   = parity.findings
  }
  gate "operators" {
    condition = parity.findings > 0
  }
  gate "functions" {
    condition = lengt(parity.verdict) > 0 && secret("TOKEN") != ""
  }
  gate "costly" {
    condition = length(setproduct(range(1000), range(1000), range(1000))) > parity.incomplete
  }
  gate " " {
    message = "x"
  }
  gate {
    condition = true
  }
}
