# Relational databases: RDS and Aurora, their groups, proxies and subscriptions.

resource "aws_db_instance" {
  kind       = "database"
  scale      = "quorum"
  replica_of = "replicate_source_db"
  aspects = {
    "live.pending_maintenance"            = "version/maintenance"
    identifier                            = "identity"
    identifier_prefix                     = "identity"
    engine                                = "version/engine"
    engine_version                        = "version/engine"
    engine_version_actual                 = "identity"
    instance_class                        = "size/machine"
    allocated_storage                     = "size/storage"
    max_allocated_storage                 = "size/storage"
    iops                                  = "count/capacity"
    storage_throughput                    = "count/capacity"
    storage_type                          = "setting"
    storage_encrypted                     = "setting"
    multi_az                              = "placement/standby"
    availability_zone                     = "placement/zone"
    backup_target                         = "placement"
    customer_owned_ip_enabled             = "placement"
    replicate_source_db                   = "reference"
    db_subnet_group_name                  = "reference"
    parameter_group_name                  = "reference"
    option_group_name                     = "reference"
    vpc_security_group_ids                = "reference"
    kms_key_id                            = "reference"
    monitoring_role_arn                   = "reference"
    performance_insights_kms_key_id       = "reference"
    master_user_secret_kms_key_id         = "reference"
    custom_iam_instance_profile           = "reference"
    domain                                = "reference"
    domain_auth_secret_arn                = "reference"
    domain_iam_role_name                  = "reference"
    ca_cert_identifier                    = "version/ca"
    password                              = "secret"
    manage_master_user_password           = "setting"
    db_name                               = "setting"
    username                              = "setting"
    port                                  = "setting"
    publicly_accessible                   = "setting"
    deletion_protection                   = "setting"
    backup_retention_period               = "setting"
    monitoring_interval                   = "monitoring/metrics:lower-nonzero"
    performance_insights_enabled          = "monitoring/metrics:on"
    performance_insights_retention_period = "monitoring/retention:higher"
    enabled_cloudwatch_logs_exports       = "monitoring/log-group"
    # Hours that AWS draws for each instance.
    backup_window      = "identity"
    maintenance_window = "identity"
    # Where the data came from when it was made, and what to do when it goes.
    snapshot_identifier         = "identity"
    restore_to_point_in_time    = "identity"
    s3_import                   = "identity"
    allow_major_version_upgrade = "identity"
    apply_immediately           = "identity"
    blue_green_update           = "identity"
    delete_automated_backups    = "identity"
    final_snapshot_identifier   = "identity"
    skip_final_snapshot         = "identity"
    domain_fqdn                 = "reference"
    domain_ou                   = "reference"
  }
}

resource "aws_rds_cluster" {
  kind  = "database"
  scale = "quorum"
  # A Multi-AZ cluster of RDS has its three instances within; Aurora's are resources of their own.
  members    = db_cluster_instance_class != null && db_cluster_instance_class != "" ? 3 : 1
  replica_of = "replication_source_identifier"
  set_by = {
    iam_roles = ["aws_rds_cluster_role_association"]
  }
  aspects = {
    "live.pending_maintenance"                        = "version/maintenance"
    cluster_identifier                                = "identity"
    cluster_identifier_prefix                         = "identity"
    cluster_members                                   = "identity"
    db_system_id                                      = "identity"
    engine                                            = "version/engine"
    engine_mode                                       = "setting"
    engine_version                                    = "version/engine"
    engine_version_actual                             = "identity"
    db_cluster_instance_class                         = "size/machine"
    allocated_storage                                 = "size/storage"
    iops                                              = "count/capacity"
    storage_type                                      = "setting"
    availability_zones                                = "placement/zone"
    source_region                                     = "placement"
    replication_source_identifier                     = "reference"
    global_cluster_identifier                         = "reference"
    db_cluster_parameter_group_name                   = "reference"
    db_instance_parameter_group_name                  = "reference"
    db_subnet_group_name                              = "reference"
    vpc_security_group_ids                            = "reference"
    iam_roles                                         = "reference"
    kms_key_id                                        = "reference"
    master_user_secret_kms_key_id                     = "reference"
    domain                                            = "reference"
    domain_iam_role_name                              = "reference"
    master_password                                   = "secret"
    manage_master_user_password                       = "setting"
    master_username                                   = "setting"
    database_name                                     = "setting"
    backup_retention_period                           = "setting"
    deletion_protection                               = "setting"
    enable_http_endpoint                              = "setting"
    enabled_cloudwatch_logs_exports                   = "monitoring/log-group"
    "scaling_configuration.min_capacity"              = "count/bound"
    "scaling_configuration.max_capacity"              = "count/bound"
    "serverlessv2_scaling_configuration.min_capacity" = "count/bound"
    "serverlessv2_scaling_configuration.max_capacity" = "count/bound"
    preferred_backup_window                           = "identity"
    preferred_maintenance_window                      = "identity"
    snapshot_identifier                               = "identity"
    restore_to_point_in_time                          = "identity"
    s3_import                                         = "identity"
    allow_major_version_upgrade                       = "identity"
    apply_immediately                                 = "identity"
    delete_automated_backups                          = "identity"
    final_snapshot_identifier                         = "identity"
    skip_final_snapshot                               = "identity"
  }
}

