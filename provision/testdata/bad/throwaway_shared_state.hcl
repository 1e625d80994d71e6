environment "try" {
  terraform {
    source = "./elsewhere"
    backend "s3" {
      bucket = "states"
      key    = "${env.environment}.tfstate"
    }
  }
  throwaway {
    ttl = "8h"
  }
}
