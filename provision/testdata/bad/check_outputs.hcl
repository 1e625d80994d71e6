environment "production" {
  terraform {
    source = "./stack"
    variables = {
      image = "shop:1"
      url   = output.url
    }
  }
  check "http" {
    url = output.ulr
  }
  check "tcp" {
    address = "${outputs.host}:80"
  }
  hook "before_up" {
    command = ["echo", output.url]
  }
  hook "after_up" {
    command = ["echo", output.url, output.name]
  }
}
