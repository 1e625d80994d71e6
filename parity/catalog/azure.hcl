# Azure: compute, containers, databases, storage, network, the most used of them.

resource "azurerm_resource_group" {
  kind = "part"
  aspects = {
    name       = "identity"
    location   = "placement"
    managed_by = "reference"
  }
}

resource "azurerm_linux_virtual_machine" {
  kind  = "compute"
  scale = "proportional"
  sets  = ["network_interface_ids"]
  aspects = {
    name                    = "identity"
    computer_name           = "identity"
    virtual_machine_id      = "identity"
    resource_group_name     = "reference"
    location                = "placement"
    zone                    = "placement/zone"
    availability_set_id     = "reference"
    size                    = "size/machine"
    admin_password          = "secret"
    admin_ssh_key           = "identity"
    custom_data             = "secret"
    user_data               = "setting/script"
    network_interface_ids   = "reference"
    "os_disk.name"          = "identity"
    "os_disk.disk_size_gb"  = "size/storage"
    source_image_id         = "version/image"
    source_image_reference  = "version/image"
    "identity.identity_ids" = "reference"
    "identity.principal_id" = "identity"
    "identity.tenant_id"    = "identity"
    private_ip_addresses    = "identity"
    public_ip_addresses     = "identity"
  }
}

resource "azurerm_windows_virtual_machine" {
  kind  = "compute"
  scale = "proportional"
  sets  = ["network_interface_ids"]
  aspects = {
    name                    = "identity"
    computer_name           = "identity"
    virtual_machine_id      = "identity"
    resource_group_name     = "reference"
    location                = "placement"
    zone                    = "placement/zone"
    availability_set_id     = "reference"
    size                    = "size/machine"
    admin_password          = "secret"
    custom_data             = "secret"
    user_data               = "setting/script"
    network_interface_ids   = "reference"
    "os_disk.name"          = "identity"
    "os_disk.disk_size_gb"  = "size/storage"
    source_image_id         = "version/image"
    source_image_reference  = "version/image"
    "identity.identity_ids" = "reference"
    "identity.principal_id" = "identity"
    "identity.tenant_id"    = "identity"
    private_ip_addresses    = "identity"
    public_ip_addresses     = "identity"
  }
}

resource "azurerm_linux_virtual_machine_scale_set" {
  kind    = "compute"
  scale   = "proportional"
  members = instances
  sets    = ["zones"]
  aspects = {
    name                                                                        = "identity"
    computer_name_prefix                                                        = "identity"
    unique_id                                                                   = "identity"
    resource_group_name                                                         = "reference"
    location                                                                    = "placement"
    zones                                                                       = "placement/zone"
    instances                                                                   = "count/members"
    sku                                                                         = "size/machine"
    admin_password                                                              = "secret"
    admin_ssh_key                                                               = "identity"
    custom_data                                                                 = "secret"
    user_data                                                                   = "setting/script"
    health_probe_id                                                             = "reference"
    "network_interface.name"                                                    = "identity"
    "network_interface.network_security_group_id"                               = "reference"
    "network_interface.ip_configuration.name"                                   = "identity"
    "network_interface.ip_configuration.load_balancer_backend_address_pool_ids" = "reference"
    "network_interface.ip_configuration.subnet_id"                              = "reference"
    "os_disk.disk_size_gb"                                                      = "size/storage"
    "data_disk.disk_size_gb"                                                    = "size/storage"
    source_image_id                                                             = "version/image"
    source_image_reference                                                      = "version/image"
  }
}

resource "azurerm_managed_disk" {
  kind = "storage"
  aspects = {
    name                 = "identity"
    resource_group_name  = "reference"
    location             = "placement"
    zone                 = "placement/zone"
    disk_size_gb         = "size/storage"
    disk_iops_read_write = "count/capacity"
    disk_mbps_read_write = "count/capacity"
    source_resource_id   = "identity"
    source_uri           = "identity"
  }
}

resource "azurerm_virtual_network" {
  kind = "network"
  sets = ["address_space"]
  aspects = {
    name                = "identity"
    guid                = "identity"
    resource_group_name = "reference"
    location            = "placement"
    address_space       = "placement"
    dns_servers         = "setting"
    # Filled from the azurerm_subnet resources, which are compared.
    subnet = "identity"
  }
}

resource "azurerm_subnet" {
  kind = "subnet"
  sets = ["address_prefixes", "service_endpoints"]
  aspects = {
    # Some are found by their names (GatewaySubnet).
    name                 = "setting"
    resource_group_name  = "reference"
    virtual_network_name = "reference"
    address_prefixes     = "placement"
  }
}

