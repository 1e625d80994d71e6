environment "staging" {
  parity {
    waive "one-box/no-replica" {
      tier = "cache"
    }
    waive "one-box/no-replica" {
      reason  = "sessions may be lost in staging"
      owner   = "data"
      expires = "31.1.2027"
    }
    waive "one-box/no-replika" {
      reason  = "sessions may be lost in staging"
      owner   = " "
      expires = "2027-02-30"
    }
    waive {
      reason = "because"
    }
  }
}
