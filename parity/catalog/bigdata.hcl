# What works through data: EMR, Batch, Glue, Athena.

resource "aws_emr_cluster" {
  kind  = "compute"
  scale = "proportional"
  members = try(
    coalesce(master_instance_group[0].instance_count, 1) + coalesce(core_instance_group[0].instance_count, 1),
    coalesce(core_instance_fleet[0].target_on_demand_capacity, 0) + coalesce(core_instance_fleet[0].target_spot_capacity, 0),
    1
  )
  aspects = {
    name                      = "identity"
    release_label             = "version/engine"
    applications              = "setting"
    custom_ami_id             = "version/image"
    configurations            = "setting"
    configurations_json       = "setting"
    autoscaling_role          = "reference"
    service_role              = "reference"
    security_configuration    = "reference"
    log_uri                   = "monitoring/log-group"
    log_encryption_kms_key_id = "reference"
    list_steps_states         = "identity"
    # Steps are jobs that ran, not how the cluster is made.
    step                                                       = "identity"
    additional_info                                            = "identity"
    cluster_state                                              = "identity"
    ebs_root_volume_size                                       = "size/storage"
    "ec2_attributes.additional_master_security_groups"         = "reference"
    "ec2_attributes.additional_slave_security_groups"          = "reference"
    "ec2_attributes.emr_managed_master_security_group"         = "reference"
    "ec2_attributes.emr_managed_slave_security_group"          = "reference"
    "ec2_attributes.service_access_security_group"             = "reference"
    "ec2_attributes.instance_profile"                          = "reference"
    "ec2_attributes.key_name"                                  = "reference"
    "ec2_attributes.subnet_id"                                 = "reference"
    "ec2_attributes.subnet_ids"                                = "reference"
    "kerberos_attributes.ad_domain_join_password"              = "secret"
    "kerberos_attributes.cross_realm_trust_principal_password" = "secret"
    "kerberos_attributes.kdc_admin_password"                   = "secret"
    "master_instance_group.name"                               = "identity"
    "master_instance_group.instance_count"                     = "count/members"
    "master_instance_group.instance_type"                      = "size/machine"
    "master_instance_group.ebs_config.size"                    = "size/storage"
    "master_instance_group.ebs_config.iops"                    = "count/capacity"
    "master_instance_group.ebs_config.throughput"              = "count/capacity"
    "core_instance_group.name"                                 = "identity"
    "core_instance_group.instance_count"                       = "count/members"
    "core_instance_group.instance_type"                        = "size/machine"
    # Holds the group's bounds, which shrink with it.
    "core_instance_group.autoscaling_policy"                        = "setting/policy"
    "core_instance_group.autoscaling_policy.Constraints"            = "count/bound"
    "core_instance_group.ebs_config.size"                           = "size/storage"
    "core_instance_group.ebs_config.iops"                           = "count/capacity"
    "core_instance_group.ebs_config.throughput"                     = "count/capacity"
    "master_instance_fleet.name"                                    = "identity"
    "master_instance_fleet.target_on_demand_capacity"               = "count/bound"
    "master_instance_fleet.target_spot_capacity"                    = "count/bound"
    "master_instance_fleet.instance_type_configs.instance_type"     = "size/machine"
    "master_instance_fleet.instance_type_configs.ebs_config.size"   = "size/storage"
    "master_instance_fleet.instance_type_configs.ebs_config.iops"   = "count/capacity"
    "core_instance_fleet.name"                                      = "identity"
    "core_instance_fleet.target_on_demand_capacity"                 = "count/members"
    "core_instance_fleet.target_spot_capacity"                      = "count/members"
    "core_instance_fleet.instance_type_configs.instance_type"       = "size/machine"
    "core_instance_fleet.instance_type_configs.ebs_config.size"     = "size/storage"
    "core_instance_fleet.instance_type_configs.ebs_config.iops"     = "count/capacity"
    "core_instance_fleet.instance_type_configs.weighted_capacity"   = "setting"
    "master_instance_fleet.instance_type_configs.weighted_capacity" = "setting"
    placement_group_config                                          = "setting"
  }
}

