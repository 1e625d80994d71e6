# Other databases: DocumentDB, Neptune, Redshift, DynamoDB, Keyspaces, Timestream, QLDB.

resource "aws_docdb_cluster" {
  kind  = "database"
  scale = "quorum"
  sets  = ["enabled_cloudwatch_logs_exports"]
  aspects = {
    cluster_identifier              = "identity"
    cluster_identifier_prefix       = "identity"
    cluster_members                 = "identity"
    engine                          = "version/engine"
    engine_version                  = "version/engine"
    availability_zones              = "placement/zone"
    global_cluster_identifier       = "reference"
    db_cluster_parameter_group_name = "reference"
    db_subnet_group_name            = "reference"
    vpc_security_group_ids          = "reference"
    kms_key_id                      = "reference"
    master_password                 = "secret"
    master_username                 = "setting"
    backup_retention_period         = "setting"
    deletion_protection             = "setting"
    enabled_cloudwatch_logs_exports = "monitoring/log-group"
    preferred_backup_window         = "identity"
    preferred_maintenance_window    = "identity"
    snapshot_identifier             = "identity"
    allow_major_version_upgrade     = "identity"
    apply_immediately               = "identity"
    final_snapshot_identifier       = "identity"
    skip_final_snapshot             = "identity"
  }
}

resource "aws_docdb_cluster_instance" {
  kind  = "database"
  scale = "quorum"
  aspects = {
    identifier                      = "identity"
    identifier_prefix               = "identity"
    cluster_identifier              = "reference"
    engine                          = "version/engine"
    instance_class                  = "size/machine"
    availability_zone               = "placement/zone"
    ca_cert_identifier              = "version/ca"
    performance_insights_kms_key_id = "reference"
    enable_performance_insights     = "monitoring/metrics:on"
    preferred_maintenance_window    = "identity"
    apply_immediately               = "identity"
  }
}

resource "aws_docdb_cluster_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name                     = "identity"
    name_prefix              = "identity"
    family                   = "version/engine"
    parameter                = "setting/parameter"
    "parameter.apply_method" = "identity"
  }
}

resource "aws_docdb_subnet_group" {
  kind = "subnet_group"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    subnet_ids  = "reference"
  }
}

resource "aws_docdb_global_cluster" {
  kind = "database"
  aspects = {
    global_cluster_identifier    = "identity"
    engine                       = "version/engine"
    engine_version               = "version/engine"
    source_db_cluster_identifier = "reference"
  }
}

resource "aws_docdbelastic_cluster" {
  kind = "database"
  aspects = {
    name                         = "identity"
    admin_user_name              = "setting"
    admin_user_password          = "secret"
    shard_capacity               = "size/amount"
    shard_count                  = "count/capacity"
    kms_key_id                   = "reference"
    subnet_ids                   = "reference"
    vpc_security_group_ids       = "reference"
    preferred_maintenance_window = "identity"
  }
}

resource "aws_neptune_cluster" {
  kind       = "database"
  scale      = "quorum"
  replica_of = "replication_source_identifier"
  aspects = {
    cluster_identifier                                 = "identity"
    cluster_identifier_prefix                          = "identity"
    cluster_members                                    = "identity"
    engine                                             = "version/engine"
    engine_version                                     = "version/engine"
    availability_zones                                 = "placement/zone"
    replication_source_identifier                      = "reference"
    global_cluster_identifier                          = "reference"
    neptune_cluster_parameter_group_name               = "reference"
    neptune_instance_parameter_group_name              = "reference"
    neptune_subnet_group_name                          = "reference"
    vpc_security_group_ids                             = "reference"
    iam_roles                                          = "reference"
    kms_key_arn                                        = "reference"
    backup_retention_period                            = "setting"
    deletion_protection                                = "setting"
    enable_cloudwatch_logs_exports                     = "monitoring/log-group"
    "serverless_v2_scaling_configuration.min_capacity" = "count/bound"
    "serverless_v2_scaling_configuration.max_capacity" = "count/bound"
    preferred_backup_window                            = "identity"
    preferred_maintenance_window                       = "identity"
    snapshot_identifier                                = "identity"
    allow_major_version_upgrade                        = "identity"
    apply_immediately                                  = "identity"
    final_snapshot_identifier                          = "identity"
    skip_final_snapshot                                = "identity"
  }
}

