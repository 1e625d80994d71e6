# What happens when: EventBridge rules, targets, buses, schedules and pipes.

resource "aws_cloudwatch_event_rule" {
  kind = "event"
  aspects = {
    name                = "identity"
    name_prefix         = "identity"
    event_bus_name      = "reference"
    role_arn            = "reference"
    event_pattern       = "setting"
    schedule_expression = "setting"
    is_enabled          = "setting"
    state               = "setting"
  }
}

resource "aws_cloudwatch_event_target" {
  kind = "event"
  sets = ["run_command_targets", "run_command_targets.values"]
  aspects = {
    target_id                                                 = "identity"
    arn                                                       = "reference"
    event_bus_name                                            = "reference"
    role_arn                                                  = "reference"
    rule                                                      = "reference"
    input                                                     = "setting"
    "batch_target.job_definition"                             = "reference"
    "batch_target.job_name"                                   = "identity"
    "dead_letter_config.arn"                                  = "reference"
    "ecs_target.capacity_provider_strategy.base"              = "count/bound"
    "ecs_target.capacity_provider_strategy.capacity_provider" = "reference"
    "ecs_target.network_configuration.security_groups"        = "reference"
    "ecs_target.network_configuration.subnets"                = "reference"
    "ecs_target.platform_version"                             = "version/platform"
    "ecs_target.task_count"                                   = "count/capacity"
    "ecs_target.task_definition_arn"                          = "reference"
    "redshift_target.secrets_manager_arn"                     = "reference"
    "retry_policy"                                            = "setting"
    "run_command_targets.values"                              = "reference"
  }
}

resource "aws_cloudwatch_event_bus" {
  kind = "event"
  aspects = {
    name              = "identity"
    event_source_name = "reference"
  }
}

resource "aws_cloudwatch_event_bus_policy" {
  kind = "policy"
  aspects = {
    event_bus_name = "reference"
    policy         = "setting/policy"
  }
}

resource "aws_cloudwatch_event_permission" {
  kind = "policy"
  aspects = {
    event_bus_name    = "reference"
    principal         = "reference"
    statement_id      = "identity"
    "condition.value" = "reference"
  }
}

resource "aws_cloudwatch_event_archive" {
  kind = "event"
  aspects = {
    name             = "identity"
    event_source_arn = "reference"
    event_pattern    = "setting"
    retention_days   = "monitoring/retention:higher-or-zero"
  }
}

resource "aws_cloudwatch_event_connection" {
  kind = "event"
  sets = ["auth_parameters.invocation_http_parameters.body", "auth_parameters.invocation_http_parameters.header", "auth_parameters.invocation_http_parameters.query_string", "auth_parameters.oauth.oauth_http_parameters.body", "auth_parameters.oauth.oauth_http_parameters.header", "auth_parameters.oauth.oauth_http_parameters.query_string"]
  aspects = {
    name                                                                       = "identity"
    secret_arn                                                                 = "identity"
    authorization_type                                                         = "setting"
    "auth_parameters.api_key.value"                                            = "secret"
    "auth_parameters.basic.password"                                           = "secret"
    "auth_parameters.invocation_http_parameters.body.value"                    = "secret"
    "auth_parameters.invocation_http_parameters.header.value"                  = "secret"
    "auth_parameters.invocation_http_parameters.query_string.value"            = "secret"
    "auth_parameters.oauth.authorization_endpoint"                             = "reference"
    "auth_parameters.oauth.client_parameters.client_id"                        = "reference"
    "auth_parameters.oauth.client_parameters.client_secret"                    = "secret"
    "auth_parameters.oauth.oauth_http_parameters.body.value"                   = "secret"
    "auth_parameters.oauth.oauth_http_parameters.header.value"                 = "secret"
    "auth_parameters.oauth.oauth_http_parameters.query_string.value"           = "secret"
    "auth_parameters.api_key.key"                                              = "setting"
    "auth_parameters.invocation_http_parameters.body.is_value_secret"          = "setting"
    "auth_parameters.invocation_http_parameters.header.is_value_secret"        = "setting"
    "auth_parameters.invocation_http_parameters.query_string.is_value_secret"  = "setting"
    "auth_parameters.oauth.oauth_http_parameters.body.is_value_secret"         = "setting"
    "auth_parameters.oauth.oauth_http_parameters.header.is_value_secret"       = "setting"
    "auth_parameters.oauth.oauth_http_parameters.query_string.is_value_secret" = "setting"
  }
}

