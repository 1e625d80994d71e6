environment "production" {
  terraform {
    source = "./elsewhere"
  }
  hook "after_up" {
    dir = "scripts"
  }
  hook "before_down" {
    command = ["true"]
    within  = "30s"
  }
  hook "after_down" {
    command  = ["true"]
    optional = "perhaps"
    timeout  = "-1s"
  }
}
