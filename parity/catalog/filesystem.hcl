# Files and backups: EFS, FSx, Transfer, Backup.

resource "aws_efs_file_system" {
  kind = "filesystem"
  sets = ["lifecycle_policy"]
  aspects = {
    creation_token                  = "identity"
    availability_zone_name          = "placement/zone"
    kms_key_id                      = "reference"
    provisioned_throughput_in_mibps = "count/capacity"
    throughput_mode                 = "setting"
    lifecycle_policy                = "setting"
  }
}

resource "aws_efs_mount_target" {
  kind  = "attachment"
  scale = "fixed"
  aspects = {
    file_system_id         = "reference"
    ip_address             = "identity"
    security_groups        = "reference"
    subnet_id              = "reference"
    availability_zone_name = "placement/zone"
  }
}

resource "aws_efs_access_point" {
  kind = "part"
  aspects = {
    file_system_id = "reference"
    posix_user     = "setting"
    root_directory = "setting"
  }
}

resource "aws_efs_backup_policy" {
  kind = "part"
  aspects = {
    file_system_id         = "reference"
    "backup_policy.status" = "setting"
  }
}

resource "aws_efs_file_system_policy" {
  kind = "policy"
  aspects = {
    file_system_id                     = "reference"
    policy                             = "setting/policy"
    bypass_policy_lockout_safety_check = "identity"
  }
}

resource "aws_efs_replication_configuration" {
  kind = "part"
  aspects = {
    source_file_system_id                = "reference"
    "destination.availability_zone_name" = "placement/zone"
    "destination.file_system_id"         = "reference"
    "destination.kms_key_id"             = "reference"
    "destination.region"                 = "placement"
    "destination.status"                 = "identity"
  }
}

resource "aws_fsx_lustre_file_system" {
  kind = "filesystem"
  sets = ["subnet_ids"]
  aspects = {
    backup_id                         = "identity"
    file_system_type_version          = "version/engine"
    storage_capacity                  = "size/storage"
    per_unit_storage_throughput       = "count/capacity"
    deployment_type                   = "setting"
    export_path                       = "reference"
    import_path                       = "reference"
    kms_key_id                        = "reference"
    security_group_ids                = "reference"
    subnet_ids                        = "reference"
    log_configuration                 = "monitoring/log-group"
    "log_configuration.destination"   = "reference"
    daily_automatic_backup_start_time = "identity"
    weekly_maintenance_start_time     = "identity"
  }
}

resource "aws_fsx_ontap_file_system" {
  kind = "filesystem"
  sets = ["subnet_ids"]
  aspects = {
    deployment_type                   = "placement/standby"
    storage_capacity                  = "size/storage"
    throughput_capacity               = "count/capacity"
    throughput_capacity_per_ha_pair   = "count/capacity"
    ha_pairs                          = "count/capacity"
    "disk_iops_configuration.iops"    = "count/capacity"
    endpoint_ip_address_range         = "placement"
    fsx_admin_password                = "secret"
    kms_key_id                        = "reference"
    preferred_subnet_id               = "reference"
    route_table_ids                   = "reference"
    security_group_ids                = "reference"
    subnet_ids                        = "reference"
    daily_automatic_backup_start_time = "identity"
    weekly_maintenance_start_time     = "identity"
  }
}

resource "aws_fsx_openzfs_file_system" {
  kind = "filesystem"
  sets = ["subnet_ids"]
  aspects = {
    backup_id                                                                    = "identity"
    deployment_type                                                              = "placement/standby"
    storage_capacity                                                             = "size/storage"
    throughput_capacity                                                          = "count/capacity"
    "disk_iops_configuration.iops"                                               = "count/capacity"
    "root_volume_configuration.user_and_group_quotas.storage_capacity_quota_gib" = "setting"
    endpoint_ip_address_range                                                    = "placement"
    kms_key_id                                                                   = "reference"
    preferred_subnet_id                                                          = "reference"
    route_table_ids                                                              = "reference"
    security_group_ids                                                           = "reference"
    subnet_ids                                                                   = "reference"
    daily_automatic_backup_start_time                                            = "identity"
    weekly_maintenance_start_time                                                = "identity"
    skip_final_backup                                                            = "identity"
  }
}