resource "aws_cloudwatch_event_api_destination" {
  kind = "event"
  aspects = {
    name                             = "identity"
    connection_arn                   = "reference"
    invocation_endpoint              = "reference"
    invocation_rate_limit_per_second = "count/capacity"
  }
}

resource "aws_scheduler_schedule" {
  kind = "event"
  aspects = {
    name                                                                 = "identity"
    name_prefix                                                          = "identity"
    group_name                                                           = "reference"
    kms_key_arn                                                          = "reference"
    schedule_expression                                                  = "setting"
    state                                                                = "setting"
    start_date                                                           = "identity"
    end_date                                                             = "identity"
    "target.arn"                                                         = "reference"
    "target.role_arn"                                                    = "reference"
    "target.input"                                                       = "setting"
    "target.dead_letter_config.arn"                                      = "reference"
    "target.ecs_parameters.capacity_provider_strategy.base"              = "count/bound"
    "target.ecs_parameters.capacity_provider_strategy.capacity_provider" = "reference"
    "target.ecs_parameters.network_configuration.security_groups"        = "reference"
    "target.ecs_parameters.network_configuration.subnets"                = "reference"
    "target.ecs_parameters.platform_version"                             = "version/platform"
    "target.ecs_parameters.reference_id"                                 = "identity"
    "target.ecs_parameters.task_count"                                   = "count/capacity"
    "target.ecs_parameters.task_definition_arn"                          = "reference"
    "target.retry_policy"                                                = "setting"
  }
}

resource "aws_scheduler_schedule_group" {
  kind = "event"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
  }
}

resource "aws_pipes_pipe" {
  kind = "event"
  aspects = {
    name                                                                                                = "identity"
    name_prefix                                                                                         = "identity"
    desired_state                                                                                       = "setting"
    enrichment                                                                                          = "reference"
    role_arn                                                                                            = "reference"
    source                                                                                              = "reference"
    target                                                                                              = "reference"
    source_parameters                                                                                   = "setting"
    "source_parameters.activemq_broker_parameters.credentials.basic_auth"                               = "reference"
    "source_parameters.dynamodb_stream_parameters.dead_letter_config.arn"                               = "reference"
    "source_parameters.dynamodb_stream_parameters.parallelization_factor"                               = "count/capacity"
    "source_parameters.kinesis_stream_parameters.dead_letter_config.arn"                                = "reference"
    "source_parameters.kinesis_stream_parameters.parallelization_factor"                                = "count/capacity"
    "source_parameters.kinesis_stream_parameters.starting_position_timestamp"                           = "identity"
    "source_parameters.managed_streaming_kafka_parameters.consumer_group_id"                            = "identity"
    "source_parameters.managed_streaming_kafka_parameters.credentials"                                  = "reference"
    "source_parameters.rabbitmq_broker_parameters.credentials.basic_auth"                               = "reference"
    "source_parameters.self_managed_kafka_parameters.additional_bootstrap_servers"                      = "reference"
    "source_parameters.self_managed_kafka_parameters.consumer_group_id"                                 = "identity"
    "source_parameters.self_managed_kafka_parameters.credentials"                                       = "reference"
    "source_parameters.self_managed_kafka_parameters.server_root_ca_certificate"                        = "reference"
    "source_parameters.self_managed_kafka_parameters.vpc"                                               = "reference"
    target_parameters                                                                                   = "setting"
    "target_parameters.batch_job_parameters.container_overrides.environment"                            = "setting/environment"
    "target_parameters.batch_job_parameters.job_definition"                                             = "reference"
    "target_parameters.cloudwatch_logs_parameters.log_stream_name"                                      = "reference"
    "target_parameters.ecs_task_parameters.network_configuration.aws_vpc_configuration.security_groups" = "reference"
    "target_parameters.ecs_task_parameters.network_configuration.aws_vpc_configuration.subnets"         = "reference"
    "target_parameters.ecs_task_parameters.overrides.container_override.environment"                    = "setting/environment"
    "target_parameters.ecs_task_parameters.platform_version"                                            = "version/platform"
    "target_parameters.ecs_task_parameters.task_count"                                                  = "count/capacity"
    "target_parameters.ecs_task_parameters.task_definition_arn"                                         = "reference"
    "target_parameters.redshift_data_parameters.secret_manager_arn"                                     = "reference"
  }
}