resource "aws_rds_cluster_instance" {
  kind  = "database"
  scale = "quorum"
  aspects = {
    "live.pending_maintenance"            = "version/maintenance"
    identifier                            = "identity"
    identifier_prefix                     = "identity"
    cluster_identifier                    = "reference"
    engine                                = "version/engine"
    engine_version                        = "version/engine"
    engine_version_actual                 = "identity"
    instance_class                        = "size/machine"
    availability_zone                     = "placement/zone"
    ca_cert_identifier                    = "version/ca"
    custom_iam_instance_profile           = "reference"
    db_parameter_group_name               = "reference"
    db_subnet_group_name                  = "reference"
    monitoring_role_arn                   = "reference"
    performance_insights_kms_key_id       = "reference"
    monitoring_interval                   = "monitoring/metrics:lower-nonzero"
    performance_insights_enabled          = "monitoring/metrics:on"
    performance_insights_retention_period = "monitoring/retention:higher"
    publicly_accessible                   = "setting"
    preferred_backup_window               = "identity"
    preferred_maintenance_window          = "identity"
    apply_immediately                     = "identity"
  }
}

resource "aws_rds_global_cluster" {
  kind = "database"
  aspects = {
    global_cluster_identifier    = "identity"
    engine                       = "version/engine"
    engine_version               = "version/engine"
    engine_version_actual        = "identity"
    database_name                = "setting"
    source_db_cluster_identifier = "reference"
    force_destroy                = "identity"
  }
}

resource "aws_rds_cluster_endpoint" {
  kind = "part"
  aspects = {
    cluster_endpoint_identifier = "identity"
    cluster_identifier          = "reference"
    custom_endpoint_type        = "setting"
    excluded_members            = "reference"
    static_members              = "reference"
  }
}

resource "aws_rds_cluster_role_association" {
  kind = "attachment"
  aspects = {
    db_cluster_identifier = "reference"
    feature_name          = "setting"
    role_arn              = "reference"
  }
}

resource "aws_db_instance_role_association" {
  kind = "attachment"
  aspects = {
    db_instance_identifier = "reference"
    feature_name           = "setting"
    role_arn               = "reference"
  }
}

resource "aws_db_instance_automated_backups_replication" {
  kind = "part"
  aspects = {
    kms_key_id             = "reference"
    pre_signed_url         = "secret"
    source_db_instance_arn = "reference"
  }
}

resource "aws_db_snapshot" {
  kind = "part"
  aspects = {
    db_instance_identifier = "reference"
    db_snapshot_identifier = "identity"
    shared_accounts        = "reference"
  }
}

resource "aws_db_subnet_group" {
  kind = "subnet_group"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    subnet_ids  = "reference"
  }
}

resource "aws_db_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    family      = "version/engine"
    parameter   = "setting/parameter"
    # When a change takes hold, not what holds.
    "parameter.apply_method" = "identity"
  }
}

resource "aws_rds_cluster_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name                     = "identity"
    name_prefix              = "identity"
    family                   = "version/engine"
    parameter                = "setting/parameter"
    "parameter.apply_method" = "identity"
  }
}

