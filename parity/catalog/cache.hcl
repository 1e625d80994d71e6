# Caches and search: ElastiCache, MemoryDB, DAX, OpenSearch and Elasticsearch.

resource "aws_elasticache_replication_group" {
  kind    = "cache"
  scale   = "quorum"
  members = num_cache_clusters != null ? num_cache_clusters : try(num_node_groups * (coalesce(replicas_per_node_group, 0) + 1), 1)
  sets    = ["preferred_cache_cluster_azs"]
  aspects = {
    "live.pending_maintenance" = "version/maintenance"
    replication_group_id       = "identity"
    member_clusters            = "identity"
    engine                     = "version/engine"
    engine_version             = "version/engine"
    engine_version_actual      = "identity"
    node_type                  = "size/machine"
    num_cache_clusters         = "count/members"
    # Shards share the data and the load, replicas stand by.
    num_node_groups                          = "count/capacity"
    replicas_per_node_group                  = "count/bound"
    automatic_failover_enabled               = "placement/standby"
    multi_az_enabled                         = "placement/standby"
    preferred_cache_cluster_azs              = "placement/zone"
    parameter_group_name                     = "reference"
    subnet_group_name                        = "reference"
    security_group_ids                       = "reference"
    security_group_names                     = "reference"
    global_replication_group_id              = "reference"
    user_group_ids                           = "reference"
    kms_key_id                               = "reference"
    notification_topic_arn                   = "reference"
    auth_token                               = "secret"
    auth_token_update_strategy               = "identity"
    snapshot_retention_limit                 = "setting"
    log_delivery_configuration               = "monitoring/log-group"
    "log_delivery_configuration.destination" = "reference"
    maintenance_window                       = "identity"
    snapshot_window                          = "identity"
    snapshot_arns                            = "identity"
    snapshot_name                            = "identity"
    apply_immediately                        = "identity"
    final_snapshot_identifier                = "identity"
  }
}

resource "aws_elasticache_cluster" {
  kind       = "cache"
  scale      = "quorum"
  members    = coalesce(num_cache_nodes, 1)
  replica_of = "replication_group_id"
  sets       = ["preferred_availability_zones"]
  aspects = {
    "live.pending_maintenance"               = "version/maintenance"
    cluster_id                               = "identity"
    replication_group_id                     = "reference"
    engine                                   = "version/engine"
    engine_version                           = "version/engine"
    engine_version_actual                    = "identity"
    node_type                                = "size/machine"
    num_cache_nodes                          = "count/members"
    az_mode                                  = "placement/standby"
    availability_zone                        = "placement/zone"
    preferred_availability_zones             = "placement/zone"
    outpost_mode                             = "placement"
    preferred_outpost_arn                    = "placement"
    parameter_group_name                     = "reference"
    subnet_group_name                        = "reference"
    security_group_ids                       = "reference"
    notification_topic_arn                   = "reference"
    snapshot_retention_limit                 = "setting"
    log_delivery_configuration               = "monitoring/log-group"
    "log_delivery_configuration.destination" = "reference"
    maintenance_window                       = "identity"
    snapshot_window                          = "identity"
    snapshot_arns                            = "identity"
    snapshot_name                            = "identity"
    apply_immediately                        = "identity"
    final_snapshot_identifier                = "identity"
  }
}

resource "aws_elasticache_serverless_cache" {
  kind = "cache"
  aspects = {
    name                                         = "identity"
    engine                                       = "version/engine"
    major_engine_version                         = "version/engine"
    full_engine_version                          = "identity"
    "cache_usage_limits.data_storage.minimum"    = "count/bound"
    "cache_usage_limits.data_storage.maximum"    = "count/bound"
    "cache_usage_limits.ecpu_per_second.minimum" = "count/bound"
    "cache_usage_limits.ecpu_per_second.maximum" = "count/bound"
    kms_key_id                                   = "reference"
    security_group_ids                           = "reference"
    subnet_ids                                   = "reference"
    user_group_id                                = "reference"
    daily_snapshot_time                          = "identity"
    snapshot_arns_to_restore                     = "identity"
  }
}

resource "aws_elasticache_global_replication_group" {
  kind = "cache"
  aspects = {
    global_replication_group_id_suffix   = "identity"
    global_replication_group_description = "identity"
    automatic_failover_enabled           = "placement/standby"
    cache_node_type                      = "size/machine"
    engine_version                       = "version/engine"
    engine_version_actual                = "identity"
    num_node_groups                      = "count/capacity"
    parameter_group_name                 = "reference"
    primary_replication_group_id         = "reference"
  }
}

resource "aws_elasticache_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name      = "identity"
    family    = "version/engine"
    parameter = "setting/parameter"
  }
}

