# Containers: ECS, EKS, App Runner, image registries, and application autoscaling.

resource "aws_ecs_cluster" {
  kind = "cluster"
  aspects = {
    name                                                                                           = "identity"
    setting                                                                                        = "monitoring/metrics"
    "configuration.execute_command_configuration.kms_key_id"                                       = "reference"
    "configuration.execute_command_configuration.logging"                                          = "monitoring/log-group"
    "configuration.execute_command_configuration.log_configuration.cloud_watch_log_group_name"     = "reference"
    "configuration.execute_command_configuration.log_configuration.s3_bucket_name"                 = "reference"
    "service_connect_defaults.namespace"                                                           = "reference"
    "configuration.execute_command_configuration.log_configuration.cloud_watch_encryption_enabled" = "setting"
    "configuration.execute_command_configuration.log_configuration.s3_bucket_encryption_enabled"   = "setting"
    "configuration.execute_command_configuration.log_configuration.s3_key_prefix"                  = "identity"
  }
}

resource "aws_ecs_cluster_capacity_providers" {
  kind = "part"
  aspects = {
    cluster_name                                           = "reference"
    capacity_providers                                     = "reference"
    "default_capacity_provider_strategy.base"              = "count/bound"
    "default_capacity_provider_strategy.capacity_provider" = "reference"
  }
}

resource "aws_ecs_capacity_provider" {
  kind = "part"
  aspects = {
    name                                                                    = "identity"
    "auto_scaling_group_provider.auto_scaling_group_arn"                    = "reference"
    "auto_scaling_group_provider.managed_scaling.minimum_scaling_step_size" = "count/bound"
    "auto_scaling_group_provider.managed_scaling.maximum_scaling_step_size" = "count/bound"
    # A percentage of use to aim for, not a number of members.
    "auto_scaling_group_provider.managed_scaling.target_capacity" = "setting"
  }
}

resource "aws_ecs_service" {
  kind    = "compute"
  scale   = "proportional"
  members = scheduling_strategy == "DAEMON" ? 1 : coalesce(desired_count, 0)
  host    = "cluster"
  maps    = ["live.images"]
  aspects = {
    "live.images"                                                                           = "version/digest"
    "live.hosts"                                                                            = "identity"
    "live.zones"                                                                            = "identity"
    name                                                                                    = "identity"
    cluster                                                                                 = "reference"
    task_definition                                                                         = "reference"
    iam_role                                                                                = "reference"
    desired_count                                                                           = "count/members"
    platform_version                                                                        = "version/platform"
    launch_type                                                                             = "setting"
    force_new_deployment                                                                    = "identity"
    triggers                                                                                = "identity"
    wait_for_steady_state                                                                   = "identity"
    health_check_grace_period_seconds                                                       = "setting"
    "alarms.alarm_names"                                                                    = "reference"
    "alarms.enable"                                                                         = "monitoring/alarm:on"
    "capacity_provider_strategy.base"                                                       = "count/bound"
    "capacity_provider_strategy.capacity_provider"                                          = "reference"
    "load_balancer.elb_name"                                                                = "reference"
    "load_balancer.target_group_arn"                                                        = "reference"
    "network_configuration.security_groups"                                                 = "reference"
    "network_configuration.subnets"                                                         = "reference"
    "service_connect_configuration.namespace"                                               = "reference"
    "service_connect_configuration.log_configuration"                                       = "monitoring/log-group"
    "service_connect_configuration.log_configuration.secret_option.value_from"              = "reference"
    "service_connect_configuration.service.tls.kms_key"                                     = "reference"
    "service_connect_configuration.service.tls.role_arn"                                    = "reference"
    "service_connect_configuration.service.tls.issuer_cert_authority.aws_pca_authority_arn" = "reference"
    "service_registries.registry_arn"                                                       = "reference"
    "load_balancer.container_name"                                                          = "setting"
    "load_balancer.container_port"                                                          = "setting"
  }
}

