# Machines: instances, fleets, scaling groups, their templates, disks and images.

resource "aws_instance" {
  kind  = "compute"
  scale = "proportional"
  host  = "host_id"
  sets  = ["ipv6_addresses"]
  maps  = ["live.packages"]
  aspects = {
    "live.agent_version"   = "version/agent"
    "live.platform"        = "version/platform"
    "live.packages"        = "version/package"
    ami                    = "version/image"
    instance_type          = "size/machine"
    availability_zone      = "placement/zone"
    subnet_id              = "reference"
    vpc_security_group_ids = "reference"
    security_groups        = "reference"
    iam_instance_profile   = "reference"
    key_name               = "reference"
    placement_group        = "reference"
    host_id                = "reference"
    "launch_template.id"   = "reference"
    "launch_template.name" = "reference"
    # A revision number counts the edits in one environment only.
    "launch_template.version" = "identity"
    # The state holds a digest of user_data, but user_data_base64 as it is.
    user_data                   = "setting/opaque"
    user_data_base64            = "setting/script"
    user_data_replace_on_change = "identity"
    get_password_data           = "identity"
    associate_public_ip_address = "setting"
    private_ip                  = "identity"
    secondary_private_ips       = "identity"
    ipv6_addresses              = "identity"
    placement_partition_number  = "identity"
    # Follow from the machine size.
    cpu_core_count                                     = "identity"
    cpu_threads_per_core                               = "identity"
    "cpu_options.core_count"                           = "identity"
    tenancy                                            = "setting"
    monitoring                                         = "monitoring/metrics:on"
    metadata_options                                   = "setting"
    "instance_market_options.spot_options.valid_until" = "identity"
    volume_tags                                        = "setting/tag"
    "root_block_device.volume_size"                    = "size/storage"
    "root_block_device.volume_type"                    = "setting"
    "root_block_device.iops"                           = "count/capacity"
    "root_block_device.throughput"                     = "count/capacity"
    "root_block_device.kms_key_id"                     = "reference"
    "root_block_device.volume_id"                      = "identity"
    "root_block_device.device_name"                    = "identity"
    "ebs_block_device.volume_size"                     = "size/storage"
    "ebs_block_device.volume_type"                     = "setting"
    "ebs_block_device.iops"                            = "count/capacity"
    "ebs_block_device.throughput"                      = "count/capacity"
    "ebs_block_device.kms_key_id"                      = "reference"
    "ebs_block_device.volume_id"                       = "identity"
    # Data, not configuration: staging is seeded from other snapshots.
    "ebs_block_device.snapshot_id"                            = "identity"
    "network_interface.network_interface_id"                  = "reference"
    "instance_market_options.spot_options.spot_instance_type" = "setting"
  }
}

resource "aws_spot_instance_request" {
  kind  = "compute"
  scale = "proportional"
  sets  = ["ipv6_addresses"]
  aspects = {
    ami                                      = "version/image"
    instance_type                            = "size/machine"
    availability_zone                        = "placement/zone"
    subnet_id                                = "reference"
    vpc_security_group_ids                   = "reference"
    security_groups                          = "reference"
    iam_instance_profile                     = "reference"
    key_name                                 = "reference"
    placement_group                          = "reference"
    launch_group                             = "identity"
    "launch_template.id"                     = "reference"
    "launch_template.name"                   = "reference"
    "launch_template.version"                = "identity"
    user_data                                = "setting/opaque"
    user_data_base64                         = "setting/script"
    user_data_replace_on_change              = "identity"
    get_password_data                        = "identity"
    private_ip                               = "identity"
    secondary_private_ips                    = "identity"
    ipv6_addresses                           = "identity"
    placement_partition_number               = "identity"
    cpu_core_count                           = "identity"
    cpu_threads_per_core                     = "identity"
    "cpu_options.core_count"                 = "identity"
    spot_price                               = "setting"
    valid_from                               = "identity"
    valid_until                              = "identity"
    wait_for_fulfillment                     = "identity"
    monitoring                               = "monitoring/metrics:on"
    metadata_options                         = "setting"
    volume_tags                              = "setting/tag"
    "root_block_device.volume_size"          = "size/storage"
    "root_block_device.iops"                 = "count/capacity"
    "root_block_device.throughput"           = "count/capacity"
    "ebs_block_device.volume_size"           = "size/storage"
    "ebs_block_device.iops"                  = "count/capacity"
    "ebs_block_device.throughput"            = "count/capacity"
    "ebs_block_device.snapshot_id"           = "identity"
    "network_interface.network_interface_id" = "reference"
    associate_public_ip_address              = "setting"
  }
}

