environment "production" {
  observe {
    state {
      file = "production.tfstate"
    }
  }
}

environment "try" {
  throwaway {
    ttl = "1h"
  }
  terraform {
    source = "./elsewhere"
  }
}

environment "staging" {
  model_of = "production"
  terraform {
    source = "./elsewhere"
    variables = {
      a = observed.prodution.aws_launch_template.web.image_id
      b = observed.try.tier.web.members
      c = observed.staging.tier.web.members
      d = observed
      e = observed.production
      f = observed.production.tier.web
      g = observed.production.tier.web.member
      h = observed.production.aws_launch_template
      i = version("production", "web")
      j = version("production", env.name, "image")
      k = version("produktion", "web", "image")
      l = observed.production.module.web
    }
  }
}