resource "aws_ecs_task_set" {
  kind = "compute"
  host = "cluster"
  aspects = {
    cluster                   = "reference"
    service                   = "reference"
    task_definition           = "reference"
    external_id               = "identity"
    platform_version          = "version/platform"
    force_delete              = "identity"
    wait_until_stable         = "identity"
    wait_until_stable_timeout = "identity"
    # Says how far a rollout has come.
    scale                                          = "identity"
    "capacity_provider_strategy.base"              = "count/bound"
    "capacity_provider_strategy.capacity_provider" = "reference"
    "load_balancer.load_balancer_name"             = "reference"
    "load_balancer.target_group_arn"               = "reference"
    "network_configuration.security_groups"        = "reference"
    "network_configuration.subnets"                = "reference"
    "service_registries.registry_arn"              = "reference"
    "load_balancer.container_name"                 = "setting"
    "load_balancer.container_port"                 = "setting"
  }
}

resource "aws_ecs_task_definition" {
  kind = "template"
  sets = [
    "container_definitions",
    "container_definitions.environment",
    "container_definitions.environmentFiles",
    "container_definitions.mountPoints",
    "container_definitions.portMappings",
    "container_definitions.secrets",
    "container_definitions.systemControls",
    "container_definitions.ulimits",
    "container_definitions.volumesFrom",
  ]
  maps = ["live.images"]
  aspects = {
    "live.images"                                                                                    = "version/digest"
    family                                                                                           = "identity"
    revision                                                                                         = "identity"
    skip_destroy                                                                                     = "identity"
    track_latest                                                                                     = "identity"
    cpu                                                                                              = "size/amount"
    memory                                                                                           = "size/amount"
    execution_role_arn                                                                               = "reference"
    task_role_arn                                                                                    = "reference"
    "ephemeral_storage.size_in_gib"                                                                  = "size/storage"
    "inference_accelerator.device_type"                                                              = "size/machine"
    "runtime_platform"                                                                               = "version/platform"
    "volume.efs_volume_configuration.file_system_id"                                                 = "reference"
    "volume.efs_volume_configuration.authorization_config.access_point_id"                           = "reference"
    "volume.fsx_windows_file_server_volume_configuration.file_system_id"                             = "reference"
    "volume.fsx_windows_file_server_volume_configuration.authorization_config.credentials_parameter" = "reference"
    container_definitions                                                                            = "setting"
    "container_definitions.image"                                                                    = "version/image"
    "container_definitions.cpu"                                                                      = "size/amount"
    "container_definitions.memory"                                                                   = "size/amount"
    "container_definitions.memoryReservation"                                                        = "size/amount"
    "container_definitions.resourceRequirements"                                                     = "size/amount"
    "container_definitions.environment"                                                              = "setting/environment"
    "container_definitions.environmentFiles"                                                         = "reference"
    "container_definitions.secrets"                                                                  = "setting/environment"
    "container_definitions.secrets.valueFrom"                                                        = "reference"
    "container_definitions.repositoryCredentials"                                                    = "reference"
    "container_definitions.healthCheck"                                                              = "monitoring/health-check"
    "container_definitions.logConfiguration"                                                         = "monitoring/log-group"
    "container_definitions.logConfiguration.secretOptions.valueFrom"                                 = "reference"
    "container_definitions.logConfiguration.options.awslogs-create-group"                            = "identity"
    "container_definitions.logConfiguration.options.awslogs-region"                                  = "placement"
    "container_definitions.logConfiguration.options.awslogs-stream-prefix"                           = "identity"
  }
}

resource "aws_ecs_account_setting_default" {
  kind = "part"
  aspects = {
    # Which setting it is, not a name of its own.
    name          = "setting"
    value         = "setting"
    principal_arn = "identity"
  }
}

resource "aws_appautoscaling_target" {
  kind = "policy"
  aspects = {
    resource_id        = "reference"
    role_arn           = "reference"
    scalable_dimension = "setting"
    min_capacity       = "count/bound"
    max_capacity       = "count/capacity"
  }
}

resource "aws_appautoscaling_policy" {
  kind = "policy"
  aspects = {
    name                                                                                          = "identity"
    resource_id                                                                                   = "reference"
    scalable_dimension                                                                            = "setting"
    "step_scaling_policy_configuration.min_adjustment_magnitude"                                  = "count/bound"
    "step_scaling_policy_configuration.step_adjustment.scaling_adjustment"                        = "count/bound"
    "target_tracking_scaling_policy_configuration.predefined_metric_specification.resource_label" = "reference"
  }
}