resource "aws_elasticache_subnet_group" {
  kind = "subnet_group"
  aspects = {
    name       = "identity"
    subnet_ids = "reference"
  }
}

resource "aws_elasticache_user" {
  kind = "part"
  aspects = {
    user_id                         = "identity"
    user_name                       = "setting"
    engine                          = "setting"
    access_string                   = "setting"
    no_password_required            = "setting"
    passwords                       = "secret"
    "authentication_mode.passwords" = "secret"
    "authentication_mode.type"      = "setting"
  }
}

resource "aws_elasticache_user_group" {
  kind = "part"
  aspects = {
    user_group_id = "identity"
    engine        = "setting"
    user_ids      = "reference"
  }
}

resource "aws_elasticache_user_group_association" {
  kind = "attachment"
  aspects = {
    user_group_id = "reference"
    user_id       = "reference"
  }
}

resource "aws_memorydb_cluster" {
  kind    = "cache"
  scale   = "quorum"
  members = try(coalesce(num_shards, 1) * (coalesce(num_replicas_per_shard, 0) + 1), 1)
  aspects = {
    name                   = "identity"
    name_prefix            = "identity"
    engine_version         = "version/engine"
    engine_patch_version   = "identity"
    node_type              = "size/machine"
    num_shards             = "count/capacity"
    num_replicas_per_shard = "count/bound"
    acl_name               = "reference"
    kms_key_arn            = "reference"
    parameter_group_name   = "reference"
    security_group_ids     = "reference"
    sns_topic_arn          = "reference"
    subnet_group_name      = "reference"
    maintenance_window     = "identity"
    snapshot_window        = "identity"
    snapshot_arns          = "identity"
    snapshot_name          = "identity"
    final_snapshot_name    = "identity"
  }
}

resource "aws_memorydb_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    family      = "version/engine"
    parameter   = "setting/parameter"
  }
}

resource "aws_memorydb_subnet_group" {
  kind = "subnet_group"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    subnet_ids  = "reference"
  }
}

resource "aws_memorydb_user" {
  kind = "part"
  aspects = {
    user_name                       = "setting"
    access_string                   = "setting"
    minimum_engine_version          = "identity"
    "authentication_mode.passwords" = "secret"
    "authentication_mode.type"      = "setting"
  }
}

resource "aws_memorydb_acl" {
  kind = "part"
  aspects = {
    name                   = "identity"
    name_prefix            = "identity"
    minimum_engine_version = "identity"
    user_names             = "reference"
  }
}

resource "aws_dax_cluster" {
  kind    = "cache"
  scale   = "quorum"
  members = replication_factor
  aspects = {
    cluster_name                     = "identity"
    replication_factor               = "count/members"
    node_type                        = "size/machine"
    availability_zones               = "placement/zone"
    iam_role_arn                     = "reference"
    notification_topic_arn           = "reference"
    parameter_group_name             = "reference"
    security_group_ids               = "reference"
    subnet_group_name                = "reference"
    cluster_endpoint_encryption_type = "setting"
    maintenance_window               = "identity"
  }
}

resource "aws_dax_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name       = "identity"
    parameters = "setting/parameter"
  }
}

resource "aws_dax_subnet_group" {
  kind = "subnet_group"
  aspects = {
    name       = "identity"
    subnet_ids = "reference"
  }
}

resource "aws_opensearch_domain" {
  kind    = "search"
  scale   = "quorum"
  members = try(coalesce(cluster_config[0].instance_count, 1), 1)
  set_by = {
    access_policies = ["aws_opensearch_domain_policy"]
  }
  aspects = {
    "live.pending_maintenance"                                           = "version/maintenance"
    domain_name                                                          = "identity"
    engine_version                                                       = "version/engine"
    access_policies                                                      = "setting/policy"
    advanced_options                                                     = "setting/parameter"
    "advanced_security_options.master_user_options.master_user_arn"      = "reference"
    "advanced_security_options.master_user_options.master_user_password" = "secret"
    "auto_tune_options.desired_state"                                    = "setting"
    "auto_tune_options.maintenance_schedule"                             = "identity"
    "auto_tune_options.rollback_on_disable"                              = "identity"
    "cluster_config.instance_count"                                      = "count/members"
    "cluster_config.instance_type"                                       = "size/machine"
    "cluster_config.dedicated_master_enabled"                            = "setting"
    "cluster_config.dedicated_master_count"                              = "count/bound"
    "cluster_config.dedicated_master_type"                               = "size/machine"
    "cluster_config.multi_az_with_standby_enabled"                       = "placement/standby"
    "cluster_config.warm_count"                                          = "count/capacity"
    "cluster_config.warm_type"                                           = "size/machine"
    "cluster_config.zone_awareness_enabled"                              = "placement/standby"
    "cluster_config.zone_awareness_config.availability_zone_count"       = "count/bound"
    "cognito_options.identity_pool_id"                                   = "reference"
    "cognito_options.role_arn"                                           = "reference"
    "cognito_options.user_pool_id"                                       = "reference"
    "domain_endpoint_options.custom_endpoint"                            = "identity"
    "domain_endpoint_options.custom_endpoint_certificate_arn"            = "reference"
    "ebs_options.volume_size"                                            = "size/storage"
    "ebs_options.iops"                                                   = "count/capacity"
    "ebs_options.throughput"                                             = "count/capacity"
    "encrypt_at_rest.kms_key_id"                                         = "reference"
    log_publishing_options                                               = "monitoring/log-group"
    "log_publishing_options.cloudwatch_log_group_arn"                    = "reference"
    "log_publishing_options.enabled"                                     = "monitoring/log-group:on"
    off_peak_window_options                                              = "identity"
    snapshot_options                                                     = "identity"
    "vpc_options.security_group_ids"                                     = "reference"
    "vpc_options.subnet_ids"                                             = "reference"
  }
}