resource "aws_spot_fleet_request" {
  kind    = "compute"
  scale   = "proportional"
  members = target_capacity
  aspects = {
    target_capacity                                                     = "count/members"
    on_demand_target_capacity                                           = "count/bound"
    iam_fleet_role                                                      = "reference"
    load_balancers                                                      = "reference"
    target_group_arns                                                   = "reference"
    context                                                             = "identity"
    terminate_instances_on_delete                                       = "identity"
    valid_from                                                          = "identity"
    valid_until                                                         = "identity"
    wait_for_fulfillment                                                = "identity"
    "launch_specification.ami"                                          = "version/image"
    "launch_specification.instance_type"                                = "size/machine"
    "launch_specification.availability_zone"                            = "placement/zone"
    "launch_specification.iam_instance_profile"                         = "reference"
    "launch_specification.iam_instance_profile_arn"                     = "reference"
    "launch_specification.key_name"                                     = "reference"
    "launch_specification.placement_group"                              = "reference"
    "launch_specification.subnet_id"                                    = "reference"
    "launch_specification.vpc_security_group_ids"                       = "reference"
    "launch_specification.monitoring"                                   = "monitoring/metrics:on"
    "launch_specification.user_data"                                    = "setting/opaque"
    "launch_specification.root_block_device.volume_size"                = "size/storage"
    "launch_specification.root_block_device.iops"                       = "count/capacity"
    "launch_specification.root_block_device.throughput"                 = "count/capacity"
    "launch_specification.ebs_block_device.volume_size"                 = "size/storage"
    "launch_specification.ebs_block_device.iops"                        = "count/capacity"
    "launch_specification.ebs_block_device.throughput"                  = "count/capacity"
    "launch_specification.ebs_block_device.snapshot_id"                 = "identity"
    "launch_template_config.launch_template_specification.id"           = "reference"
    "launch_template_config.launch_template_specification.name"         = "reference"
    "launch_template_config.launch_template_specification.version"      = "identity"
    "launch_template_config.overrides.availability_zone"                = "placement/zone"
    "launch_template_config.overrides.instance_type"                    = "size/machine"
    "launch_template_config.overrides.subnet_id"                        = "reference"
    "launch_template_config.overrides.instance_requirements.memory_mib" = "size/amount"
    "launch_template_config.overrides.instance_requirements.vcpu_count" = "size/amount"
    "launch_specification.weighted_capacity"                            = "setting"
    "launch_template_config.overrides.weighted_capacity"                = "setting"
  }
}

resource "aws_ec2_fleet" {
  kind    = "compute"
  scale   = "proportional"
  members = try(target_capacity_specification[0].total_target_capacity, 1)
  aspects = {
    "target_capacity_specification.total_target_capacity"                       = "count/members"
    "target_capacity_specification.on_demand_target_capacity"                   = "count/bound"
    "target_capacity_specification.spot_target_capacity"                        = "count/bound"
    "on_demand_options.min_target_capacity"                                     = "count/bound"
    context                                                                     = "identity"
    fleet_state                                                                 = "identity"
    fulfilled_capacity                                                          = "identity"
    fulfilled_on_demand_capacity                                                = "identity"
    fleet_instance_set                                                          = "identity"
    terminate_instances                                                         = "identity"
    valid_from                                                                  = "identity"
    valid_until                                                                 = "identity"
    "launch_template_config.launch_template_specification.launch_template_id"   = "reference"
    "launch_template_config.launch_template_specification.launch_template_name" = "reference"
    "launch_template_config.launch_template_specification.version"              = "identity"
    "launch_template_config.override.availability_zone"                         = "placement/zone"
    "launch_template_config.override.instance_type"                             = "size/machine"
    "launch_template_config.override.subnet_id"                                 = "reference"
    "launch_template_config.override.instance_requirements.memory_mib"          = "size/amount"
    "launch_template_config.override.instance_requirements.vcpu_count"          = "size/amount"
    "launch_template_config.override.weighted_capacity"                         = "setting"
    "on_demand_options.single_availability_zone"                                = "setting"
    "on_demand_options.single_instance_type"                                    = "setting"
  }
}

