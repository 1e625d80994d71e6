# up: try
environment "try" {
  terraform {
    source    = "./stack"
    variables = { image = "shop:1" }
  }
  throwaway {
    ttl = "8h"
  }
}