resource "aws_emr_instance_group" {
  kind    = "compute"
  scale   = "proportional"
  members = instance_count
  host    = "cluster_id"
  aspects = {
    name                             = "identity"
    cluster_id                       = "reference"
    instance_count                   = "count/members"
    instance_type                    = "size/machine"
    autoscaling_policy               = "setting/policy"
    "autoscaling_policy.Constraints" = "count/bound"
    configurations_json              = "setting"
    "ebs_config.size"                = "size/storage"
    "ebs_config.iops"                = "count/capacity"
  }
}

resource "aws_emr_instance_fleet" {
  kind    = "compute"
  scale   = "proportional"
  members = try(coalesce(target_on_demand_capacity, 0) + coalesce(target_spot_capacity, 0), 1)
  host    = "cluster_id"
  aspects = {
    name                                      = "identity"
    cluster_id                                = "reference"
    target_on_demand_capacity                 = "count/members"
    target_spot_capacity                      = "count/members"
    "instance_type_configs.instance_type"     = "size/machine"
    "instance_type_configs.ebs_config.size"   = "size/storage"
    "instance_type_configs.ebs_config.iops"   = "count/capacity"
    "instance_type_configs.weighted_capacity" = "setting"
  }
}

resource "aws_batch_compute_environment" {
  kind = "cluster"
  sets = ["compute_resources.ec2_configuration"]
  aspects = {
    compute_environment_name        = "identity"
    compute_environment_name_prefix = "identity"
    service_role                    = "reference"
    # Batch itself moves the wanted number as jobs come and go.
    "compute_resources.desired_vcpus"                        = "identity"
    "compute_resources.min_vcpus"                            = "count/bound"
    "compute_resources.max_vcpus"                            = "count/capacity"
    "compute_resources.instance_type"                        = "size/machine"
    "compute_resources.image_id"                             = "version/image"
    "compute_resources.ec2_configuration.image_id_override"  = "version/image"
    "compute_resources.ec2_configuration.image_type"         = "version/platform"
    "compute_resources.ec2_key_pair"                         = "reference"
    "compute_resources.instance_role"                        = "reference"
    "compute_resources.placement_group"                      = "reference"
    "compute_resources.security_group_ids"                   = "reference"
    "compute_resources.spot_iam_fleet_role"                  = "reference"
    "compute_resources.subnets"                              = "reference"
    "compute_resources.launch_template.launch_template_id"   = "reference"
    "compute_resources.launch_template.launch_template_name" = "reference"
    "compute_resources.launch_template.version"              = "identity"
    "eks_configuration.eks_cluster_arn"                      = "reference"
    state                                                    = "setting"
  }
}

resource "aws_batch_job_definition" {
  kind = "template"
  sets = ["container_properties.environment", "container_properties.secrets", "container_properties.resourceRequirements"]
  aspects = {
    name                                                                 = "identity"
    deregister_on_new_revision                                           = "identity"
    parameters                                                           = "setting/parameter"
    container_properties                                                 = "setting"
    "container_properties.image"                                         = "version/image"
    "container_properties.vcpus"                                         = "size/amount"
    "container_properties.memory"                                        = "size/amount"
    "container_properties.resourceRequirements"                          = "size/amount"
    "container_properties.ephemeralStorage"                              = "size/storage"
    "container_properties.environment"                                   = "setting/environment"
    "container_properties.secrets"                                       = "setting/environment"
    "container_properties.secrets.valueFrom"                             = "reference"
    "container_properties.jobRoleArn"                                    = "reference"
    "container_properties.executionRoleArn"                              = "reference"
    "container_properties.logConfiguration"                              = "monitoring/log-group"
    "container_properties.fargatePlatformConfiguration"                  = "version/platform"
    node_properties                                                      = "setting"
    "node_properties.numNodes"                                           = "count/capacity"
    "node_properties.nodeRangeProperties.targetNodes"                    = "count/bound"
    "node_properties.nodeRangeProperties.container.image"                = "version/image"
    "node_properties.nodeRangeProperties.container.vcpus"                = "size/amount"
    "node_properties.nodeRangeProperties.container.memory"               = "size/amount"
    "node_properties.nodeRangeProperties.container.resourceRequirements" = "size/amount"
    "node_properties.nodeRangeProperties.container.environment"          = "setting/environment"
    "node_properties.nodeRangeProperties.container.logConfiguration"     = "monitoring/log-group"
    "eks_properties.pod_properties.containers.image"                     = "version/image"
    "eks_properties.pod_properties.containers.env"                       = "setting/environment"
    "eks_properties.pod_properties.containers.resources"                 = "size/amount"
    "eks_properties.pod_properties.volumes.secret"                       = "reference"
  }
}

