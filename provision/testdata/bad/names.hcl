environment "production" {
  tier "web" {
    members = 12
    size    = "m5.large"
  }
  tier "worker" {
    members = 4
  }
  terraform {
    source = "./elsewhere"
    variables = {
      a = enviroment.name
      b = env.nmae
      c = tier.wbe.members
      d = tier.web.member
      e = tier["wrker"]["size"]
      f = brunch
      g = upcase("x")
      h = uper("x")
      i = var.region
      j = local.x
      k = env.branch
      l = tier.cache.size
      m = "${tier.wbe.size} and ${envv.name}"
    }
  }
}
