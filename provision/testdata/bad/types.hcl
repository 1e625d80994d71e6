environment "production" {
  tier "web" {
    members = 12
  }
  terraform {
    source = "./elsewhere"
    variables = {
      a = tier.web.members + "one"
      b = upper([1])
      c = join(",", "a")
      d = tier.web.members.x
      e = [1, 2][5]
      f = substr("abc")
      g = tier.web.members ? 1 : 2
      h = "a" * branch
      i = length(3)
      j = coalesce(null, "")
      k = jsondecode("{")
    }
  }
}