resource "aws_batch_job_queue" {
  kind = "queue"
  aspects = {
    name                                            = "identity"
    compute_environments                            = "reference"
    "compute_environment_order.compute_environment" = "reference"
    scheduling_policy_arn                           = "reference"
    priority                                        = "setting"
    state                                           = "setting"
  }
}

resource "aws_batch_scheduling_policy" {
  kind = "policy"
  aspects = {
    name = "identity"
  }
}

resource "aws_glue_job" {
  kind = "workflow"
  sets = ["connections"]
  aspects = {
    name                                     = "identity"
    connections                              = "reference"
    role_arn                                 = "reference"
    security_configuration                   = "reference"
    glue_version                             = "version/engine"
    "command.python_version"                 = "version/runtime"
    "command.runtime"                        = "version/runtime"
    "command.script_location"                = "version/release"
    default_arguments                        = "setting/parameter"
    non_overridable_arguments                = "setting/parameter"
    max_capacity                             = "count/capacity"
    number_of_workers                        = "count/capacity"
    worker_type                              = "size/machine"
    "execution_property.max_concurrent_runs" = "count/capacity"
  }
}

resource "aws_glue_crawler" {
  kind = "workflow"
  sets = ["s3_target", "s3_target.exclusions", "jdbc_target", "jdbc_target.exclusions", "dynamodb_target", "catalog_target.tables"]
  aspects = {
    name                                                          = "identity"
    database_name                                                 = "reference"
    role                                                          = "reference"
    security_configuration                                        = "reference"
    configuration                                                 = "setting"
    schedule                                                      = "setting"
    table_prefix                                                  = "setting"
    "catalog_target.connection_name"                              = "reference"
    "catalog_target.database_name"                                = "reference"
    "catalog_target.tables"                                       = "reference"
    "dynamodb_target.path"                                        = "reference"
    "dynamodb_target.scan_rate"                                   = "count/capacity"
    "jdbc_target.connection_name"                                 = "reference"
    "jdbc_target.path"                                            = "reference"
    "s3_target.connection_name"                                   = "reference"
    "s3_target.dlq_event_queue_arn"                               = "reference"
    "s3_target.event_queue_arn"                                   = "reference"
    "s3_target.path"                                              = "reference"
    "lake_formation_configuration.account_id"                     = "reference"
    "lake_formation_configuration.use_lake_formation_credentials" = "setting"
    "delta_target.connection_name"                                = "reference"
    "hudi_target.connection_name"                                 = "reference"
    "iceberg_target.connection_name"                              = "reference"
    "mongodb_target.connection_name"                              = "reference"
    "mongodb_target.path"                                         = "reference"
  }
}

