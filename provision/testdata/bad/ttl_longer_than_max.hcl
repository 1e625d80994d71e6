environment "try" {
  terraform {
    source = "./elsewhere"
  }
  throwaway {
    ttl     = "3d"
    max_ttl = "48h"
  }
}