resource "azurerm_network_security_group" {
  kind = "firewall"
  aspects = {
    name                        = "identity"
    resource_group_name         = "reference"
    location                    = "placement"
    security_rule               = "setting"
    "security_rule.description" = "identity"
  }
}

resource "azurerm_network_security_rule" {
  kind = "firewall"
  aspects = {
    name                                       = "identity"
    resource_group_name                        = "reference"
    network_security_group_name                = "reference"
    destination_address_prefix                 = "setting"
    destination_address_prefixes               = "setting"
    destination_application_security_group_ids = "reference"
    destination_port_range                     = "setting"
    destination_port_ranges                    = "setting"
    source_application_security_group_ids      = "reference"
  }
}

resource "azurerm_public_ip" {
  kind = "address"
  sets = ["zones"]
  aspects = {
    name                = "identity"
    resource_group_name = "reference"
    location            = "placement"
    zones               = "placement/zone"
    domain_name_label   = "identity"
    reverse_fqdn        = "identity"
    # Basic or Standard, no size.
    sku      = "setting"
    sku_tier = "setting"
  }
}

resource "azurerm_network_interface" {
  kind = "address"
  aspects = {
    name                                    = "identity"
    resource_group_name                     = "reference"
    location                                = "placement"
    "ip_configuration.name"                 = "identity"
    "ip_configuration.private_ip_address"   = "identity"
    "ip_configuration.public_ip_address_id" = "reference"
    "ip_configuration.subnet_id"            = "reference"
    internal_domain_name_suffix             = "identity"
    applied_dns_servers                     = "identity"
    virtual_machine_id                      = "identity"
  }
}

resource "azurerm_lb" {
  kind = "balancer"
  aspects = {
    name                                             = "identity"
    resource_group_name                              = "reference"
    location                                         = "placement"
    sku                                              = "setting"
    sku_tier                                         = "setting"
    "frontend_ip_configuration.name"                 = "identity"
    "frontend_ip_configuration.id"                   = "identity"
    "frontend_ip_configuration.private_ip_address"   = "identity"
    "frontend_ip_configuration.public_ip_address_id" = "reference"
    "frontend_ip_configuration.subnet_id"            = "reference"
    "frontend_ip_configuration.zones"                = "placement/zone"
    "frontend_ip_configuration.load_balancer_rules"  = "identity"
    "frontend_ip_configuration.inbound_nat_rules"    = "identity"
    "frontend_ip_configuration.outbound_rules"       = "identity"
  }
}

resource "azurerm_kubernetes_cluster" {
  kind = "cluster"
  aspects = {
    name                       = "identity"
    resource_group_name        = "reference"
    location                   = "placement"
    kubernetes_version         = "version/platform"
    current_kubernetes_version = "identity"
    dns_prefix                 = "identity"
    node_resource_group        = "identity"
    node_resource_group_id     = "identity"
    oidc_issuer_url            = "identity"
    portal_fqdn                = "identity"
    private_fqdn               = "identity"
    # Standard, with an uptime promise, or Free: no machine.
    sku_tier                                 = "setting"
    "default_node_pool.name"                 = "setting"
    "default_node_pool.node_count"           = "count/bound"
    "default_node_pool.min_count"            = "count/bound"
    "default_node_pool.max_count"            = "count/bound"
    "default_node_pool.vm_size"              = "size/machine"
    "default_node_pool.os_disk_size_gb"      = "size/storage"
    "default_node_pool.orchestrator_version" = "version/platform"
    "default_node_pool.vnet_subnet_id"       = "reference"
    "default_node_pool.zones"                = "placement/zone"
    identity                                 = "reference"
    "identity.principal_id"                  = "identity"
    "identity.tenant_id"                     = "identity"
    kubelet_identity                         = "identity"
    kube_admin_config                        = "secret"
    kube_admin_config_raw                    = "secret"
    kube_config                              = "secret"
    kube_config_raw                          = "secret"
    "linux_profile.ssh_key"                  = "identity"
    "network_profile.dns_service_ip"         = "placement"
    "network_profile.pod_cidr"               = "placement"
    "network_profile.service_cidr"           = "placement"
    "oms_agent.log_analytics_workspace_id"   = "reference"
    "service_principal.client_id"            = "reference"
    "service_principal.client_secret"        = "secret"
  }
}

