locals {
  # A database's settings say nothing secret here: what does is for other platforms.
  database = nonsensitive(var.database == null) ? null : {
    engine         = nonsensitive(var.database.engine)
    engine_version = nonsensitive(var.database.engine_version)
    size           = nonsensitive(var.database.size)
    replicas       = nonsensitive(var.database.replicas)
    storage        = nonsensitive(var.database.storage)
    parameters     = nonsensitive(var.database.parameters)
    snapshot       = nonsensitive(var.database.snapshot)
    name           = coalesce(nonsensitive(var.database.name), "app")
  }
  cache = nonsensitive(var.cache == null) ? null : {
    engine_version = nonsensitive(var.cache.engine_version)
    size           = nonsensitive(var.cache.size)
    members        = nonsensitive(var.cache.members)
    parameters     = nonsensitive(var.cache.parameters)
  }
  secret_names = toset(nonsensitive(keys(var.secrets)))
  protected    = coalesce(var.aws.deletion_protection, !var.throwaway)

  webs  = [for name, tier in var.tiers : name if tier.kind == "web"]
  first = length(local.webs) == 0 ? "" : local.webs[0]

  tiers = {
    for name, tier in var.tiers : name => merge(tier, {
      release  = var.release != null ? var.release.ref : tier.version
      command  = [for arg in tier.command : replace(arg, "{port}", tostring(tier.port))]
      called   = contains(["web", "service"], tier.kind)
      public   = tier.kind == "web"
      platform = tier.kind == "function" ? "function" : tier.image == null ? "machines" : "containers"
      # People's names are below the domain, where there is one; those of tiers below the environment's own.
      host = tier.kind == "service" ? "${name}.${var.environment}.internal" : var.aws.domain == null || tier.kind != "web" ? null : (
        name == local.first ? "${var.environment}.${var.aws.domain}" : "${name}-${var.environment}.${var.aws.domain}"
      )
    })
  }
  functions  = { for name, tier in local.tiers : name => tier if tier.platform == "function" }
  containers = { for name, tier in local.tiers : name => tier if tier.platform == "containers" }
  webs_on    = { for name, tier in local.tiers : name => tier if tier.platform == "machines" && tier.called }
  workers_on = { for name, tier in local.tiers : name => tier if tier.platform == "machines" && !tier.called }

  images = { for name, tier in local.tiers : name => tier.image == null ? null : replace(tier.image, "{release}", coalesce(tier.release, "latest")) }

  environment = {
    for name, tier in local.tiers : name => merge(
      { ENVIRONMENT = var.environment, RELEASE = tier.release == null ? "" : tier.release },
      tier.called ? { PORT = tostring(tier.port) } : {},
      { for used in tier.uses : "${upper(replace(used, "-", "_"))}_URL" => "http://${local.tiers[used].host}" },
      local.database == null ? {} : { DATABASE_URL = module.database[0].url },
      local.cache == null ? {} : { CACHE_URL = module.cache[0].url },
      # What ECS puts into containers, others read for themselves.
      tier.platform == "containers" ? {} : merge(
        local.database == null ? {} : { DATABASE_SECRET_ARN = module.database[0].secret_arn },
        length(local.secret_names) == 0 ? {} : { SECRETS_ARN = aws_secretsmanager_secret.tiers[0].arn },
      ),
      tier.environment,
    )
  }
  secret_arns = concat(aws_secretsmanager_secret.tiers[*].arn, module.database[*].secret_arn)
  injected = merge(
    { for name in local.secret_names : name => "${aws_secretsmanager_secret.tiers[0].arn}:${name}::" },
    local.database == null ? {} : { PGPASSWORD = "${module.database[0].secret_arn}:password::" },
  )
  scripts = {
    for name, tier in merge(local.webs_on, local.workers_on) : name => templatefile("${path.module}/machine.sh.tftpl", {
      tier        = name
      directory   = startswith(tier.working_dir, "/") ? tier.working_dir : join("/", compact(["/opt/app", tier.working_dir]))
      command     = tier.command
      environment = local.environment[name]
    })
  }
}

module "network" {
  source = "../network"

  name      = var.environment
  cidr      = var.aws.cidr
  zones     = var.aws.zones
  throwaway = var.throwaway
}

# Who is in it may connect to the database and to the cache.
resource "aws_security_group" "tiers" {
  name        = "${var.environment}-tiers"
  description = "Tiers of ${var.environment}"
  vpc_id      = module.network.vpc_id
  tags        = { Name = "${var.environment}-tiers" }
}

module "monitoring" {
  source = "../monitoring"

  name       = var.environment
  log_groups = toset([for name, tier in local.tiers : name if tier.platform != "machines"])
  log_days   = var.aws.log_days
  alarms     = local.alarms
  emails     = var.aws.emails
}

resource "aws_secretsmanager_secret" "tiers" {
  count = length(local.secret_names) == 0 ? 0 : 1

  name                    = "${var.environment}/secrets"
  description             = "What the tiers of ${var.environment} get by their environment"
  recovery_window_in_days = var.throwaway ? 0 : 30
}

