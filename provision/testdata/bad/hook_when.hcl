environment "production" {
  hook "after_upp" {
    command = ["true"]
  }
  hook "on_failure" {
    command = ["true"]
  }
  hook "up" {
  }
}
