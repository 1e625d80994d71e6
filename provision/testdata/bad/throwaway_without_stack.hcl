environment "production" {
}

environment "try" {
  model_of = "production"
  throwaway {
    ttl = "8h"
  }
}