resource "aws_elasticsearch_domain" {
  kind    = "search"
  scale   = "quorum"
  members = try(coalesce(cluster_config[0].instance_count, 1), 1)
  set_by = {
    access_policies = ["aws_elasticsearch_domain_policy"]
  }
  aspects = {
    domain_name                                                          = "identity"
    elasticsearch_version                                                = "version/engine"
    access_policies                                                      = "setting/policy"
    advanced_options                                                     = "setting/parameter"
    "advanced_security_options.master_user_options.master_user_arn"      = "reference"
    "advanced_security_options.master_user_options.master_user_password" = "secret"
    "auto_tune_options.desired_state"                                    = "setting"
    "auto_tune_options.maintenance_schedule"                             = "identity"
    "auto_tune_options.rollback_on_disable"                              = "identity"
    "cluster_config.instance_count"                                      = "count/members"
    "cluster_config.instance_type"                                       = "size/machine"
    "cluster_config.dedicated_master_enabled"                            = "setting"
    "cluster_config.dedicated_master_count"                              = "count/bound"
    "cluster_config.dedicated_master_type"                               = "size/machine"
    "cluster_config.warm_count"                                          = "count/capacity"
    "cluster_config.warm_type"                                           = "size/machine"
    "cluster_config.zone_awareness_enabled"                              = "placement/standby"
    "cluster_config.zone_awareness_config.availability_zone_count"       = "count/bound"
    "cognito_options.identity_pool_id"                                   = "reference"
    "cognito_options.role_arn"                                           = "reference"
    "cognito_options.user_pool_id"                                       = "reference"
    "domain_endpoint_options.custom_endpoint"                            = "identity"
    "domain_endpoint_options.custom_endpoint_certificate_arn"            = "reference"
    "ebs_options.volume_size"                                            = "size/storage"
    "ebs_options.iops"                                                   = "count/capacity"
    "ebs_options.throughput"                                             = "count/capacity"
    "encrypt_at_rest.kms_key_id"                                         = "reference"
    log_publishing_options                                               = "monitoring/log-group"
    "log_publishing_options.cloudwatch_log_group_arn"                    = "reference"
    "log_publishing_options.enabled"                                     = "monitoring/log-group:on"
    snapshot_options                                                     = "identity"
    "vpc_options.security_group_ids"                                     = "reference"
    "vpc_options.subnet_ids"                                             = "reference"
  }
}

resource "aws_opensearch_domain_policy" {
  kind = "policy"
  aspects = {
    domain_name     = "reference"
    access_policies = "setting/policy"
  }
}

resource "aws_elasticsearch_domain_policy" {
  kind = "policy"
  aspects = {
    domain_name     = "reference"
    access_policies = "setting/policy"
  }
}

resource "aws_opensearch_domain_saml_options" {
  kind = "part"
  aspects = {
    domain_name                  = "reference"
    "saml_options.idp.entity_id" = "reference"
    # Names the environment's own addresses.
    "saml_options.idp.metadata_content" = "identity"
  }
}

resource "aws_opensearchserverless_collection" {
  kind = "search"
  aspects = {
    name             = "identity"
    standby_replicas = "placement/standby"
    type             = "setting"
  }
}

resource "aws_opensearchserverless_access_policy" {
  kind = "policy"
  aspects = {
    name   = "identity"
    policy = "setting/policy"
  }
}

resource "aws_opensearchserverless_security_policy" {
  kind = "policy"
  aspects = {
    name   = "identity"
    policy = "setting/policy"
  }
}