resource "aws_glue_trigger" {
  kind = "event"
  sets = ["predicate.conditions"]
  aspects = {
    name                                = "identity"
    state                               = "identity"
    enabled                             = "setting"
    schedule                            = "setting"
    workflow_name                       = "reference"
    start_on_creation                   = "identity"
    "actions.arguments"                 = "setting/parameter"
    "actions.crawler_name"              = "reference"
    "actions.job_name"                  = "reference"
    "actions.security_configuration"    = "reference"
    "predicate.conditions.crawler_name" = "reference"
    "predicate.conditions.job_name"     = "reference"
    "predicate.conditions.state"        = "setting"
  }
}

resource "aws_glue_workflow" {
  kind = "workflow"
  aspects = {
    name                   = "identity"
    default_run_properties = "setting/parameter"
    max_concurrent_runs    = "count/capacity"
  }
}

resource "aws_glue_connection" {
  kind = "part"
  aspects = {
    name                                                      = "identity"
    catalog_id                                                = "identity"
    connection_properties                                     = "secret"
    "physical_connection_requirements.availability_zone"      = "placement/zone"
    "physical_connection_requirements.security_group_id_list" = "reference"
    "physical_connection_requirements.subnet_id"              = "reference"
  }
}

resource "aws_glue_security_configuration" {
  kind = "part"
  aspects = {
    name                                                            = "identity"
    "encryption_configuration.cloudwatch_encryption.kms_key_arn"    = "reference"
    "encryption_configuration.job_bookmarks_encryption.kms_key_arn" = "reference"
    "encryption_configuration.s3_encryption.kms_key_arn"            = "reference"
  }
}

resource "aws_glue_catalog_database" {
  kind = "part"
  sets = ["create_table_default_permission"]
  aspects = {
    name                                 = "identity"
    catalog_id                           = "identity"
    location_uri                         = "reference"
    parameters                           = "setting"
    "federated_database.connection_name" = "reference"
    "federated_database.identifier"      = "reference"
    "target_database.catalog_id"         = "reference"
    "target_database.database_name"      = "reference"
    "target_database.region"             = "placement"
  }
}

resource "aws_glue_catalog_table" {
  kind = "part"
  sets = ["partition_index"]
  aspects = {
    name          = "setting"
    catalog_id    = "identity"
    database_name = "reference"
    owner         = "identity"
    # Crawlers write counts and times there.
    parameters                                                  = "identity"
    "partition_keys.comment"                                    = "identity"
    "storage_descriptor.columns.comment"                        = "identity"
    "storage_descriptor.location"                               = "reference"
    "storage_descriptor.parameters"                             = "identity"
    "storage_descriptor.schema_reference.schema_version_number" = "identity"
    "open_table_format_input.iceberg_input.version"             = "setting"
    "target_table.database_name"                                = "reference"
    "target_table.region"                                       = "placement"
  }
}

resource "aws_athena_workgroup" {
  kind = "part"
  aspects = {
    name                                                                      = "identity"
    state                                                                     = "setting"
    "configuration.bytes_scanned_cutoff_per_query"                            = "setting"
    "configuration.execution_role"                                            = "reference"
    "configuration.engine_version.selected_engine_version"                    = "version/engine"
    "configuration.publish_cloudwatch_metrics_enabled"                        = "monitoring/metrics:on"
    "configuration.result_configuration.encryption_configuration.kms_key_arn" = "reference"
    "configuration.result_configuration.expected_bucket_owner"                = "reference"
    "configuration.result_configuration.output_location"                      = "reference"
    force_destroy                                                             = "identity"
  }
}

resource "aws_athena_database" {
  kind = "part"
  aspects = {
    name                               = "identity"
    bucket                             = "reference"
    comment                            = "identity"
    "encryption_configuration.kms_key" = "reference"
    expected_bucket_owner              = "reference"
    force_destroy                      = "identity"
  }
}

resource "aws_athena_named_query" {
  kind = "part"
  aspects = {
    name      = "identity"
    database  = "reference"
    query     = "setting"
    workgroup = "reference"
  }
}

resource "aws_lakeformation_resource" {
  kind = "part"
  aspects = {
    arn           = "reference"
    role_arn      = "reference"
    last_modified = "identity"
  }
}
