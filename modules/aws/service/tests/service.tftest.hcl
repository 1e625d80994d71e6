provider "aws" {
  region = "eu-west-1"
}

variables {
  name        = "staging-mailer"
  cluster_arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/staging"
  vpc_id      = "vpc-1"
  subnet_ids  = ["subnet-1", "subnet-2"]
  image       = "shop/mailer:1.4.2"
  log_group   = "/staging/mailer"
}

run "example" {
  command = plan
  module {
    source = "./examples/simple"
  }
}

run "uncalled" {
  command = plan
  variables {
    secrets     = { TOKEN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:staging:TOKEN::" }
    secret_arns = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:staging"]
  }
  assert {
    condition     = output.url == "" && length(aws_ecs_service.this.load_balancer) == 0 && !aws_ecs_service.this.network_configuration[0].assign_public_ip
    error_message = "Nobody calls it."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].secrets[0].name == "TOKEN" && length(aws_iam_role_policy.secrets) == 1
    error_message = "ECS reads its secrets."
  }
}

run "refuses" {
  command = plan
  variables {
    cpu        = 300
    members    = -1
    subnet_ids = ["subnet-1"]
  }
  expect_failures = [var.cpu, var.members, var.subnet_ids]
}