resource "aws_secretsmanager_secret_version" "tiers" {
  count = length(local.secret_names) == 0 ? 0 : 1

  secret_id     = aws_secretsmanager_secret.tiers[0].id
  secret_string = jsonencode(var.secrets)
}

module "database" {
  source = "../database"
  count  = local.database == null ? 0 : 1

  name                      = "${var.environment}-database"
  engine                    = local.database.engine
  engine_version            = local.database.engine_version
  size                      = local.database.size
  replicas                  = local.database.replicas
  storage                   = local.database.storage
  parameters                = local.database.parameters
  snapshot                  = local.database.snapshot
  database                  = local.database.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = [aws_security_group.tiers.id]
  log_days                  = var.aws.log_days
  throwaway                 = var.throwaway
  deletion_protection       = local.protected
}

module "cache" {
  source = "../cache"
  count  = local.cache == null ? 0 : 1

  name                      = length(var.environment) <= 34 ? "${var.environment}-cache" : "${substr(var.environment, 0, 27)}-${substr(md5(var.environment), 0, 6)}-cache"
  engine_version            = local.cache.engine_version
  size                      = local.cache.size
  members                   = local.cache.members
  parameters                = local.cache.parameters
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = [aws_security_group.tiers.id]
  throwaway                 = var.throwaway
}

module "web" {
  source   = "../web"
  for_each = local.webs_on

  name                = "${var.environment}-${each.key}"
  vpc_id              = module.network.vpc_id
  vpc_cidr            = module.network.cidr
  subnet_ids          = module.network.private_subnet_ids
  balancer_subnet_ids = each.value.public ? module.network.public_subnet_ids : module.network.private_subnet_ids
  internal            = !each.value.public
  ingress_cidrs       = each.value.public ? var.aws.ingress_cidrs : null
  ami                 = each.value.ami
  size                = each.value.size == "" ? "t3.small" : each.value.size
  members             = each.value.members
  max_members         = each.value.max_members
  user_data           = local.scripts[each.key]
  port                = each.value.port
  health_path         = coalesce(each.value.health_path, "/")
  certificate_arn     = each.value.public ? var.aws.certificate_arn : null
  host                = each.value.host
  zone_id             = each.value.public ? var.aws.zone_id : module.network.internal_zone_id
  security_group_ids  = [aws_security_group.tiers.id]
  secret_arns         = local.secret_arns
  root_device         = var.aws.root_device
  deletion_protection = local.protected
}

module "worker" {
  source   = "../worker"
  for_each = local.workers_on

  name               = "${var.environment}-${each.key}"
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.private_subnet_ids
  ami                = each.value.ami
  size               = each.value.size == "" ? "t3.small" : each.value.size
  members            = each.value.members
  max_members        = each.value.max_members
  user_data          = local.scripts[each.key]
  security_group_ids = [aws_security_group.tiers.id]
  secret_arns        = local.secret_arns
  root_device        = var.aws.root_device
}

resource "aws_ecs_cluster" "this" {
  count = length(local.containers) == 0 ? 0 : 1

  name = var.environment

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

module "service" {
  source   = "../service"
  for_each = local.containers

  name               = "${var.environment}-${each.key}"
  cluster_arn        = aws_ecs_cluster.this[0].arn
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.private_subnet_ids
  image              = local.images[each.key]
  command            = each.value.command
  working_dir        = startswith(each.value.working_dir, "/") ? each.value.working_dir : null
  environment        = local.environment[each.key]
  secrets            = local.injected
  security_group_ids = [aws_security_group.tiers.id]
  secret_arns        = local.secret_arns
  cpu                = each.value.cpu
  memory             = each.value.memory
  members            = each.value.members
  port               = each.value.port
  log_group          = module.monitoring.log_groups[each.key]
  balancer = !each.value.called ? null : {
    vpc_cidr            = module.network.cidr
    subnet_ids          = each.value.public ? module.network.public_subnet_ids : module.network.private_subnet_ids
    internal            = !each.value.public
    ingress_cidrs       = each.value.public ? var.aws.ingress_cidrs : null
    health_path         = coalesce(each.value.health_path, "/")
    certificate_arn     = each.value.public ? var.aws.certificate_arn : null
    host                = each.value.host
    zone_id             = each.value.public ? var.aws.zone_id : module.network.internal_zone_id
    deletion_protection = local.protected
  }
}

module "function" {
  source   = "../function"
  for_each = local.functions

  name               = "${var.environment}-${each.key}"
  image              = local.images[each.key]
  command            = each.value.command
  working_dir        = startswith(each.value.working_dir, "/") ? each.value.working_dir : null
  environment        = local.environment[each.key]
  memory             = each.value.memory
  members            = each.value.members
  schedule           = each.value.schedule
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.private_subnet_ids
  security_group_ids = [aws_security_group.tiers.id]
  secret_arns        = local.secret_arns
  log_group          = module.monitoring.log_groups[each.key]
}
