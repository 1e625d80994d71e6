# How software arrives: CodeDeploy, CodePipeline, CodeBuild, CloudFormation, Amplify.

resource "aws_codedeploy_app" {
  kind = "delivery"
  aspects = {
    name             = "identity"
    application_id   = "identity"
    compute_platform = "setting"
  }
}

resource "aws_codedeploy_deployment_config" {
  kind = "delivery"
  aspects = {
    deployment_config_name        = "identity"
    deployment_config_id          = "identity"
    "minimum_healthy_hosts.type"  = "setting"
    "minimum_healthy_hosts.value" = "count/bound"
  }
}

resource "aws_codedeploy_deployment_group" {
  kind = "delivery"
  aspects = {
    deployment_group_name                           = "identity"
    deployment_group_id                             = "identity"
    app_name                                        = "reference"
    autoscaling_groups                              = "reference"
    deployment_config_name                          = "reference"
    service_role_arn                                = "reference"
    alarm_configuration                             = "monitoring/alarm"
    "alarm_configuration.alarms"                    = "reference"
    "alarm_configuration.enabled"                   = "monitoring/alarm:on"
    "alarm_configuration.ignore_poll_alarm_failure" = "setting"
    ec2_tag_filter                                  = "setting/tag"
    ec2_tag_set                                     = "setting/tag"
    on_premises_instance_tag_filter                 = "setting/tag"
    "ecs_service.cluster_name"                      = "reference"
    "ecs_service.service_name"                      = "reference"
    load_balancer_info                              = "reference"
    "trigger_configuration.trigger_events"          = "monitoring/alarm"
    "trigger_configuration.trigger_name"            = "identity"
    "trigger_configuration.trigger_target_arn"      = "reference"
    "load_balancer_info.target_group_pair_info"     = "reference"
  }
}

resource "aws_codepipeline" {
  kind = "delivery"
  aspects = {
    name                            = "identity"
    role_arn                        = "reference"
    "artifact_store.location"       = "reference"
    "artifact_store.region"         = "placement"
    "artifact_store.encryption_key" = "reference"
    stage                           = "setting"
    "stage.action.region"           = "placement"
    "stage.action.role_arn"         = "reference"
    # Of the kind of action, always 1 for those of AWS.
    "stage.action.version" = "setting"
    trigger                = "setting"
  }
}

resource "aws_codebuild_project" {
  kind = "delivery"
  sets = ["environment.environment_variable", "cache.modes"]
  aspects = {
    name                                                    = "identity"
    badge_url                                               = "identity"
    public_project_alias                                    = "identity"
    encryption_key                                          = "reference"
    resource_access_role                                    = "reference"
    service_role                                            = "reference"
    source_version                                          = "version/release"
    "secondary_source_version.source_version"               = "version/release"
    concurrent_build_limit                                  = "count/capacity"
    artifacts                                               = "setting"
    "artifacts.location"                                    = "reference"
    "artifacts.name"                                        = "identity"
    "build_batch_config.restrictions.compute_types_allowed" = "setting"
    "build_batch_config.service_role"                       = "reference"
    "cache.location"                                        = "reference"
    environment                                             = "setting"
    "environment.certificate"                               = "reference"
    "environment.compute_type"                              = "size/machine"
    "environment.image"                                     = "version/image"
    "environment.environment_variable"                      = "setting/environment"
    "environment.registry_credential.credential"            = "reference"
    "file_system_locations.location"                        = "reference"
    logs_config                                             = "monitoring/log-group"
    "logs_config.cloudwatch_logs.group_name"                = "reference"
    "logs_config.cloudwatch_logs.stream_name"               = "identity"
    "logs_config.s3_logs.location"                          = "reference"
    "secondary_artifacts.location"                          = "reference"
    "secondary_artifacts.name"                              = "identity"
    "secondary_sources.location"                            = "reference"
    "source.location"                                       = "reference"
    "vpc_config.security_group_ids"                         = "reference"
    "vpc_config.subnets"                                    = "reference"
    "vpc_config.vpc_id"                                     = "reference"
    "secondary_source_version.source_identifier"            = "setting"
  }
}

resource "aws_codebuild_webhook" {
  kind = "delivery"
  aspects = {
    project_name = "reference"
    secret       = "secret"
    payload_url  = "identity"
  }
}

resource "aws_codebuild_source_credential" {
  kind = "secret"
  aspects = {
    token     = "secret"
    user_name = "setting"
  }
}

resource "aws_codecommit_repository" {
  kind = "delivery"
  aspects = {
    repository_name = "identity"
    repository_id   = "identity"
    kms_key_id      = "reference"
    default_branch  = "setting"
  }
}

resource "aws_codestarconnections_connection" {
  kind = "delivery"
  aspects = {
    name              = "identity"
    connection_status = "identity"
    host_arn          = "reference"
  }
}

resource "aws_codestarnotifications_notification_rule" {
  kind = "alarm"
  aspects = {
    name             = "identity"
    resource         = "reference"
    detail_type      = "monitoring/alarm"
    event_type_ids   = "monitoring/alarm"
    status           = "monitoring/alarm"
    "target.address" = "reference"
    "target.status"  = "identity"
  }
}

resource "aws_codeartifact_domain" {
  kind = "registry"
  aspects = {
    domain         = "identity"
    encryption_key = "reference"
  }
}

resource "aws_codeartifact_repository" {
  kind = "registry"
  aspects = {
    repository                 = "identity"
    domain                     = "reference"
    domain_owner               = "reference"
    "upstream.repository_name" = "reference"
  }
}

resource "aws_cloudformation_stack" {
  kind = "delivery"
  aspects = {
    name               = "identity"
    iam_role_arn       = "reference"
    notification_arns  = "reference"
    outputs            = "identity"
    parameters         = "setting/parameter"
    policy_body        = "setting/policy"
    policy_url         = "reference"
    template_body      = "setting"
    template_url       = "reference"
    disable_rollback   = "identity"
    on_failure         = "identity"
    timeout_in_minutes = "identity"
  }
}

resource "aws_amplify_app" {
  kind = "delivery"
  aspects = {
    name                                                 = "identity"
    default_domain                                       = "identity"
    production_branch                                    = "identity"
    access_token                                         = "secret"
    basic_auth_credentials                               = "secret"
    oauth_token                                          = "secret"
    "auto_branch_creation_config.basic_auth_credentials" = "secret"
    "auto_branch_creation_config.environment_variables"  = "setting/environment"
    environment_variables                                = "setting/environment"
    iam_service_role_arn                                 = "reference"
    # WEB or WEB_COMPUTE, no version.
    platform    = "setting"
    repository  = "reference"
    custom_rule = "setting"
  }
}

resource "aws_amplify_branch" {
  kind = "delivery"
  aspects = {
    app_id                        = "reference"
    branch_name                   = "identity"
    display_name                  = "identity"
    backend_environment_arn       = "reference"
    basic_auth_credentials        = "secret"
    environment_variables         = "setting/environment"
    pull_request_environment_name = "identity"
    # PRODUCTION, BETA …: what the environment is.
    stage = "identity"
  }
}

resource "aws_amplify_domain_association" {
  kind = "dns"
  aspects = {
    app_id                              = "reference"
    domain_name                         = "identity"
    certificate_verification_dns_record = "identity"
    "sub_domain.branch_name"            = "reference"
    "sub_domain.dns_record"             = "identity"
    "sub_domain.verified"               = "identity"
    wait_for_verification               = "identity"
  }
}

resource "aws_resourcegroups_group" {
  kind = "part"
  aspects = {
    name           = "identity"
    resource_query = "setting/tag"
  }
}