resource "aws_db_option_group" {
  kind = "parameter_group"
  aspects = {
    name                                    = "identity"
    name_prefix                             = "identity"
    option_group_description                = "identity"
    engine_name                             = "version/engine"
    major_engine_version                    = "version/engine"
    option                                  = "setting"
    "option.version"                        = "version/addon"
    "option.db_security_group_memberships"  = "reference"
    "option.vpc_security_group_memberships" = "reference"
    "option.option_settings"                = "setting/parameter"
  }
}

resource "aws_db_proxy" {
  kind = "database"
  aspects = {
    name                   = "identity"
    engine_family          = "version/engine"
    role_arn               = "reference"
    vpc_security_group_ids = "reference"
    vpc_subnet_ids         = "reference"
    "auth.secret_arn"      = "reference"
    debug_logging          = "setting"
    require_tls            = "setting"
  }
}

resource "aws_db_proxy_default_target_group" {
  kind = "part"
  aspects = {
    db_proxy_name          = "reference"
    connection_pool_config = "setting"
  }
}

resource "aws_db_proxy_endpoint" {
  kind = "part"
  aspects = {
    db_proxy_endpoint_name = "identity"
    db_proxy_name          = "reference"
    target_role            = "setting"
    vpc_security_group_ids = "reference"
    vpc_subnet_ids         = "reference"
  }
}

resource "aws_db_proxy_target" {
  kind = "attachment"
  aspects = {
    db_cluster_identifier  = "reference"
    db_instance_identifier = "reference"
    db_proxy_name          = "reference"
    target_group_name      = "reference"
  }
}

resource "aws_db_event_subscription" {
  kind = "alarm"
  aspects = {
    name             = "identity"
    name_prefix      = "identity"
    sns_topic        = "reference"
    source_ids       = "reference"
    source_type      = "monitoring/alarm"
    event_categories = "monitoring/alarm"
    enabled          = "monitoring/alarm:on"
  }
}

resource "aws_dms_replication_instance" {
  kind = "workflow"
  aspects = {
    replication_instance_id      = "identity"
    replication_instance_class   = "size/machine"
    allocated_storage            = "size/storage"
    engine_version               = "version/engine"
    availability_zone            = "placement/zone"
    multi_az                     = "placement/standby"
    replication_subnet_group_id  = "reference"
    vpc_security_group_ids       = "reference"
    kms_key_arn                  = "reference"
    publicly_accessible          = "setting"
    preferred_maintenance_window = "identity"
    allow_major_version_upgrade  = "identity"
    apply_immediately            = "identity"
  }
}

resource "aws_dms_replication_subnet_group" {
  kind = "subnet_group"
  aspects = {
    replication_subnet_group_id          = "identity"
    replication_subnet_group_description = "identity"
    subnet_ids                           = "reference"
  }
}

resource "aws_dms_replication_task" {
  kind = "workflow"
  aspects = {
    replication_task_id       = "identity"
    resource_identifier       = "identity"
    replication_instance_arn  = "reference"
    source_endpoint_arn       = "reference"
    target_endpoint_arn       = "reference"
    replication_task_settings = "setting"
    table_mappings            = "setting"
    cdc_start_position        = "identity"
    cdc_start_time            = "identity"
    start_replication_task    = "identity"
  }
}

resource "aws_dms_endpoint" {
  kind = "part"
  aspects = {
    endpoint_id                              = "identity"
    engine_name                              = "version/engine"
    server_name                              = "reference"
    service_access_role                      = "reference"
    secrets_manager_arn                      = "reference"
    extra_connection_attributes              = "secret"
    password                                 = "secret"
    pause_replication_tasks                  = "identity"
    "elasticsearch_settings.endpoint_uri"    = "reference"
    "kafka_settings.broker"                  = "reference"
    "redis_settings.server_name"             = "reference"
    "redshift_settings.bucket_name"          = "reference"
    "s3_settings.bucket_name"                = "reference"
    "s3_settings.parquet_version"            = "setting"
    "kafka_settings.sasl_password"           = "secret"
    "kafka_settings.ssl_client_key_password" = "secret"
    "redis_settings.auth_password"           = "secret"
  }
}
