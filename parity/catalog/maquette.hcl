# What Maquette's own provider makes on a machine: services, balancers, databases, checkouts.

resource "maquette_service" {
  kind    = "compute"
  scale   = "proportional"
  members = coalesce(members, 1)
  aspects = {
    name        = "identity"
    members     = "count/members"
    command     = "setting"
    environment = "setting/environment"
    version     = "version/release"
    working_dir = "reference"
    restart     = "setting"
    # How patient one is depends on the machine.
    stop_timeout  = "setting"
    start_timeout = "identity"
    # Given out as they are free.
    ports                   = "identity"
    log_dir                 = "identity"
    health_check            = "monitoring/health-check"
    "health_check.interval" = "monitoring/health-check:lower"
    "health_check.timeout"  = "monitoring/health-check:lower"
  }
}

resource "maquette_balancer" {
  kind = "balancer"
  aspects = {
    name                    = "identity"
    service                 = "reference"
    # Ports of members, of which a scale model has fewer.
    targets                 = "identity"
    port                    = "identity"
    host                    = "identity"
    url                     = "identity"
    local_url               = "identity"
    health_check            = "monitoring/health-check"
    "health_check.interval" = "monitoring/health-check:lower"
    "health_check.timeout"  = "monitoring/health-check:lower"
  }
}

resource "maquette_database" {
  kind  = "database"
  scale = "quorum"
  aspects = {
    name           = "identity"
    server         = "secret"
    url            = "secret"
    owner          = "setting"
    engine_version = "version/engine"
    # Where the first data comes from.
    template    = "identity"
    seed        = "identity"
    seed_digest = "identity"
    reseed      = "setting"
  }
}

resource "maquette_checkout" {
  kind = "delivery"
  aspects = {
    name       = "identity"
    repository = "reference"
    # A branch has its own environment, and a commit its own name.
    ref    = "version/release"
    commit = "version/release"
    path   = "identity"
    # How it is built says what is run.
    build         = "setting"
    environment   = "setting/environment"
    build_timeout = "identity"
  }
}