resource "aws_appautoscaling_scheduled_action" {
  kind = "policy"
  aspects = {
    name                                  = "identity"
    resource_id                           = "reference"
    scalable_dimension                    = "setting"
    start_time                            = "identity"
    end_time                              = "identity"
    "scalable_target_action.min_capacity" = "count/bound"
    "scalable_target_action.max_capacity" = "count/bound"
  }
}

resource "aws_eks_cluster" {
  kind = "cluster"
  aspects = {
    name                      = "identity"
    version                   = "version/platform"
    platform_version          = "identity"
    role_arn                  = "reference"
    enabled_cluster_log_types = "monitoring/log-group"
    # Only heard when the cluster is made.
    "access_config.bootstrap_cluster_creator_admin_permissions" = "identity"
    "encryption_config.provider.key_arn"                        = "reference"
    "kubernetes_network_config.service_ipv4_cidr"               = "placement"
    "kubernetes_network_config.service_ipv6_cidr"               = "placement"
    "outpost_config.control_plane_instance_type"                = "size/machine"
    "outpost_config.control_plane_placement.group_name"         = "reference"
    "outpost_config.outpost_arns"                               = "placement"
    "vpc_config.security_group_ids"                             = "reference"
    "vpc_config.subnet_ids"                                     = "reference"
    "vpc_config.public_access_cidrs"                            = "setting"
  }
}

resource "aws_eks_node_group" {
  kind    = "compute"
  scale   = "proportional"
  members = try(coalesce(scaling_config[0].desired_size, 0), 1)
  host    = "cluster_name"
  aspects = {
    node_group_name                           = "identity"
    node_group_name_prefix                    = "identity"
    cluster_name                              = "reference"
    node_role_arn                             = "reference"
    subnet_ids                                = "reference"
    version                                   = "version/platform"
    release_version                           = "version/image"
    ami_type                                  = "version/platform"
    force_update_version                      = "identity"
    instance_types                            = "size/machine"
    disk_size                                 = "size/storage"
    "scaling_config.desired_size"             = "count/members"
    "scaling_config.min_size"                 = "count/bound"
    "scaling_config.max_size"                 = "count/bound"
    "update_config.max_unavailable"           = "count/bound"
    "launch_template.id"                      = "reference"
    "launch_template.name"                    = "reference"
    "launch_template.version"                 = "identity"
    "remote_access.ec2_ssh_key"               = "reference"
    "remote_access.source_security_group_ids" = "reference"
    labels                                    = "setting"
  }
}

resource "aws_eks_addon" {
  kind = "part"
  aspects = {
    # Which add-on it is, not a name of its own.
    addon_name                  = "setting"
    addon_version               = "version/addon"
    cluster_name                = "reference"
    configuration_values        = "setting"
    service_account_role_arn    = "reference"
    preserve                    = "identity"
    resolve_conflicts           = "identity"
    resolve_conflicts_on_create = "identity"
    resolve_conflicts_on_update = "identity"
  }
}

resource "aws_eks_fargate_profile" {
  kind = "compute"
  host = "cluster_name"
  aspects = {
    fargate_profile_name   = "identity"
    cluster_name           = "reference"
    pod_execution_role_arn = "reference"
    subnet_ids             = "reference"
    "selector.labels"      = "setting"
  }
}

resource "aws_eks_access_entry" {
  kind = "identity"
  aspects = {
    cluster_name  = "reference"
    principal_arn = "reference"
    user_name     = "identity"
  }
}

resource "aws_eks_access_policy_association" {
  kind = "attachment"
  aspects = {
    cluster_name  = "reference"
    policy_arn    = "reference"
    principal_arn = "reference"
  }
}

resource "aws_eks_pod_identity_association" {
  kind = "attachment"
  aspects = {
    cluster_name = "reference"
    role_arn     = "reference"
  }
}

resource "aws_eks_identity_provider_config" {
  kind = "part"
  aspects = {
    cluster_name                         = "reference"
    "oidc.client_id"                     = "reference"
    "oidc.issuer_url"                    = "reference"
    "oidc.identity_provider_config_name" = "identity"
  }
}

