environment "production" {
  tier "web" {
    members = 12
  }
}

environment "a" {
  model_of = "production"
  scale {
    ratio = "a quarter"
  }
}

environment "b" {
  model_of = "production"
  scale {
    ratio = "1/0"
  }
}

environment "c" {
  model_of = "production"
  scale {
    ratio = "-1/4"
  }
}

environment "d" {
  model_of = "production"
  scale {
    ratio   = "1/4"
    minimum = 0
    tier "web" {
      ratio = ""
    }
  }
}

environment "e" {
  model_of = "production"
  scale {
    ratio = 0
  }
}