resource "aws_launch_template" {
  kind = "template"
  sets = ["block_device_mappings", "tag_specifications"]
  aspects = {
    name                                                      = "identity"
    name_prefix                                               = "identity"
    default_version                                           = "identity"
    latest_version                                            = "identity"
    update_default_version                                    = "identity"
    image_id                                                  = "version/image"
    kernel_id                                                 = "version/image"
    ram_disk_id                                               = "version/image"
    instance_type                                             = "size/machine"
    "instance_requirements.memory_mib"                        = "size/amount"
    "instance_requirements.vcpu_count"                        = "size/amount"
    user_data                                                 = "setting/script"
    key_name                                                  = "reference"
    iam_instance_profile                                      = "reference"
    vpc_security_group_ids                                    = "reference"
    security_group_names                                      = "reference"
    "block_device_mappings.ebs.volume_size"                   = "size/storage"
    "block_device_mappings.ebs.iops"                          = "count/capacity"
    "block_device_mappings.ebs.throughput"                    = "count/capacity"
    "block_device_mappings.ebs.kms_key_id"                    = "reference"
    "block_device_mappings.ebs.snapshot_id"                   = "identity"
    "cpu_options.core_count"                                  = "size/amount"
    "instance_market_options.spot_options.valid_until"        = "identity"
    metadata_options                                          = "setting"
    "monitoring.enabled"                                      = "monitoring/metrics:on"
    "network_interfaces.network_interface_id"                 = "reference"
    "network_interfaces.private_ip_address"                   = "identity"
    "network_interfaces.ipv4_addresses"                       = "identity"
    "network_interfaces.ipv4_prefixes"                        = "identity"
    "network_interfaces.ipv6_addresses"                       = "identity"
    "network_interfaces.ipv6_prefixes"                        = "identity"
    "network_interfaces.security_groups"                      = "reference"
    "network_interfaces.subnet_id"                            = "reference"
    "placement.availability_zone"                             = "placement/zone"
    "placement.group_name"                                    = "reference"
    "placement.host_id"                                       = "reference"
    "placement.partition_number"                              = "identity"
    tag_specifications                                        = "setting/tag"
    "instance_market_options.spot_options.spot_instance_type" = "setting"
  }
}

resource "aws_launch_configuration" {
  kind = "template"
  aspects = {
    name                            = "identity"
    name_prefix                     = "identity"
    image_id                        = "version/image"
    instance_type                   = "size/machine"
    iam_instance_profile            = "reference"
    key_name                        = "reference"
    security_groups                 = "reference"
    enable_monitoring               = "monitoring/metrics:on"
    metadata_options                = "setting"
    user_data                       = "setting/opaque"
    user_data_base64                = "setting/script"
    "root_block_device.volume_size" = "size/storage"
    "root_block_device.iops"        = "count/capacity"
    "root_block_device.throughput"  = "count/capacity"
    "ebs_block_device.volume_size"  = "size/storage"
    "ebs_block_device.iops"         = "count/capacity"
    "ebs_block_device.throughput"   = "count/capacity"
    "ebs_block_device.snapshot_id"  = "identity"
    associate_public_ip_address     = "setting"
  }
}

