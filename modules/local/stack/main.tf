locals {
  uncalled  = ["worker", "function"] # kinds without a balancer
  directory = var.release == null ? var.directory : maquette_checkout.release[0].path
  commit    = one(maquette_checkout.release[*].commit)
  database  = one(maquette_database.main[*].url)

  # What all tiers have in common: directory, release and environment variables.
  tiers = {
    for name, tier in var.tiers : name => merge(tier, {
      directory = startswith(tier.working_dir, "/") ? tier.working_dir : join("/", compact([local.directory, tier.working_dir]))
      release   = var.release == null ? tier.version : local.commit
      health    = tier.health_path == null ? { type = contains(local.uncalled, tier.kind) ? "none" : "tcp", path = null } : { type = "http", path = tier.health_path }
    })
  }
  environment = {
    for name, tier in local.tiers : name => merge(
      { ENVIRONMENT = var.environment, RELEASE = tier.release == null ? "" : tier.release },
      local.database == null ? {} : { DATABASE_URL = local.database },
      var.cache == null ? {} : { CACHE_URL = var.cache.url },
      tier.environment,
      var.secrets,
    )
  }

  # Tiers that use others come after them.
  backs  = { for name, tier in local.tiers : name => tier if length(tier.uses) == 0 }
  fronts = { for name, tier in local.tiers : name => tier if length(tier.uses) > 0 }
  # What programs call each other by: not every one knows hosts below .localhost.
  addresses = { for name, balancer in maquette_balancer.tier : name => balancer.local_url }
}

resource "maquette_checkout" "release" {
  count = var.release == null ? 0 : 1

  name          = "release"
  repository    = var.release.repository
  ref           = var.release.ref
  build         = var.release.build
  build_timeout = var.release.build_timeout
}

resource "maquette_database" "main" {
  count = nonsensitive(var.database == null) ? 0 : 1

  name     = var.database.name == null ? replace(var.environment, "-", "_") : var.database.name
  server   = var.database.server
  template = var.database.template
  seed     = var.database.seed
  reseed   = var.database.reseed
}

resource "maquette_service" "tier" {
  for_each = local.backs

  name         = each.key
  command      = each.value.command
  members      = each.value.members
  environment  = local.environment[each.key]
  working_dir  = each.value.directory == "" ? null : each.value.directory
  version      = each.value.release
  health_check = each.value.health
}

resource "maquette_balancer" "tier" {
  for_each = { for name, tier in local.backs : name => tier if !contains(local.uncalled, tier.kind) }

  name         = each.key
  host         = each.value.kind == "web" ? null : "${each.key}.${var.environment}"
  service      = maquette_service.tier[each.key].name
  targets      = maquette_service.tier[each.key].ports
  health_check = each.value.health
}

resource "maquette_service" "front" {
  for_each = local.fronts

  name    = each.key
  command = each.value.command
  members = each.value.members
  environment = merge(
    { for used in each.value.uses : "${upper(replace(used, "-", "_"))}_URL" => local.addresses[used] },
    local.environment[each.key],
  )
  working_dir  = each.value.directory == "" ? null : each.value.directory
  version      = each.value.release
  health_check = each.value.health
}

resource "maquette_balancer" "front" {
  for_each = { for name, tier in local.fronts : name => tier if !contains(local.uncalled, tier.kind) }

  name         = each.key
  host         = each.value.kind == "web" ? null : "${each.key}.${var.environment}"
  service      = maquette_service.front[each.key].name
  targets      = maquette_service.front[each.key].ports
  health_check = each.value.health
}
