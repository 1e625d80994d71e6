environment "a" {
  terraform {
    source    = "./elsewhere"
    variables = merge({ a = 1 }, { b = 2 })
  }
}

environment "b" {
  terraform {
    source = "./elsewhere"
    variables = {
      "${env.name}" = 1
      (upper("x"))  = 2
      image         = "a"
      image         = "b"
    }
  }
}

environment "c" {
  terraform {
    source = "./elsewhere"
    variables {
      a = 1
    }
  }
}
