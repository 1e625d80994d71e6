# Google Cloud: compute, containers, SQL, storage, network, the most used of them.

resource "google_compute_instance" {
  kind  = "compute"
  scale = "proportional"
  sets  = ["tags"]
  aspects = {
    name                                     = "identity"
    project                                  = "identity"
    instance_id                              = "identity"
    machine_type                             = "size/machine"
    zone                                     = "placement/zone"
    "boot_disk.initialize_params.image"      = "version/image"
    "boot_disk.initialize_params.size"       = "size/storage"
    "boot_disk.device_name"                  = "identity"
    "boot_disk.source"                       = "identity"
    "boot_disk.kms_key_self_link"            = "reference"
    "attached_disk.source"                   = "reference"
    "network_interface.network"              = "reference"
    "network_interface.subnetwork"           = "reference"
    "network_interface.subnetwork_project"   = "identity"
    "network_interface.name"                 = "identity"
    "network_interface.network_ip"           = "identity"
    "network_interface.access_config.nat_ip" = "identity"
    "service_account.email"                  = "reference"
    metadata                                 = "setting"
    metadata_startup_script                  = "setting/script"
    metadata_fingerprint                     = "identity"
    tags_fingerprint                         = "identity"
    label_fingerprint                        = "identity"
    cpu_platform                             = "identity"
    current_status                           = "identity"
    # Network tags: firewalls ask for them.
    tags                      = "setting"
    effective_labels          = "setting/tag"
    terraform_labels          = "setting/tag"
    allow_stopping_for_update = "identity"
  }
}

resource "google_compute_instance_template" {
  kind = "template"
  sets = ["tags"]
  aspects = {
    name                                   = "identity"
    project                                = "identity"
    instance_description                   = "identity"
    machine_type                           = "size/machine"
    region                                 = "placement"
    "disk.source_image"                    = "version/image"
    "disk.disk_size_gb"                    = "size/storage"
    "disk.device_name"                     = "identity"
    "network_interface.network"            = "reference"
    "network_interface.subnetwork"         = "reference"
    "network_interface.subnetwork_project" = "identity"
    "network_interface.name"               = "identity"
    "service_account.email"                = "reference"
    metadata                               = "setting"
    metadata_startup_script                = "setting/script"
    metadata_fingerprint                   = "identity"
    tags_fingerprint                       = "identity"
    self_link_unique                       = "identity"
    tags                                   = "setting"
    effective_labels                       = "setting/tag"
    terraform_labels                       = "setting/tag"
  }
}

resource "google_compute_instance_group_manager" {
  kind    = "compute"
  scale   = "proportional"
  members = coalesce(target_size, 1)
  aspects = {
    name                                  = "identity"
    project                               = "identity"
    base_instance_name                    = "identity"
    zone                                  = "placement/zone"
    target_size                           = "count/members"
    target_pools                          = "reference"
    instance_group                        = "identity"
    "version.name"                        = "identity"
    "version.instance_template"           = "reference"
    "version.target_size"                 = "setting"
    "auto_healing_policies.health_check"  = "reference"
    "update_policy.max_surge_fixed"       = "count/bound"
    "update_policy.max_unavailable_fixed" = "count/bound"
    operation                             = "identity"
    wait_for_instances                    = "identity"
    wait_for_instances_status             = "identity"
  }
}

resource "google_compute_region_instance_group_manager" {
  kind    = "compute"
  scale   = "proportional"
  members = coalesce(target_size, 1)
  sets    = ["distribution_policy_zones"]
  aspects = {
    name                                  = "identity"
    project                               = "identity"
    base_instance_name                    = "identity"
    region                                = "placement"
    distribution_policy_zones             = "placement/zone"
    target_size                           = "count/members"
    target_pools                          = "reference"
    instance_group                        = "identity"
    "version.name"                        = "identity"
    "version.instance_template"           = "reference"
    "version.target_size"                 = "setting"
    "auto_healing_policies.health_check"  = "reference"
    "update_policy.max_surge_fixed"       = "count/bound"
    "update_policy.max_unavailable_fixed" = "count/bound"
    wait_for_instances                    = "identity"
    wait_for_instances_status             = "identity"
  }
}

resource "google_compute_autoscaler" {
  kind = "policy"
  aspects = {
    name                              = "identity"
    project                           = "identity"
    target                            = "reference"
    zone                              = "placement/zone"
    autoscaling_policy                = "setting"
    "autoscaling_policy.min_replicas" = "count/bound"
    "autoscaling_policy.max_replicas" = "count/bound"
  }
}

resource "google_compute_disk" {
  kind = "storage"
  aspects = {
    name               = "identity"
    project            = "identity"
    disk_id            = "identity"
    zone               = "placement/zone"
    size               = "size/storage"
    image              = "version/image"
    snapshot           = "identity"
    source_image_id    = "identity"
    source_snapshot_id = "identity"
    users              = "identity"
    label_fingerprint  = "identity"
    effective_labels   = "setting/tag"
    terraform_labels   = "setting/tag"
  }
}

