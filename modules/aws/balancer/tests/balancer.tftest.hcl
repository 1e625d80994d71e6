provider "aws" {
  region = "eu-west-1"
}

variables {
  name        = "try-a-branch-with-quite-a-long-name-web"
  vpc_id      = "vpc-1"
  vpc_cidr    = "10.0.0.0/16"
  subnet_ids  = ["subnet-1", "subnet-2"]
  target_type = "ip"
}

run "example" {
  command = plan
  module {
    source = "./examples/simple"
  }
}

run "public" {
  command = plan
  assert {
    condition     = aws_lb.this.name == "try-a-branch-with-quite-a-e8fbcb" && aws_lb_target_group.this.name == aws_lb.this.name
    error_message = "A long name is cut, and ends in a digest: ${aws_lb.this.name}."
  }
  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "forward" && !aws_lb.this.internal && aws_lb.this.enable_deletion_protection
    error_message = "Without a certificate HTTP is forwarded."
  }
}

run "https" {
  command = plan
  variables {
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    host            = "shop.example.com"
    zone_id         = "Z1"
  }
  assert {
    condition     = output.url == "https://shop.example.com" && aws_lb_listener.http.default_action[0].type == "redirect" && aws_lb_listener.https[0].port == 443
    error_message = "With a certificate HTTP leads to HTTPS."
  }
}

run "internal" {
  command = plan
  variables {
    internal = true
  }
  assert {
    condition     = [for rule in aws_vpc_security_group_ingress_rule.callers : rule.cidr_ipv4] == [var.vpc_cidr]
    error_message = "Those outside do not call an internal one."
  }
}

run "refuses" {
  command = plan
  variables {
    subnet_ids  = ["subnet-1"]
    target_type = "host"
    health_path = "healthz"
  }
  expect_failures = [var.subnet_ids, var.target_type, var.health_path]
}
