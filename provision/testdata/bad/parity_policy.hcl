environment "staging" {
  parity {
    severity "config/tags" {
      level  = "off"
      reason = "they are set by another team"
    }
    severity "topology" {
      level = "fatal"
    }
    ignore {
      rule   = "one-box/no-replicas"
      reason = "there are none"
    }
    waive "config/setting" {
      path = "engine_version"
    }
    waive "one-box/no-balancer" {
      tier    = ""
      reason  = ""
      owner   = "data"
      expires = "31.01.2027"
    }
  }
}
