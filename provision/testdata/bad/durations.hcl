environment "production" {
  terraform {
    source = "./elsewhere"
  }
}

environment "a" {
  model_of = "production"
  throwaway {
    ttl     = "soon"
    max_ttl = "-8h"
  }
}

environment "b" {
  model_of = "production"
  throwaway {
    ttl     = "0s"
    max_ttl = "1.5d"
  }
  check "tcp" {
    address  = "localhost:80"
    within   = "60"
    interval = "0d"
    timeout  = "5 s"
  }
  hook "after_up" {
    command = ["true"]
    timeout = "99999999999h"
  }
}

environment "c" {
  model_of = "production"
  throwaway {
    ttl     = 8
    max_ttl = ""
  }
}
