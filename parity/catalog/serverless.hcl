# Functions and workflows: Lambda and Step Functions.

resource "aws_lambda_function" {
  kind = "function"
  aspects = {
    function_name     = "identity"
    runtime           = "version/runtime"
    architectures     = "version/platform"
    layers            = "version/layer"
    source_code_hash  = "version/release"
    image_uri         = "version/release"
    s3_bucket         = "reference"
    s3_key            = "version/release"
    s3_object_version = "version/release"
    # Where the archive lay when it was uploaded; its digest is compared.
    filename                               = "identity"
    version                                = "identity"
    publish                                = "identity"
    skip_destroy                           = "identity"
    replace_security_groups_on_destroy     = "identity"
    replacement_security_group_ids         = "identity"
    role                                   = "reference"
    kms_key_arn                            = "reference"
    code_signing_config_arn                = "reference"
    memory_size                            = "size/amount"
    "ephemeral_storage.size"               = "size/amount"
    reserved_concurrent_executions         = "count/capacity"
    timeout                                = "setting"
    handler                                = "setting"
    "dead_letter_config.target_arn"        = "reference"
    "environment.variables"                = "setting/environment"
    "file_system_config.arn"               = "reference"
    "logging_config.log_group"             = "reference"
    "tracing_config.mode"                  = "monitoring/tracing"
    "vpc_config.security_group_ids"        = "reference"
    "vpc_config.subnet_ids"                = "reference"
    "vpc_config.vpc_id"                    = "reference"
    "logging_config.application_log_level" = "setting"
    "logging_config.system_log_level"      = "setting"
    "logging_config.log_format"            = "setting"
  }
}

resource "aws_lambda_alias" {
  kind = "part"
  aspects = {
    # "live" and the like: callers use it, so it means something.
    name          = "setting"
    function_name = "reference"
    # Numbers of published versions count within one environment.
    function_version = "identity"
    routing_config   = "identity"
  }
}

resource "aws_lambda_permission" {
  kind = "part"
  aspects = {
    statement_id        = "identity"
    statement_id_prefix = "identity"
    function_name       = "reference"
    qualifier           = "identity"
    principal           = "setting"
    principal_org_id    = "reference"
    source_account      = "reference"
    source_arn          = "reference"
    event_source_token  = "secret"
  }
}

resource "aws_lambda_layer_version" {
  kind = "part"
  aspects = {
    layer_name               = "identity"
    version                  = "identity"
    filename                 = "identity"
    license_info             = "identity"
    skip_destroy             = "identity"
    s3_bucket                = "reference"
    s3_key                   = "version/release"
    s3_object_version        = "version/release"
    source_code_hash         = "version/release"
    compatible_architectures = "setting"
    compatible_runtimes      = "setting"
  }
}

resource "aws_lambda_layer_version_permission" {
  kind = "part"
  aspects = {
    layer_name      = "reference"
    organization_id = "reference"
    skip_destroy    = "identity"
    statement_id    = "identity"
    version_number  = "identity"
  }
}

resource "aws_lambda_event_source_mapping" {
  kind = "event"
  sets = ["queues"]
  aspects = {
    event_source_arn                                             = "reference"
    function_name                                                = "reference"
    queues                                                       = "setting"
    topics                                                       = "setting"
    enabled                                                      = "setting"
    parallelization_factor                                       = "count/capacity"
    "scaling_config.maximum_concurrency"                         = "count/capacity"
    starting_position_timestamp                                  = "identity"
    "amazon_managed_kafka_event_source_config.consumer_group_id" = "identity"
    "self_managed_kafka_event_source_config.consumer_group_id"   = "identity"
    "destination_config.on_failure.destination_arn"              = "reference"
    "self_managed_event_source.endpoints"                        = "reference"
    "source_access_configuration.uri"                            = "reference"
  }
}

resource "aws_lambda_provisioned_concurrency_config" {
  kind = "part"
  aspects = {
    function_name                     = "reference"
    qualifier                         = "identity"
    provisioned_concurrent_executions = "count/capacity"
    skip_destroy                      = "identity"
  }
}

resource "aws_lambda_function_url" {
  kind = "part"
  aspects = {
    function_name      = "reference"
    authorization_type = "setting"
    qualifier          = "setting"
    cors               = "setting"
  }
}

resource "aws_lambda_function_event_invoke_config" {
  kind = "part"
  aspects = {
    function_name                               = "reference"
    qualifier                                   = "identity"
    "destination_config.on_failure.destination" = "reference"
    "destination_config.on_success.destination" = "reference"
  }
}

resource "aws_lambda_code_signing_config" {
  kind = "part"
  aspects = {
    "allowed_publishers.signing_profile_version_arns" = "reference"
  }
}

resource "aws_sfn_state_machine" {
  kind = "workflow"
  aspects = {
    name                                           = "identity"
    name_prefix                                    = "identity"
    role_arn                                       = "reference"
    definition                                     = "setting"
    publish                                        = "identity"
    version_description                            = "identity"
    logging_configuration                          = "monitoring/log-group"
    "logging_configuration.log_destination"        = "reference"
    "logging_configuration.include_execution_data" = "setting"
    "tracing_configuration.enabled"                = "monitoring/tracing:on"
  }
}

resource "aws_sfn_activity" {
  kind = "part"
  aspects = {
    name = "identity"
  }
}

resource "aws_sfn_alias" {
  kind = "part"
  aspects = {
    name                                              = "setting"
    "routing_configuration.state_machine_version_arn" = "reference"
  }
}
