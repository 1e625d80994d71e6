data "aws_partition" "current" {}

# Default tags do not reach what an autoscaling group starts.
data "aws_default_tags" "current" {}

locals {
  id     = length(var.name) <= 64 ? var.name : "${substr(var.name, 0, 57)}-${substr(md5(var.name), 0, 6)}"
  tags   = merge(data.aws_default_tags.current.tags, { Name = var.name })
  scales = var.max_members != null
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Machines of ${var.name}"
  vpc_id      = var.vpc_id
  tags        = { Name = var.name }
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  count = var.balancer == null ? 0 : 1

  security_group_id            = aws_security_group.this.id
  description                  = "Balancer"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  referenced_security_group_id = var.balancer.security_group_id
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.this.id
  description       = "Everywhere"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_iam_role" "this" {
  name = local.id
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

# Shells are had through Session Manager: no port is open for them.
resource "aws_iam_role_policy_attachment" "ssm" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_role_policy" "secrets" {
  count = length(var.secret_arns) > 0 ? 1 : 0

  name = "secrets"
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = var.secret_arns }]
  })
}

resource "aws_iam_instance_profile" "this" {
  name = local.id
  role = aws_iam_role.this.name
}

resource "aws_launch_template" "this" {
  name                   = var.name
  image_id               = var.ami
  instance_type          = var.size
  user_data              = base64encode(var.user_data)
  vpc_security_group_ids = concat([aws_security_group.this.id], var.security_group_ids)
  update_default_version = true
  tags                   = { Name = var.name }

  iam_instance_profile {
    arn = aws_iam_instance_profile.this.arn
  }
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
  monitoring {
    enabled = true
  }
  block_device_mappings {
    device_name = var.root_device
    ebs {
      volume_type           = "gp3"
      volume_size           = var.disk
      encrypted             = true
      delete_on_termination = true
    }
  }
  tag_specifications {
    resource_type = "volume"
    tags          = { for name, value in local.tags : name => value if name != "Expires" } # which would replace machines whenever it moves
  }
}

resource "aws_autoscaling_group" "this" {
  name     = var.name
  min_size = var.members
  max_size = local.scales ? var.max_members : var.members
  # Where the load decides, an apply must not take machines away.
  desired_capacity          = local.scales ? null : var.members
  vpc_zone_identifier       = var.subnet_ids
  target_group_arns         = var.balancer == null ? [] : [var.balancer.target_group_arn]
  health_check_type         = var.balancer == null ? "EC2" : "ELB"
  health_check_grace_period = 120

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }
  instance_refresh {
    strategy = "Rolling"
    preferences {
      min_healthy_percentage = 90
    }
  }
  dynamic "tag" {
    for_each = local.tags
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    precondition {
      condition     = var.max_members == null ? true : var.max_members >= var.members
      error_message = "${var.name}: max_members must not be less than members."
    }
  }
}

resource "aws_autoscaling_policy" "load" {
  count = local.scales ? 1 : 0

  name                   = "${var.name}-load"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = 60
    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}
