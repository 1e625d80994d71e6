data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  # What AWS adds to a role's name is 64 characters with it.
  id = length(var.name) <= 59 ? var.name : "${substr(var.name, 0, 52)}-${substr(md5(var.name), 0, 6)}"
  trust = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }]
  })
  container = merge(
    {
      name         = "main"
      image        = var.image
      essential    = true
      environment  = [for name, value in var.environment : { name = name, value = value }]
      secrets      = [for name, from in var.secrets : { name = name, valueFrom = from }]
      portMappings = var.balancer == null ? [] : [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = var.log_group
          awslogs-region        = data.aws_region.current.name
          awslogs-stream-prefix = "main"
        }
      }
    },
    length(var.command) == 0 ? {} : { command = var.command },
    var.working_dir == null ? {} : { workingDirectory = var.working_dir },
  )
}

module "balancer" {
  source = "../balancer"
  count  = var.balancer == null ? 0 : 1

  name                = var.name
  vpc_id              = var.vpc_id
  vpc_cidr            = var.balancer.vpc_cidr
  subnet_ids          = var.balancer.subnet_ids
  internal            = var.balancer.internal
  ingress_cidrs       = var.balancer.ingress_cidrs
  target_type         = "ip"
  port                = var.port
  health_path         = var.balancer.health_path
  certificate_arn     = var.balancer.certificate_arn
  host                = var.balancer.host
  zone_id             = var.balancer.zone_id
  deletion_protection = var.balancer.deletion_protection
}

resource "aws_security_group" "this" {
  name        = var.name
  description = "Tasks of ${var.name}"
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
  referenced_security_group_id = module.balancer[0].security_group_id
}

resource "aws_vpc_security_group_egress_rule" "all" {
  security_group_id = aws_security_group.this.id
  description       = "Everywhere"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

# What ECS may do to start tasks.
resource "aws_iam_role" "start" {
  name               = "${local.id}-exec"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "start" {
  role       = aws_iam_role.start.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "secrets" {
  count = length(var.secret_arns) > 0 ? 1 : 0

  name = "secrets"
  role = aws_iam_role.start.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = var.secret_arns }]
  })
}

# What the application may do.
resource "aws_iam_role" "task" {
  name               = "${local.id}-task"
  assume_role_policy = local.trust
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.start.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode([local.container])
}

resource "aws_ecs_service" "this" {
  name                              = var.name
  cluster                           = var.cluster_arn
  task_definition                   = aws_ecs_task_definition.this.arn
  launch_type                       = "FARGATE"
  desired_count                     = var.members
  propagate_tags                    = "SERVICE"
  health_check_grace_period_seconds = var.balancer == null ? null : 60

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = concat([aws_security_group.this.id], var.security_group_ids)
    assign_public_ip = false
  }
  # A release that does not start is taken back.
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  dynamic "load_balancer" {
    for_each = module.balancer
    content {
      target_group_arn = load_balancer.value.target_group_arn
      container_name   = local.container.name
      container_port   = var.port
    }
  }

  # Tasks that start before they may read their secrets fail.
  depends_on = [aws_iam_role_policy.secrets, aws_iam_role_policy_attachment.start]
}
