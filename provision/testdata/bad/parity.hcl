environment "staging" {
  parity {
    fail_on   = "fatal"
    tolerance = -0.25
    size_step = 100
    ignore {
      type = "aws_route53_record"
    }
    ignore {
      reason = "short in staging by design"
    }
    ignore {
      address = ""
      reason  = ""
    }
  }
}

environment "try" {
  parity {
    fail_on   = true
    tolerance = "a quarter"
    max       = 2
  }
}
