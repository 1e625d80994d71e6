environment "production" {
  terraform {
    source = "./elsewhere"
  }
  terraform {
    source = "./other"
  }
  parity {
  }
  parity {
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/4"
  }
  scale {
    ratio = "1/2"
  }
  terraform {
    backend "s3" {
      key = "a"
    }
    backend "local" {
      path = "b"
    }
  }
  throwaway {
    ttl = "8h"
    quota {
      total = 3
    }
    quota {
      total = 4
    }
  }
  throwaway {
    ttl = "8h"
  }
}