resource "aws_neptune_cluster_instance" {
  kind  = "database"
  scale = "quorum"
  aspects = {
    identifier                   = "identity"
    identifier_prefix            = "identity"
    cluster_identifier           = "reference"
    engine                       = "version/engine"
    engine_version               = "version/engine"
    instance_class               = "size/machine"
    availability_zone            = "placement/zone"
    neptune_parameter_group_name = "reference"
    neptune_subnet_group_name    = "reference"
    preferred_backup_window      = "identity"
    preferred_maintenance_window = "identity"
    apply_immediately            = "identity"
    skip_final_snapshot          = "identity"
  }
}

resource "aws_neptune_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name                     = "identity"
    name_prefix              = "identity"
    family                   = "version/engine"
    parameter                = "setting/parameter"
    "parameter.apply_method" = "identity"
  }
}

resource "aws_neptune_cluster_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name                     = "identity"
    name_prefix              = "identity"
    family                   = "version/engine"
    parameter                = "setting/parameter"
    "parameter.apply_method" = "identity"
  }
}

resource "aws_neptune_subnet_group" {
  kind = "subnet_group"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    subnet_ids  = "reference"
  }
}

resource "aws_redshift_cluster" {
  kind    = "database"
  scale   = "quorum"
  members = coalesce(number_of_nodes, 1)
  set_by = {
    iam_roles = ["aws_redshift_cluster_iam_roles"]
  }
  aspects = {
    cluster_identifier      = "identity"
    cluster_public_key      = "identity"
    cluster_revision_number = "identity"
    # Follows from the number of nodes.
    cluster_type                         = "identity"
    cluster_version                      = "version/engine"
    number_of_nodes                      = "count/members"
    node_type                            = "size/machine"
    availability_zone                    = "placement/zone"
    availability_zone_relocation_enabled = "placement/standby"
    multi_az                             = "placement/standby"
    cluster_parameter_group_name         = "reference"
    cluster_subnet_group_name            = "reference"
    vpc_security_group_ids               = "reference"
    default_iam_role_arn                 = "reference"
    iam_roles                            = "reference"
    kms_key_id                           = "reference"
    master_password_secret_kms_key_id    = "reference"
    elastic_ip                           = "reference"
    master_password                      = "secret"
    manage_master_password               = "setting"
    master_username                      = "setting"
    database_name                        = "setting"
    endpoint                             = "identity"
    logging                              = "monitoring/log-group"
    "logging.enable"                     = "monitoring/log-group:on"
    "logging.bucket_name"                = "reference"
    "logging.s3_key_prefix"              = "identity"
    "snapshot_copy.destination_region"   = "placement"
    "snapshot_copy.grant_name"           = "reference"
    preferred_maintenance_window         = "identity"
    aqua_configuration_status            = "identity"
    owner_account                        = "identity"
    snapshot_arn                         = "identity"
    snapshot_cluster_identifier          = "identity"
    snapshot_identifier                  = "identity"
    apply_immediately                    = "identity"
    final_snapshot_identifier            = "identity"
    skip_final_snapshot                  = "identity"
  }
}

resource "aws_redshift_parameter_group" {
  kind = "parameter_group"
  aspects = {
    name      = "identity"
    family    = "version/engine"
    parameter = "setting/parameter"
  }
}

resource "aws_redshift_subnet_group" {
  kind = "subnet_group"
  aspects = {
    name       = "identity"
    subnet_ids = "reference"
  }
}

resource "aws_redshift_cluster_iam_roles" {
  kind = "attachment"
  aspects = {
    cluster_identifier   = "reference"
    default_iam_role_arn = "reference"
    iam_role_arns        = "reference"
  }
}

resource "aws_redshift_logging" {
  kind = "log"
  aspects = {
    cluster_identifier   = "reference"
    bucket_name          = "reference"
    log_destination_type = "monitoring/log-group"
    log_exports          = "monitoring/log-group"
    s3_key_prefix        = "identity"
  }
}

