locals {
  name  = length(var.name) <= 32 ? var.name : "${substr(var.name, 0, 25)}-${substr(md5(var.name), 0, 6)}"
  https = var.certificate_arn != null
  ports = local.https ? [80, 443] : [80]
  from  = coalesce(var.ingress_cidrs, [var.internal ? var.vpc_cidr : "0.0.0.0/0"])
}

resource "aws_security_group" "this" {
  name        = "${var.name}-balancer"
  description = "Balancer of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-balancer" }
}

resource "aws_vpc_security_group_ingress_rule" "callers" {
  for_each = { for pair in setproduct(local.ports, range(length(local.from))) : "${pair[0]}-${pair[1]}" => { port = pair[0], cidr = local.from[pair[1]] } }

  security_group_id = aws_security_group.this.id
  description       = "Callers"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = each.value.cidr
}

resource "aws_vpc_security_group_egress_rule" "targets" {
  security_group_id = aws_security_group.this.id
  description       = "Targets"
  ip_protocol       = "tcp"
  from_port         = var.port
  to_port           = var.port
  cidr_ipv4         = var.vpc_cidr
}

resource "aws_lb" "this" {
  name                       = local.name
  load_balancer_type         = "application"
  internal                   = var.internal
  subnets                    = var.subnet_ids
  security_groups            = [aws_security_group.this.id]
  enable_deletion_protection = var.deletion_protection
  drop_invalid_header_fields = true
  tags                       = { Name = var.name }
}

resource "aws_lb_target_group" "this" {
  name                 = local.name
  target_type          = var.target_type
  protocol             = "HTTP"
  port                 = var.port
  vpc_id               = var.vpc_id
  deregistration_delay = 30
  tags                 = { Name = var.name }

  health_check {
    path                = var.health_path
    matcher             = "200-399"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "https" {
  count = local.https ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  certificate_arn   = var.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type             = local.https ? "redirect" : "forward"
    target_group_arn = local.https ? null : aws_lb_target_group.this.arn

    dynamic "redirect" {
      for_each = local.https ? [true] : []
      content {
        protocol    = "HTTPS"
        port        = "443"
        status_code = "HTTP_301"
      }
    }
  }
}

resource "aws_route53_record" "this" {
  count = var.host == null ? 0 : 1

  zone_id = var.zone_id
  name    = var.host
  type    = "A"

  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}
