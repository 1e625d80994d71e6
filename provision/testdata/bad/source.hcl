environment "a" {
  terraform {
    source = "./modules/${env.name}"
  }
}

environment "b" {
  terraform {
    source = ""
  }
}

environment "c" {
  terraform {
    source = ["./stack"]
  }
}

environment "d" {
  terraform {
    source = lower("./STACK")
  }
}