resource "aws_fsx_windows_file_system" {
  kind = "filesystem"
  sets = ["subnet_ids"]
  aspects = {
    aliases                                         = "identity"
    backup_id                                       = "identity"
    active_directory_id                             = "reference"
    deployment_type                                 = "placement/standby"
    storage_capacity                                = "size/storage"
    throughput_capacity                             = "count/capacity"
    "disk_iops_configuration.iops"                  = "count/capacity"
    kms_key_id                                      = "reference"
    preferred_subnet_id                             = "reference"
    security_group_ids                              = "reference"
    subnet_ids                                      = "reference"
    "self_managed_active_directory.password"        = "secret"
    audit_log_configuration                         = "monitoring/log-group"
    "audit_log_configuration.audit_log_destination" = "reference"
    daily_automatic_backup_start_time               = "identity"
    weekly_maintenance_start_time                   = "identity"
    skip_final_backup                               = "identity"
  }
}

resource "aws_backup_plan" {
  kind = "policy"
  aspects = {
    name                                     = "identity"
    version                                  = "identity"
    rule                                     = "setting"
    "rule.target_vault_name"                 = "reference"
    "rule.recovery_point_tags"               = "setting/tag"
    "rule.copy_action.destination_vault_arn" = "reference"
    advanced_backup_setting                  = "setting"
  }
}

resource "aws_backup_selection" {
  kind = "part"
  aspects = {
    name          = "identity"
    iam_role_arn  = "reference"
    plan_id       = "reference"
    resources     = "reference"
    not_resources = "reference"
  }
}

resource "aws_backup_vault" {
  kind = "storage"
  aspects = {
    name          = "identity"
    kms_key_arn   = "reference"
    force_destroy = "identity"
  }
}

resource "aws_backup_vault_policy" {
  kind = "policy"
  aspects = {
    backup_vault_name = "reference"
    policy            = "setting/policy"
  }
}

resource "aws_backup_vault_lock_configuration" {
  kind = "part"
  aspects = {
    backup_vault_name  = "reference"
    max_retention_days = "setting"
    min_retention_days = "setting"
  }
}

resource "aws_backup_vault_notifications" {
  kind = "alarm"
  aspects = {
    backup_vault_name   = "reference"
    backup_vault_events = "monitoring/alarm"
    sns_topic_arn       = "reference"
  }
}

resource "aws_transfer_server" {
  kind = "filesystem"
  aspects = {
    certificate                                         = "reference"
    directory_id                                        = "reference"
    function                                            = "reference"
    invocation_role                                     = "reference"
    logging_role                                        = "reference"
    structured_log_destinations                         = "reference"
    domain                                              = "setting"
    security_policy_name                                = "setting"
    url                                                 = "reference"
    host_key                                            = "secret"
    host_key_fingerprint                                = "identity"
    post_authentication_login_banner                    = "identity"
    pre_authentication_login_banner                     = "identity"
    "endpoint_details.address_allocation_ids"           = "reference"
    "endpoint_details.security_group_ids"               = "reference"
    "endpoint_details.subnet_ids"                       = "reference"
    "endpoint_details.vpc_endpoint_id"                  = "reference"
    "endpoint_details.vpc_id"                           = "reference"
    "protocol_details.passive_ip"                       = "identity"
    "workflow_details.on_partial_upload.execution_role" = "reference"
    "workflow_details.on_partial_upload.workflow_id"    = "reference"
    "workflow_details.on_upload.execution_role"         = "reference"
    "workflow_details.on_upload.workflow_id"            = "reference"
    force_destroy                                       = "identity"
  }
}

resource "aws_transfer_user" {
  kind = "identity"
  aspects = {
    user_name                        = "setting"
    home_directory                   = "reference"
    "home_directory_mappings.target" = "reference"
    policy                           = "setting/policy"
    role                             = "reference"
    server_id                        = "reference"
  }
}

resource "aws_transfer_ssh_key" {
  kind = "key"
  aspects = {
    body      = "identity"
    server_id = "reference"
    user_name = "reference"
  }
}