resource "google_compute_network" {
  kind = "network"
  aspects = {
    name         = "identity"
    project      = "identity"
    gateway_ipv4 = "identity"
    numeric_id   = "identity"
  }
}

resource "google_compute_subnetwork" {
  kind = "subnet"
  aspects = {
    name                               = "identity"
    project                            = "identity"
    ip_cidr_range                      = "placement"
    region                             = "placement"
    network                            = "reference"
    gateway_address                    = "identity"
    "secondary_ip_range.ip_cidr_range" = "placement"
    log_config                         = "monitoring/log-group"
  }
}

resource "google_compute_firewall" {
  kind = "firewall"
  sets = ["destination_ranges", "source_ranges", "source_tags", "target_tags", "source_service_accounts", "target_service_accounts"]
  aspects = {
    name                    = "identity"
    project                 = "identity"
    network                 = "reference"
    destination_ranges      = "setting"
    source_ranges           = "setting"
    source_tags             = "setting"
    target_tags             = "setting"
    source_service_accounts = "reference"
    target_service_accounts = "reference"
    log_config              = "monitoring/log-group"
  }
}

resource "google_compute_health_check" {
  kind = "health_check"
  aspects = {
    name                = "identity"
    project             = "identity"
    check_interval_sec  = "monitoring/health-check:lower"
    timeout_sec         = "monitoring/health-check:lower"
    healthy_threshold   = "monitoring/health-check"
    unhealthy_threshold = "monitoring/health-check:lower"
    http_health_check   = "monitoring/health-check"
    https_health_check  = "monitoring/health-check"
    tcp_health_check    = "monitoring/health-check"
  }
}

resource "google_compute_backend_service" {
  kind = "target"
  aspects = {
    name            = "identity"
    project         = "identity"
    generated_id    = "identity"
    "backend.group" = "reference"
    health_checks   = "reference"
    security_policy = "reference"
    log_config      = "monitoring/log-group"
  }
}

resource "google_compute_global_forwarding_rule" {
  kind = "balancer"
  aspects = {
    name              = "identity"
    project           = "identity"
    ip_address        = "identity"
    target            = "reference"
    network           = "reference"
    port_range        = "setting"
    label_fingerprint = "identity"
    effective_labels  = "setting/tag"
    terraform_labels  = "setting/tag"
  }
}

resource "google_container_cluster" {
  kind = "cluster"
  sets = ["node_locations"]
  aspects = {
    name               = "identity"
    project            = "identity"
    location           = "placement"
    node_locations     = "placement/zone"
    min_master_version = "version/platform"
    master_version     = "version/platform"
    node_version       = "version/platform"
    # Of the first pool, which most remove at once.
    initial_node_count                              = "identity"
    remove_default_node_pool                        = "identity"
    node_pool                                       = "identity"
    node_config                                     = "identity"
    network                                         = "reference"
    subnetwork                                      = "reference"
    cluster_ipv4_cidr                               = "placement"
    services_ipv4_cidr                              = "identity"
    ip_allocation_policy                            = "placement"
    "private_cluster_config.master_ipv4_cidr_block" = "placement"
    "private_cluster_config.private_endpoint"       = "identity"
    "private_cluster_config.public_endpoint"        = "identity"
    "private_cluster_config.peering_name"           = "identity"
    master_auth                                     = "secret"
    maintenance_policy                              = "identity"
    "workload_identity_config.workload_pool"        = "identity"
    logging_config                                  = "monitoring/log-group"
    logging_service                                 = "monitoring/log-group"
    monitoring_config                               = "monitoring/metrics"
    monitoring_service                              = "monitoring/metrics"
    label_fingerprint                               = "identity"
    operation                                       = "identity"
    tpu_ipv4_cidr_block                             = "identity"
    resource_labels                                 = "setting/tag"
    effective_labels                                = "setting/tag"
    terraform_labels                                = "setting/tag"
  }
}

resource "google_container_node_pool" {
  kind  = "compute"
  scale = "proportional"
  # The count is that of one zone.
  members = try(
    coalesce(node_count, initial_node_count) * max(length(node_locations), 1),
    coalesce(node_count, initial_node_count, 1)
  )
  host = "cluster"
  sets = ["node_locations"]
  aspects = {
    name                               = "identity"
    project                            = "identity"
    cluster                            = "reference"
    location                           = "placement"
    node_locations                     = "placement/zone"
    version                            = "version/platform"
    node_count                         = "count/members"
    initial_node_count                 = "identity"
    "autoscaling.min_node_count"       = "count/bound"
    "autoscaling.max_node_count"       = "count/bound"
    "autoscaling.total_min_node_count" = "count/bound"
    "autoscaling.total_max_node_count" = "count/bound"
    "node_config.machine_type"         = "size/machine"
    "node_config.disk_size_gb"         = "size/storage"
    "node_config.image_type"           = "version/platform"
    "node_config.service_account"      = "reference"
    "node_config.labels"               = "setting"
    "node_config.resource_labels"      = "setting/tag"
    "upgrade_settings.max_surge"       = "count/bound"
    "upgrade_settings.max_unavailable" = "count/bound"
    instance_group_urls                = "identity"
    managed_instance_group_urls        = "identity"
    operation                          = "identity"
    network_config                     = "placement"
  }
}