resource "aws_autoscaling_group" {
  kind    = "compute"
  scale   = "proportional"
  members = try(coalesce(desired_capacity, min_size), 1)
  set_by = {
    target_group_arns = ["aws_autoscaling_attachment"]
    load_balancers    = ["aws_autoscaling_attachment"]
    traffic_source    = ["aws_autoscaling_traffic_source_attachment", "aws_autoscaling_attachment"]
  }
  maps = ["live.packages"]
  aspects = {
    "live.machine_images"                                                                                = "version/image"
    "live.agent_version"                                                                                 = "version/agent"
    "live.platform"                                                                                      = "version/platform"
    "live.packages"                                                                                      = "version/package"
    "live.zones"                                                                                         = "identity"
    name                                                                                                 = "identity"
    name_prefix                                                                                          = "identity"
    desired_capacity                                                                                     = "count/members"
    min_size                                                                                             = "count/bound"
    max_size                                                                                             = "count/bound"
    availability_zones                                                                                   = "placement/zone"
    vpc_zone_identifier                                                                                  = "reference"
    launch_configuration                                                                                 = "reference"
    "launch_template.id"                                                                                 = "reference"
    "launch_template.name"                                                                               = "reference"
    "launch_template.version"                                                                            = "identity"
    load_balancers                                                                                       = "reference"
    target_group_arns                                                                                    = "reference"
    traffic_source                                                                                       = "reference"
    placement_group                                                                                      = "reference"
    service_linked_role_arn                                                                              = "reference"
    health_check_type                                                                                    = "monitoring/health-check"
    health_check_grace_period                                                                            = "setting"
    enabled_metrics                                                                                      = "monitoring/metrics"
    metrics_granularity                                                                                  = "monitoring/metrics"
    context                                                                                              = "identity"
    force_delete                                                                                         = "identity"
    force_delete_warm_pool                                                                               = "identity"
    ignore_failed_scaling_activities                                                                     = "identity"
    min_elb_capacity                                                                                     = "identity"
    wait_for_capacity_timeout                                                                            = "identity"
    wait_for_elb_capacity                                                                                = "identity"
    predicted_capacity                                                                                   = "identity"
    warm_pool_size                                                                                       = "identity"
    "warm_pool.min_size"                                                                                 = "count/bound"
    "warm_pool.max_group_prepared_capacity"                                                              = "count/bound"
    "initial_lifecycle_hook.notification_metadata"                                                       = "setting"
    "initial_lifecycle_hook.notification_target_arn"                                                     = "reference"
    "mixed_instances_policy.instances_distribution.on_demand_base_capacity"                              = "count/bound"
    "mixed_instances_policy.launch_template.launch_template_specification.launch_template_id"            = "reference"
    "mixed_instances_policy.launch_template.launch_template_specification.launch_template_name"          = "reference"
    "mixed_instances_policy.launch_template.launch_template_specification.version"                       = "identity"
    "mixed_instances_policy.launch_template.override.instance_type"                                      = "size/machine"
    "mixed_instances_policy.launch_template.override.instance_requirements.memory_mib"                   = "size/amount"
    "mixed_instances_policy.launch_template.override.instance_requirements.vcpu_count"                   = "size/amount"
    "mixed_instances_policy.launch_template.override.launch_template_specification.launch_template_id"   = "reference"
    "mixed_instances_policy.launch_template.override.launch_template_specification.launch_template_name" = "reference"
    "mixed_instances_policy.launch_template.override.launch_template_specification.version"              = "identity"
    tag                                                                                                  = "setting/tag"
    desired_capacity_type                                                                                = "setting"
    "mixed_instances_policy.instances_distribution.on_demand_percentage_above_base_capacity"             = "setting"
    "mixed_instances_policy.launch_template.override.weighted_capacity"                                  = "setting"
  }
}

resource "aws_autoscaling_policy" {
  kind = "policy"
  sets = ["target_tracking_configuration.customized_metric_specification.metric_dimension"]
  aspects = {
    name                   = "identity"
    autoscaling_group_name = "reference"
    # Steps are counted in members, and so shrink with the group.
    min_adjustment_magnitude                                                                                       = "count/bound"
    scaling_adjustment                                                                                             = "count/bound"
    "step_adjustment.scaling_adjustment"                                                                           = "count/bound"
    "target_tracking_configuration.predefined_metric_specification.resource_label"                                 = "reference"
    "predictive_scaling_configuration.metric_specification.predefined_load_metric_specification.resource_label"    = "reference"
    "predictive_scaling_configuration.metric_specification.predefined_metric_pair_specification.resource_label"    = "reference"
    "predictive_scaling_configuration.metric_specification.predefined_scaling_metric_specification.resource_label" = "reference"
    "target_tracking_configuration.customized_metric_specification.metric_dimension"                               = "setting"
  }
}

resource "aws_autoscaling_schedule" {
  kind = "policy"
  aspects = {
    scheduled_action_name  = "identity"
    autoscaling_group_name = "reference"
    desired_capacity       = "count/bound"
    min_size               = "count/bound"
    max_size               = "count/bound"
    start_time             = "identity"
    end_time               = "identity"
  }
}

resource "aws_autoscaling_attachment" {
  kind = "attachment"
  aspects = {
    autoscaling_group_name = "reference"
    elb                    = "reference"
    lb_target_group_arn    = "reference"
  }
}

resource "aws_autoscaling_traffic_source_attachment" {
  kind = "attachment"
  aspects = {
    autoscaling_group_name      = "reference"
    "traffic_source.identifier" = "reference"
  }
}

resource "aws_autoscaling_lifecycle_hook" {
  kind = "part"
  aspects = {
    name                    = "identity"
    autoscaling_group_name  = "reference"
    notification_target_arn = "reference"
    role_arn                = "reference"
  }
}

resource "aws_autoscaling_notification" {
  kind = "alarm"
  aspects = {
    group_names   = "reference"
    topic_arn     = "reference"
    notifications = "monitoring/alarm"
  }
}

resource "aws_autoscaling_group_tag" {
  kind = "part"
  aspects = {
    autoscaling_group_name = "reference"
    tag                    = "setting/tag"
  }
}

