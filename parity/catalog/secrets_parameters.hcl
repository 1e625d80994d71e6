# Managed configuration: Secrets Manager, Systems Manager, AppConfig, service quotas.

resource "aws_secretsmanager_secret" {
  kind = "secret"
  set_by = {
    policy = ["aws_secretsmanager_secret_policy"]
  }
  aspects = {
    name                           = "identity"
    name_prefix                    = "identity"
    kms_key_id                     = "reference"
    policy                         = "setting/policy"
    "replica.kms_key_id"           = "reference"
    "replica.region"               = "placement"
    force_overwrite_replica_secret = "identity"
    recovery_window_in_days        = "identity"
  }
}

resource "aws_secretsmanager_secret_version" {
  kind = "secret"
  aspects = {
    secret_id      = "reference"
    secret_binary  = "secret"
    secret_string  = "secret"
    version_id     = "identity"
    version_stages = "identity"
  }
}

resource "aws_secretsmanager_secret_rotation" {
  kind = "part"
  aspects = {
    secret_id           = "reference"
    rotation_lambda_arn = "reference"
    rotation_rules      = "setting"
    rotate_immediately  = "identity"
  }
}

resource "aws_secretsmanager_secret_policy" {
  kind = "policy"
  aspects = {
    secret_arn          = "reference"
    policy              = "setting/policy"
    block_public_policy = "identity"
  }
}

resource "aws_ssm_parameter" {
  kind = "parameter"
  aspects = {
    name    = "identity"
    arn     = "identity"
    version = "identity"
    # The engine takes it for a secret where type is SecureString.
    value           = "setting/parameter"
    insecure_value  = "setting/parameter"
    type            = "setting"
    data_type       = "setting"
    allowed_pattern = "setting"
    key_id          = "reference"
    # What AWS charges for it, no size.
    tier      = "identity"
    overwrite = "identity"
  }
}

resource "aws_ssm_document" {
  kind = "template"
  aspects = {
    name             = "identity"
    content          = "setting"
    permissions      = "setting"
    version_name     = "identity"
    default_version  = "identity"
    document_version = "identity"
    latest_version   = "identity"
    schema_version   = "identity"
  }
}

resource "aws_ssm_association" {
  kind = "policy"
  sets = ["targets", "targets.values"]
  aspects = {
    # The document that it applies.
    name                             = "reference"
    association_name                 = "identity"
    document_version                 = "identity"
    instance_id                      = "reference"
    parameters                       = "setting/parameter"
    max_concurrency                  = "setting"
    "output_location.s3_bucket_name" = "reference"
    "output_location.s3_region"      = "placement"
    "targets.values"                 = "reference"
    wait_for_success_timeout_seconds = "identity"
  }
}

resource "aws_ssm_maintenance_window" {
  kind = "policy"
  aspects = {
    name       = "identity"
    start_date = "identity"
    end_date   = "identity"
  }
}

resource "aws_ssm_maintenance_window_target" {
  kind = "part"
  sets = ["targets", "targets.values"]
  aspects = {
    name              = "identity"
    owner_information = "identity"
    window_id         = "reference"
    "targets.values"  = "reference"
  }
}

resource "aws_ssm_maintenance_window_task" {
  kind = "part"
  sets = ["targets", "targets.values"]
  aspects = {
    name                                                                                     = "identity"
    window_id                                                                                = "reference"
    window_task_id                                                                           = "identity"
    service_role_arn                                                                         = "reference"
    task_arn                                                                                 = "reference"
    max_concurrency                                                                          = "setting"
    "targets.values"                                                                         = "reference"
    task_invocation_parameters                                                               = "setting/parameter"
    "task_invocation_parameters.automation_parameters.document_version"                      = "identity"
    "task_invocation_parameters.lambda_parameters.payload"                                   = "secret"
    "task_invocation_parameters.lambda_parameters.qualifier"                                 = "identity"
    "task_invocation_parameters.run_command_parameters.document_version"                     = "identity"
    "task_invocation_parameters.run_command_parameters.notification_config.notification_arn" = "reference"
    "task_invocation_parameters.run_command_parameters.output_s3_bucket"                     = "reference"
    "task_invocation_parameters.run_command_parameters.output_s3_key_prefix"                 = "identity"
    "task_invocation_parameters.run_command_parameters.service_role_arn"                     = "reference"
    "task_invocation_parameters.run_command_parameters.comment"                              = "identity"
    "task_invocation_parameters.step_functions_parameters.input"                             = "secret"
    "task_invocation_parameters.step_functions_parameters.name"                              = "identity"
  }
}

resource "aws_ssm_patch_baseline" {
  kind = "policy"
  sets = ["approval_rule.patch_filter", "global_filter"]
  aspects = {
    name                               = "identity"
    "approval_rule.approve_until_date" = "identity"
  }
}

resource "aws_ssm_patch_group" {
  kind = "attachment"
  aspects = {
    baseline_id = "reference"
    patch_group = "identity"
  }
}

resource "aws_ssm_activation" {
  kind = "identity"
  aspects = {
    name               = "identity"
    activation_code    = "secret"
    expiration_date    = "identity"
    iam_role           = "reference"
    registration_limit = "count/capacity"
  }
}

resource "aws_ssm_resource_data_sync" {
  kind = "part"
  aspects = {
    name                         = "identity"
    "s3_destination.bucket_name" = "reference"
    "s3_destination.kms_key_arn" = "reference"
    "s3_destination.prefix"      = "identity"
    "s3_destination.region"      = "placement"
  }
}

resource "aws_appconfig_application" {
  kind = "parameter"
  aspects = {
    name = "identity"
  }
}

resource "aws_appconfig_environment" {
  kind = "parameter"
  aspects = {
    name                     = "identity"
    application_id           = "reference"
    state                    = "identity"
    "monitor.alarm_arn"      = "reference"
    "monitor.alarm_role_arn" = "reference"
  }
}

resource "aws_appconfig_configuration_profile" {
  kind = "parameter"
  aspects = {
    name                = "identity"
    application_id      = "reference"
    kms_key_identifier  = "reference"
    location_uri        = "reference"
    retrieval_role_arn  = "reference"
    type                = "setting"
    "validator.content" = "setting"
    "validator.type"    = "setting"
  }
}

resource "aws_appconfig_hosted_configuration_version" {
  kind = "parameter"
  aspects = {
    application_id           = "reference"
    configuration_profile_id = "reference"
    # Configuration like an SSM parameter, though the provider calls all of it sensitive.
    content        = "setting/parameter"
    content_type   = "setting"
    version_number = "identity"
  }
}

resource "aws_appconfig_deployment" {
  kind = "parameter"
  aspects = {
    application_id           = "reference"
    configuration_profile_id = "reference"
    # Versions count within one environment.
    configuration_version  = "identity"
    deployment_strategy_id = "reference"
    environment_id         = "reference"
    kms_key_identifier     = "reference"
    state                  = "identity"
  }
}

resource "aws_appconfig_deployment_strategy" {
  kind = "policy"
  aspects = {
    name                           = "identity"
    deployment_duration_in_minutes = "setting"
    final_bake_time_in_minutes     = "setting"
  }
}

resource "aws_servicequotas_service_quota" {
  kind = "part"
  aspects = {
    value = "count/capacity"
  }
}