resource "aws_ecr_repository" {
  kind = "registry"
  aspects = {
    name                               = "identity"
    force_delete                       = "identity"
    "encryption_configuration.kms_key" = "reference"
  }
}

resource "aws_ecr_lifecycle_policy" {
  kind = "part"
  aspects = {
    repository = "reference"
    policy     = "setting/policy"
  }
}

resource "aws_ecr_repository_policy" {
  kind = "policy"
  aspects = {
    repository = "reference"
    policy     = "setting/policy"
  }
}

resource "aws_ecr_registry_policy" {
  kind = "policy"
  aspects = {
    policy = "setting/policy"
  }
}

resource "aws_ecr_replication_configuration" {
  kind = "part"
  sets = ["replication_configuration.rule", "replication_configuration.rule.destination", "replication_configuration.rule.repository_filter"]
  aspects = {
    "replication_configuration.rule.destination.region"      = "placement"
    "replication_configuration.rule.destination.registry_id" = "reference"
  }
}

resource "aws_ecr_pull_through_cache_rule" {
  kind = "part"
  aspects = {
    credential_arn        = "reference"
    upstream_registry_url = "setting"
  }
}

resource "aws_ecr_registry_scanning_configuration" {
  kind = "part"
  aspects = {
    rule = "setting"
  }
}

resource "aws_ecrpublic_repository" {
  kind = "registry"
  aspects = {
    repository_name = "identity"
    force_destroy   = "identity"
    catalog_data    = "identity"
  }
}

resource "aws_apprunner_service" {
  kind = "compute"
  aspects = {
    service_name                                                                                                      = "identity"
    auto_scaling_configuration_arn                                                                                    = "reference"
    "encryption_configuration.kms_key"                                                                                = "reference"
    health_check_configuration                                                                                        = "monitoring/health-check"
    "health_check_configuration.interval"                                                                             = "monitoring/health-check:lower"
    "health_check_configuration.unhealthy_threshold"                                                                  = "monitoring/health-check:lower"
    "instance_configuration.cpu"                                                                                      = "size/amount"
    "instance_configuration.memory"                                                                                   = "size/amount"
    "instance_configuration.instance_role_arn"                                                                        = "reference"
    "network_configuration.egress_configuration.vpc_connector_arn"                                                    = "reference"
    "observability_configuration.observability_configuration_arn"                                                     = "reference"
    "observability_configuration.observability_enabled"                                                               = "monitoring/tracing:on"
    "source_configuration.authentication_configuration"                                                               = "reference"
    "source_configuration.code_repository.repository_url"                                                             = "reference"
    "source_configuration.code_repository.source_code_version"                                                        = "version/release"
    "source_configuration.code_repository.code_configuration.code_configuration_values.runtime"                       = "version/runtime"
    "source_configuration.code_repository.code_configuration.code_configuration_values.runtime_environment_secrets"   = "setting/environment"
    "source_configuration.code_repository.code_configuration.code_configuration_values.runtime_environment_variables" = "setting/environment"
    "source_configuration.image_repository.image_identifier"                                                          = "version/image"
    "source_configuration.image_repository.image_configuration.runtime_environment_secrets"                           = "setting/environment"
    "source_configuration.image_repository.image_configuration.runtime_environment_variables"                         = "setting/environment"
  }
}

resource "aws_apprunner_auto_scaling_configuration_version" {
  kind = "policy"
  aspects = {
    auto_scaling_configuration_name = "identity"
    min_size                        = "count/bound"
    max_size                        = "count/bound"
    max_concurrency                 = "setting"
  }
}

resource "aws_apprunner_connection" {
  kind = "part"
  aspects = {
    connection_name = "identity"
  }
}

resource "aws_apprunner_custom_domain_association" {
  kind = "attachment"
  aspects = {
    domain_name = "identity"
    service_arn = "reference"
  }
}

resource "aws_apprunner_vpc_connector" {
  kind = "network"
  aspects = {
    vpc_connector_name = "identity"
    security_groups    = "reference"
    subnets            = "reference"
  }
}

resource "aws_apprunner_observability_configuration" {
  kind = "part"
  aspects = {
    observability_configuration_name = "identity"
    trace_configuration              = "monitoring/tracing"
  }
}