resource "aws_redshiftserverless_namespace" {
  kind = "part"
  aspects = {
    namespace_name                   = "identity"
    admin_user_password              = "secret"
    admin_username                   = "setting"
    admin_password_secret_kms_key_id = "reference"
    manage_admin_password            = "setting"
    default_iam_role_arn             = "reference"
    iam_roles                        = "reference"
    kms_key_id                       = "reference"
    log_exports                      = "monitoring/log-group"
  }
}

resource "aws_redshiftserverless_workgroup" {
  kind = "database"
  aspects = {
    workgroup_name     = "identity"
    namespace_name     = "reference"
    base_capacity      = "count/capacity"
    max_capacity       = "count/capacity"
    config_parameter   = "setting/parameter"
    security_group_ids = "reference"
    subnet_ids         = "reference"
  }
}

resource "aws_dynamodb_table" {
  kind = "database"
  sets = ["local_secondary_index.non_key_attributes"]
  set_by = {
    replica = ["aws_dynamodb_table_replica"]
  }
  aspects = {
    name                                    = "identity"
    billing_mode                            = "setting"
    read_capacity                           = "count/capacity"
    write_capacity                          = "count/capacity"
    "global_secondary_index.read_capacity"  = "count/capacity"
    "global_secondary_index.write_capacity" = "count/capacity"
    "point_in_time_recovery.enabled"        = "setting"
    "replica.region_name"                   = "placement"
    "replica.kms_key_arn"                   = "reference"
    "replica.propagate_tags"                = "setting"
    "server_side_encryption.kms_key_arn"    = "reference"
    "server_side_encryption.enabled"        = "setting"
    import_table                            = "identity"
    restore_date_time                       = "identity"
    restore_source_name                     = "identity"
    restore_to_latest_time                  = "identity"
  }
}

resource "aws_dynamodb_global_table" {
  kind = "database"
  aspects = {
    name                  = "identity"
    "replica.region_name" = "placement"
  }
}

resource "aws_dynamodb_table_replica" {
  kind = "part"
  aspects = {
    global_table_arn = "reference"
    kms_key_arn      = "reference"
  }
}

resource "aws_dynamodb_table_item" {
  kind = "part"
  aspects = {
    table_name = "reference"
    item       = "setting"
  }
}

resource "aws_dynamodb_kinesis_streaming_destination" {
  kind = "attachment"
  aspects = {
    stream_arn = "reference"
    table_name = "reference"
  }
}

resource "aws_dynamodb_contributor_insights" {
  kind = "part"
  aspects = {
    table_name = "reference"
    index_name = "monitoring/metrics"
  }
}

resource "aws_dynamodb_resource_policy" {
  kind = "policy"
  aspects = {
    policy                              = "setting/policy"
    resource_arn                        = "reference"
    confirm_remove_self_resource_access = "identity"
  }
}

resource "aws_keyspaces_keyspace" {
  kind = "database"
  aspects = {
    # Part of the statements that the application sends.
    name = "setting"
  }
}

resource "aws_keyspaces_table" {
  kind = "part"
  aspects = {
    keyspace_name                                 = "reference"
    table_name                                    = "setting"
    "capacity_specification.read_capacity_units"  = "count/capacity"
    "capacity_specification.write_capacity_units" = "count/capacity"
    "capacity_specification.throughput_mode"      = "setting"
    "client_side_timestamps.status"               = "setting"
    comment                                       = "identity"
    "encryption_specification.kms_key_identifier" = "reference"
    "point_in_time_recovery.status"               = "setting"
    "ttl.status"                                  = "setting"
  }
}

resource "aws_timestreamwrite_database" {
  kind = "database"
  aspects = {
    database_name = "identity"
    kms_key_id    = "reference"
  }
}

resource "aws_timestreamwrite_table" {
  kind = "part"
  aspects = {
    database_name                                                                                        = "reference"
    table_name                                                                                           = "setting"
    "magnetic_store_write_properties.magnetic_store_rejected_data_location.s3_configuration.bucket_name" = "reference"
    "magnetic_store_write_properties.magnetic_store_rejected_data_location.s3_configuration.kms_key_id"  = "reference"
  }
}

resource "aws_qldb_ledger" {
  kind = "database"
  aspects = {
    name                = "identity"
    kms_key             = "reference"
    deletion_protection = "setting"
  }
}
