environment "staging" {
  parity {
    rule "encrypted" {
      match {
        type = "aws_ebs_volume"
      }
      condition = candidate.encrypted
      message   = "not encrypted"
    }
    rule "custom/names" {
      match {
        type = "aws_ebs_volume"
      }
      condition = candidat.encrypted == baseline.encrypted && members.baselin > 1 && lenght(tier) > 0
      message   = "in ${teir}"
    }
    rule "custom/types" {
      match {
        type = "aws_ebs_volume"
      }
      condition = "yes"
      message   = ["a"]
    }
    rule "custom/operators" {
      match {
        type = "aws_ebs_volume"
      }
      condition = tier && candidate.encrypted
      message   = "${members.candidate.x}"
    }
    rule "custom/nothing" {
      condition = candidate.encrypted
    }
    rule "custom/match" {
      match {
      }
      match {
        type = "x"
      }
      condition = candidate.encrypted
      message   = "x"
    }
    rule "custom/patterns" {
      match {
        type    = []
        kind    = "databse"
        address = [""]
        tier    = ""
        present = "candidates"
      }
      condition = candidate.encrypted
      message   = "x"
      severity  = "fatal"
      dimension = "version"
      help      = ""
      colour    = "red"
    }
    rule "custom/secrets" {
      match {
        type = "aws_ebs_volume"
      }
      condition = candidate.password != secret("DB_PASSWORD")
      message   = abspath("x")
    }
    rule "custom/secrets" {
      match {
        type = "aws_ebs_volume"
      }
      condition = candidate.encrypted
      message   = "x"
    }
    rule "custom/large" {
      match {
        type = "aws_ebs_volume"
      }
      condition = length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]) > 0
      message   = format("%999999999d", 1)
    }
  }
}