resource "aws_ebs_volume" {
  kind = "storage"
  aspects = {
    availability_zone = "placement/zone"
    size              = "size/storage"
    iops              = "count/capacity"
    throughput        = "count/capacity"
    type              = "setting"
    encrypted         = "setting"
    kms_key_id        = "reference"
    outpost_arn       = "placement"
    snapshot_id       = "identity"
    final_snapshot    = "identity"
  }
}

resource "aws_volume_attachment" {
  kind = "attachment"
  aspects = {
    device_name                    = "setting"
    instance_id                    = "reference"
    volume_id                      = "reference"
    force_detach                   = "identity"
    skip_destroy                   = "identity"
    stop_instance_before_detaching = "identity"
  }
}

resource "aws_ebs_snapshot" {
  kind = "part"
  aspects = {
    volume_id              = "reference"
    outpost_arn            = "placement"
    permanent_restore      = "identity"
    temporary_restore_days = "identity"
  }
}

resource "aws_ebs_encryption_by_default" {
  kind = "part"
  aspects = {
    enabled = "setting"
  }
}

resource "aws_ebs_default_kms_key" {
  kind = "part"
  aspects = {
    key_arn = "reference"
  }
}

resource "aws_dlm_lifecycle_policy" {
  kind = "policy"
  sets = ["policy_details.resource_types", "policy_details.resource_locations", "policy_details.schedule.create_rule.times"]
  aspects = {
    execution_role_arn                                             = "reference"
    "policy_details.target_tags"                                   = "setting/tag"
    "policy_details.schedule.tags_to_add"                          = "setting/tag"
    "policy_details.schedule.variable_tags"                        = "setting/tag"
    "policy_details.schedule.fast_restore_rule.availability_zones" = "placement/zone"
    state                                                          = "setting"
    "policy_details.schedule.retain_rule.count"                    = "setting"
    "policy_details.schedule.deprecate_rule.count"                 = "setting"
    "policy_details.schedule.fast_restore_rule.count"              = "setting"
    "policy_details.schedule.create_rule.location"                 = "setting"
  }
}

resource "aws_ami" {
  kind = "template"
  aspects = {
    name                           = "identity"
    deprecation_time               = "identity"
    image_location                 = "identity"
    kernel_id                      = "version/image"
    ramdisk_id                     = "version/image"
    "ebs_block_device.volume_size" = "size/storage"
    "ebs_block_device.iops"        = "count/capacity"
    "ebs_block_device.throughput"  = "count/capacity"
    "ebs_block_device.snapshot_id" = "version/image"
    "ebs_block_device.outpost_arn" = "placement"
  }
}

resource "aws_ami_copy" {
  kind = "template"
  aspects = {
    name                    = "identity"
    deprecation_time        = "identity"
    source_ami_id           = "version/image"
    source_ami_region       = "placement"
    destination_outpost_arn = "placement"
    kms_key_id              = "reference"
    ebs_block_device        = "identity"
    ephemeral_block_device  = "identity"
  }
}

resource "aws_ami_from_instance" {
  kind = "template"
  aspects = {
    name                    = "identity"
    deprecation_time        = "identity"
    source_instance_id      = "reference"
    snapshot_without_reboot = "identity"
    ebs_block_device        = "identity"
    ephemeral_block_device  = "identity"
  }
}

resource "aws_key_pair" {
  kind = "key"
  aspects = {
    key_name        = "identity"
    key_name_prefix = "identity"
    # Each environment has its own pair.
    public_key = "identity"
  }
}

resource "aws_placement_group" {
  kind = "part"
  aspects = {
    name            = "identity"
    partition_count = "count/bound"
  }
}

resource "aws_ec2_host" {
  kind  = "compute"
  scale = "proportional"
  aspects = {
    asset_id          = "identity"
    availability_zone = "placement/zone"
    instance_family   = "size/machine"
    instance_type     = "size/machine"
    outpost_arn       = "placement"
  }
}

resource "aws_ec2_capacity_reservation" {
  kind = "part"
  aspects = {
    availability_zone   = "placement/zone"
    instance_count      = "count/capacity"
    instance_platform   = "version/platform"
    instance_type       = "size/machine"
    outpost_arn         = "placement"
    placement_group_arn = "reference"
    end_date            = "identity"
  }
}

resource "aws_ec2_instance_state" {
  kind = "part"
  aspects = {
    instance_id = "reference"
    state       = "setting"
    force       = "identity"
  }
}