resource "azurerm_kubernetes_cluster_node_pool" {
  kind    = "compute"
  scale   = "proportional"
  members = coalesce(node_count, 1)
  host    = "kubernetes_cluster_id"
  sets    = ["zones"]
  aspects = {
    name                  = "setting"
    kubernetes_cluster_id = "reference"
    orchestrator_version  = "version/platform"
    node_count            = "count/members"
    min_count             = "count/bound"
    max_count             = "count/bound"
    vm_size               = "size/machine"
    os_disk_size_gb       = "size/storage"
    vnet_subnet_id        = "reference"
    zones                 = "placement/zone"
    node_labels           = "setting"
  }
}

resource "azurerm_postgresql_flexible_server" {
  kind  = "database"
  scale = "quorum"
  aspects = {
    name                                          = "identity"
    resource_group_name                           = "reference"
    location                                      = "placement"
    zone                                          = "placement/zone"
    version                                       = "version/engine"
    sku_name                                      = "size/machine"
    storage_mb                                    = "size/storage"
    administrator_login                           = "setting"
    administrator_password                        = "secret"
    delegated_subnet_id                           = "reference"
    private_dns_zone_id                           = "reference"
    high_availability                             = "placement/standby"
    "high_availability.standby_availability_zone" = "placement/zone"
    maintenance_window                            = "identity"
    create_mode                                   = "identity"
    # A replica names its source here, but so does a server restored once.
    source_server_id                  = "identity"
    point_in_time_restore_time_in_utc = "identity"
  }
}

resource "azurerm_mysql_flexible_server" {
  kind  = "database"
  scale = "quorum"
  aspects = {
    name                                          = "identity"
    resource_group_name                           = "reference"
    location                                      = "placement"
    zone                                          = "placement/zone"
    version                                       = "version/engine"
    sku_name                                      = "size/machine"
    "storage.size_gb"                             = "size/storage"
    "storage.iops"                                = "count/capacity"
    administrator_login                           = "setting"
    administrator_password                        = "secret"
    delegated_subnet_id                           = "reference"
    private_dns_zone_id                           = "reference"
    high_availability                             = "placement/standby"
    "high_availability.standby_availability_zone" = "placement/zone"
    maintenance_window                            = "identity"
    create_mode                                   = "identity"
    source_server_id                              = "identity"
    point_in_time_restore_time_in_utc             = "identity"
  }
}

resource "azurerm_mssql_server" {
  kind = "part"
  aspects = {
    name                            = "identity"
    fully_qualified_domain_name     = "identity"
    resource_group_name             = "reference"
    location                        = "placement"
    version                         = "version/engine"
    administrator_login             = "setting"
    administrator_login_password    = "secret"
    restorable_dropped_database_ids = "identity"
  }
}

resource "azurerm_mssql_database" {
  kind  = "database"
  scale = "quorum"
  aspects = {
    name                        = "identity"
    server_id                   = "reference"
    elastic_pool_id             = "reference"
    sku_name                    = "size/machine"
    max_size_gb                 = "size/storage"
    read_replica_count          = "count/bound"
    zone_redundant              = "placement/standby"
    create_mode                 = "identity"
    creation_source_database_id = "identity"
    restore_point_in_time       = "identity"
  }
}

resource "azurerm_redis_cache" {
  kind  = "cache"
  scale = "quorum"
  # Basic is one node, the others two at least.
  members = (sku_name == "Basic" ? 1 : 1 + coalesce(replicas_per_primary, 1)) * max(coalesce(shard_count, 1), 1)
  sets    = ["zones"]
  aspects = {
    name                                                  = "identity"
    resource_group_name                                   = "reference"
    location                                              = "placement"
    zones                                                 = "placement/zone"
    redis_version                                         = "version/engine"
    capacity                                              = "size/amount"
    family                                                = "size/machine"
    sku_name                                              = "placement/standby"
    shard_count                                           = "count/capacity"
    replicas_per_master                                   = "count/bound"
    replicas_per_primary                                  = "count/bound"
    subnet_id                                             = "reference"
    private_static_ip_address                             = "identity"
    redis_configuration                                   = "setting/parameter"
    "redis_configuration.aof_storage_connection_string_0" = "secret"
    "redis_configuration.aof_storage_connection_string_1" = "secret"
    "redis_configuration.rdb_storage_connection_string"   = "secret"
    primary_access_key                                    = "secret"
    secondary_access_key                                  = "secret"
    primary_connection_string                             = "secret"
    secondary_connection_string                           = "secret"
    patch_schedule                                        = "identity"
  }
}