resource "google_sql_database_instance" {
  kind       = "database"
  scale      = "quorum"
  replica_of = "master_instance_name"
  aspects = {
    name                                              = "identity"
    project                                           = "identity"
    region                                            = "placement"
    database_version                                  = "version/engine"
    maintenance_version                               = "identity"
    available_maintenance_versions                    = "identity"
    master_instance_name                              = "reference"
    encryption_key_name                               = "reference"
    root_password                                     = "secret"
    connection_name                                   = "identity"
    first_ip_address                                  = "identity"
    instance_type                                     = "identity"
    psc_service_attachment_link                       = "identity"
    server_ca_cert                                    = "identity"
    service_account_email_address                     = "identity"
    "settings.version"                                = "identity"
    "settings.tier"                                   = "size/machine"
    "settings.availability_type"                      = "placement/standby"
    "settings.disk_size"                              = "size/storage"
    "settings.disk_autoresize_limit"                  = "size/storage"
    "settings.database_flags"                         = "setting/parameter"
    "settings.insights_config"                        = "monitoring/metrics"
    "settings.insights_config.query_insights_enabled" = "monitoring/metrics:on"
    "settings.ip_configuration.private_network"       = "reference"
    "settings.ip_configuration.allocated_ip_range"    = "reference"
    "settings.location_preference.zone"               = "placement/zone"
    "settings.location_preference.secondary_zone"     = "placement/zone"
    "settings.backup_configuration.location"          = "placement"
    "settings.backup_configuration.start_time"        = "identity"
    "settings.maintenance_window"                     = "identity"
    "settings.user_labels"                            = "setting/tag"
  }
}

resource "google_sql_database" {
  kind = "part"
  aspects = {
    name     = "setting"
    project  = "identity"
    instance = "reference"
  }
}

resource "google_sql_user" {
  kind = "part"
  aspects = {
    name     = "setting"
    project  = "identity"
    instance = "reference"
    password = "secret"
  }
}

resource "google_redis_instance" {
  kind    = "cache"
  scale   = "quorum"
  members = 1 + coalesce(replica_count, tier == "STANDARD_HA" ? 1 : 0)
  aspects = {
    name                    = "identity"
    project                 = "identity"
    display_name            = "identity"
    region                  = "placement"
    location_id             = "placement/zone"
    alternative_location_id = "placement/zone"
    current_location_id     = "identity"
    # BASIC, or STANDARD_HA with a replica.
    tier                        = "placement/standby"
    replica_count               = "count/bound"
    memory_size_gb              = "size/amount"
    redis_version               = "version/engine"
    redis_configs               = "setting/parameter"
    authorized_network          = "reference"
    reserved_ip_range           = "identity"
    effective_reserved_ip_range = "identity"
    auth_string                 = "secret"
    host                        = "identity"
    nodes                       = "identity"
    persistence_iam_identity    = "identity"
    read_endpoint_port          = "identity"
    server_ca_certs             = "identity"
    maintenance_policy          = "identity"
    maintenance_schedule        = "identity"
    effective_labels            = "setting/tag"
    terraform_labels            = "setting/tag"
  }
}

resource "google_storage_bucket" {
  kind = "storage"
  aspects = {
    name                              = "identity"
    project                           = "identity"
    project_number                    = "identity"
    url                               = "identity"
    location                          = "placement"
    "encryption.default_kms_key_name" = "reference"
    "logging.log_bucket"              = "reference"
    "logging.log_object_prefix"       = "identity"
    versioning                        = "setting"
    force_destroy                     = "identity"
    effective_labels                  = "setting/tag"
    terraform_labels                  = "setting/tag"
  }
}

resource "google_pubsub_topic" {
  kind = "topic"
  aspects = {
    name             = "identity"
    project          = "identity"
    kms_key_name     = "reference"
    effective_labels = "setting/tag"
    terraform_labels = "setting/tag"
  }
}

resource "google_pubsub_subscription" {
  kind = "queue"
  aspects = {
    name                                   = "identity"
    project                                = "identity"
    topic                                  = "reference"
    "dead_letter_policy.dead_letter_topic" = "reference"
    "push_config.push_endpoint"            = "reference"
    retry_policy                           = "setting"
    effective_labels                       = "setting/tag"
    terraform_labels                       = "setting/tag"
  }
}
