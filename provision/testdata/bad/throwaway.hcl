environment "try" {
  terraform {
    source = "./elsewhere"
  }
  throwaway {
    maxttl = "72h"
    quota {
      per_owner = 0
      total     = -1
      owner     = 3
    }
  }
}
