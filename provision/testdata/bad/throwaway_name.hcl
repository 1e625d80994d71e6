environment "production" {
  terraform {
    source = "./elsewhere"
  }
}

environment "a" {
  model_of = "production"
  throwaway {
    ttl  = "8h"
    name = "${env.name}-1"
  }
}

environment "b" {
  model_of = "production"
  throwaway {
    ttl  = "8h"
    name = "b-${output.url}"
  }
}

environment "c" {
  model_of = "production"
  throwaway {
    ttl  = "8h"
    name = secret("NAME")
  }
}

environment "d" {
  model_of = "production"
  throwaway {
    ttl  = "8h"
    name = "production"
  }
}

environment "e" {
  model_of = "production"
  throwaway {
    ttl  = "8h"
    name = null
  }
}

environment "f" {
  model_of = "production"
  throwaway {
    ttl  = "8h"
    name = [branch]
  }
}
