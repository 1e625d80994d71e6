# up: staging --outputs
environment "staging" {
  terraform {
    source    = "https://example.com/stack.zip"
    variables = { image = "shop:1" }
  }
  check "http" {
    url = output.ulr
  }
  check "http" {
    url = output.port
  }
  check "command" {
    command = ["check", output.password]
  }
  hook "after_up" {
    command     = ["seed", tostring(output.port + 1)]
    environment = { PORT = tonumber(output.password) }
  }
}
