# Programming interfaces: API Gateway, both versions, and AppSync.

resource "aws_api_gateway_rest_api" {
  kind = "api"
  sets = ["binary_media_types", "endpoint_configuration.types"]
  set_by = {
    policy = ["aws_api_gateway_rest_api_policy"]
  }
  aspects = {
    name                                      = "identity"
    root_resource_id                          = "identity"
    body                                      = "setting"
    policy                                    = "setting/policy"
    parameters                                = "setting"
    disable_execute_api_endpoint              = "setting"
    "endpoint_configuration.vpc_endpoint_ids" = "reference"
    fail_on_warnings                          = "identity"
    put_rest_api_mode                         = "identity"
    minimum_compression_size                  = "setting"
  }
}

resource "aws_api_gateway_rest_api_policy" {
  kind = "policy"
  aspects = {
    rest_api_id = "reference"
    policy      = "setting/policy"
  }
}

resource "aws_api_gateway_resource" {
  kind = "part"
  aspects = {
    rest_api_id = "reference"
    parent_id   = "reference"
    path_part   = "setting"
  }
}

resource "aws_api_gateway_method" {
  kind = "part"
  aspects = {
    rest_api_id          = "reference"
    resource_id          = "reference"
    authorizer_id        = "reference"
    request_validator_id = "reference"
    authorization        = "setting"
    api_key_required     = "setting"
  }
}

resource "aws_api_gateway_method_response" {
  kind = "part"
  aspects = {
    rest_api_id = "reference"
    resource_id = "reference"
  }
}

resource "aws_api_gateway_method_settings" {
  kind = "part"
  aspects = {
    rest_api_id                       = "reference"
    stage_name                        = "reference"
    settings                          = "setting"
    "settings.logging_level"          = "monitoring/log-group"
    "settings.metrics_enabled"        = "monitoring/metrics:on"
    "settings.throttling_burst_limit" = "count/capacity"
    "settings.throttling_rate_limit"  = "count/capacity"
  }
}

resource "aws_api_gateway_integration" {
  kind = "part"
  aspects = {
    rest_api_id   = "reference"
    resource_id   = "reference"
    connection_id = "reference"
    uri           = "reference"
    # The ARN of a role.
    credentials = "reference"
    # That of the API's resource, unless set.
    cache_namespace = "identity"
    type            = "setting"
  }
}

resource "aws_api_gateway_integration_response" {
  kind = "part"
  aspects = {
    rest_api_id = "reference"
    resource_id = "reference"
  }
}

resource "aws_api_gateway_gateway_response" {
  kind = "part"
  aspects = {
    rest_api_id = "reference"
  }
}

resource "aws_api_gateway_model" {
  kind = "part"
  aspects = {
    name        = "setting"
    rest_api_id = "reference"
    schema      = "setting"
  }
}

resource "aws_api_gateway_request_validator" {
  kind = "part"
  aspects = {
    name        = "identity"
    rest_api_id = "reference"
  }
}

resource "aws_api_gateway_authorizer" {
  kind = "auth"
  aspects = {
    name                   = "identity"
    rest_api_id            = "reference"
    authorizer_credentials = "reference"
    authorizer_uri         = "reference"
    provider_arns          = "reference"
  }
}

resource "aws_api_gateway_deployment" {
  kind = "part"
  aspects = {
    rest_api_id       = "reference"
    stage_name        = "identity"
    stage_description = "identity"
    triggers          = "identity"
    variables         = "setting/environment"
  }
}

resource "aws_api_gateway_stage" {
  kind = "part"
  aspects = {
    stage_name                            = "identity"
    rest_api_id                           = "reference"
    deployment_id                         = "reference"
    client_certificate_id                 = "reference"
    documentation_version                 = "identity"
    cache_cluster_enabled                 = "setting"
    cache_cluster_size                    = "size/amount"
    variables                             = "setting/environment"
    access_log_settings                   = "monitoring/log-group"
    "access_log_settings.destination_arn" = "reference"
    xray_tracing_enabled                  = "monitoring/tracing:on"
    # Says how far a rollout has come.
    canary_settings = "identity"
  }
}

resource "aws_api_gateway_domain_name" {
  kind = "part"
  sets = ["endpoint_configuration.types"]
  aspects = {
    domain_name                                    = "identity"
    certificate_arn                                = "reference"
    certificate_body                               = "identity"
    certificate_chain                              = "identity"
    certificate_name                               = "identity"
    certificate_private_key                        = "secret"
    ownership_verification_certificate_arn         = "reference"
    regional_certificate_arn                       = "reference"
    regional_certificate_name                      = "identity"
    security_policy                                = "setting"
    "mutual_tls_authentication.truststore_uri"     = "reference"
    "mutual_tls_authentication.truststore_version" = "identity"
  }
}

resource "aws_api_gateway_base_path_mapping" {
  kind = "attachment"
  aspects = {
    api_id      = "reference"
    domain_name = "reference"
    stage_name  = "reference"
    base_path   = "setting"
  }
}

resource "aws_api_gateway_usage_plan" {
  kind = "policy"
  aspects = {
    name                              = "identity"
    product_code                      = "identity"
    "api_stages.api_id"               = "reference"
    "api_stages.stage"                = "reference"
    "api_stages.throttle.burst_limit" = "count/capacity"
    "api_stages.throttle.rate_limit"  = "count/capacity"
    "quota_settings.limit"            = "count/capacity"
    "throttle_settings.burst_limit"   = "count/capacity"
    "throttle_settings.rate_limit"    = "count/capacity"
  }
}

resource "aws_api_gateway_usage_plan_key" {
  kind = "attachment"
  aspects = {
    key_id        = "reference"
    usage_plan_id = "reference"
    value         = "secret"
  }
}

resource "aws_api_gateway_api_key" {
  kind = "auth"
  aspects = {
    name        = "identity"
    customer_id = "identity"
    value       = "secret"
  }
}

resource "aws_api_gateway_vpc_link" {
  kind = "network"
  sets = ["target_arns"]
  aspects = {
    name        = "identity"
    target_arns = "reference"
  }
}

resource "aws_api_gateway_account" {
  kind = "part"
  aspects = {
    cloudwatch_role_arn = "reference"
    api_key_version     = "identity"
  }
}

resource "aws_apigatewayv2_api" {
  kind = "api"
  aspects = {
    name            = "identity"
    body            = "setting"
    credentials_arn = "reference"
    target          = "reference"
    # A label of one's own on the API.
    version                      = "identity"
    disable_execute_api_endpoint = "setting"
    cors_configuration           = "setting"
    # Web origins are the environment's own addresses.
    "cors_configuration.allow_origins" =  "reference"
    fail_on_warnings                   = "identity"
  }
}

resource "aws_apigatewayv2_api_mapping" {
  kind = "attachment"
  aspects = {
    api_id          = "reference"
    domain_name     = "reference"
    stage           = "reference"
    api_mapping_key = "setting"
  }
}

resource "aws_apigatewayv2_authorizer" {
  kind = "auth"
  aspects = {
    name                              = "identity"
    api_id                            = "reference"
    authorizer_credentials_arn        = "reference"
    authorizer_payload_format_version = "setting"
    authorizer_uri                    = "reference"
    "jwt_configuration.audience"      = "reference"
    "jwt_configuration.issuer"        = "reference"
  }
}

resource "aws_apigatewayv2_deployment" {
  kind = "part"
  aspects = {
    api_id   = "reference"
    triggers = "identity"
  }
}

resource "aws_apigatewayv2_domain_name" {
  kind = "part"
  aspects = {
    domain_name                                                        = "identity"
    "domain_name_configuration.certificate_arn"                        = "reference"
    "domain_name_configuration.endpoint_type"                          = "setting"
    "domain_name_configuration.ownership_verification_certificate_arn" = "reference"
    "domain_name_configuration.security_policy"                        = "setting"
    "mutual_tls_authentication.truststore_uri"                         = "reference"
    "mutual_tls_authentication.truststore_version"                     = "identity"
  }
}

resource "aws_apigatewayv2_integration" {
  kind = "part"
  aspects = {
    api_id                             = "reference"
    connection_id                      = "reference"
    credentials_arn                    = "reference"
    integration_uri                    = "reference"
    payload_format_version             = "setting"
    "tls_config.server_name_to_verify" = "reference"
  }
}

resource "aws_apigatewayv2_route" {
  kind = "part"
  aspects = {
    api_id        = "reference"
    authorizer_id = "reference"
    route_key     = "setting"
    target        = "reference"
  }
}

resource "aws_apigatewayv2_stage" {
  kind = "part"
  aspects = {
    name                                              = "identity"
    api_id                                            = "reference"
    client_certificate_id                             = "reference"
    deployment_id                                     = "identity"
    auto_deploy                                       = "setting"
    stage_variables                                   = "setting/environment"
    access_log_settings                               = "monitoring/log-group"
    "access_log_settings.destination_arn"             = "reference"
    default_route_settings                            = "setting"
    "default_route_settings.detailed_metrics_enabled" = "monitoring/metrics:on"
    "default_route_settings.logging_level"            = "monitoring/log-group"
    "default_route_settings.throttling_burst_limit"   = "count/capacity"
    "default_route_settings.throttling_rate_limit"    = "count/capacity"
    route_settings                                    = "setting"
    "route_settings.detailed_metrics_enabled"         = "monitoring/metrics:on"
    "route_settings.logging_level"                    = "monitoring/log-group"
    "route_settings.throttling_burst_limit"           = "count/capacity"
    "route_settings.throttling_rate_limit"            = "count/capacity"
  }
}

resource "aws_apigatewayv2_vpc_link" {
  kind = "network"
  aspects = {
    name               = "identity"
    security_group_ids = "reference"
    subnet_ids         = "reference"
  }
}

resource "aws_appsync_graphql_api" {
  kind = "api"
  sets = ["additional_authentication_provider"]
  aspects = {
    name                                                                         = "identity"
    uris                                                                         = "identity"
    schema                                                                       = "setting"
    xray_enabled                                                                 = "monitoring/tracing:on"
    log_config                                                                   = "monitoring/log-group"
    "log_config.cloudwatch_logs_role_arn"                                        = "reference"
    "log_config.exclude_verbose_content"                                         = "setting"
    "additional_authentication_provider.lambda_authorizer_config.authorizer_uri" = "reference"
    "additional_authentication_provider.openid_connect_config.client_id"         = "reference"
    "additional_authentication_provider.openid_connect_config.issuer"            = "reference"
    "additional_authentication_provider.user_pool_config.aws_region"             = "placement"
    "additional_authentication_provider.user_pool_config.user_pool_id"           = "reference"
    "lambda_authorizer_config.authorizer_uri"                                    = "reference"
    "openid_connect_config.client_id"                                            = "reference"
    "openid_connect_config.issuer"                                               = "reference"
    "user_pool_config.aws_region"                                                = "placement"
    "user_pool_config.user_pool_id"                                              = "reference"
  }
}

resource "aws_appsync_api_cache" {
  kind = "cache"
  aspects = {
    api_id               = "reference"
    type                 = "size/machine"
    api_caching_behavior = "setting"
    ttl                  = "setting"
  }
}

resource "aws_appsync_api_key" {
  kind = "auth"
  aspects = {
    api_id  = "reference"
    key     = "secret"
    expires = "identity"
  }
}

resource "aws_appsync_datasource" {
  kind = "part"
  aspects = {
    # Resolvers ask for it by this name.
    name                                                                    = "setting"
    api_id                                                                  = "reference"
    service_role_arn                                                        = "reference"
    "dynamodb_config.region"                                                = "placement"
    "dynamodb_config.table_name"                                            = "reference"
    "dynamodb_config.use_caller_credentials"                                = "setting"
    "dynamodb_config.delta_sync_config.delta_sync_table_name"               = "reference"
    "elasticsearch_config.endpoint"                                         = "reference"
    "event_bridge_config.event_bus_arn"                                     = "reference"
    "http_config.endpoint"                                                  = "reference"
    "http_config.authorization_config.aws_iam_config.signing_region"        = "placement"
    "lambda_config.function_arn"                                            = "reference"
    "opensearchservice_config.endpoint"                                     = "reference"
    "relational_database_config.http_endpoint_config.aws_secret_store_arn"  = "reference"
    "relational_database_config.http_endpoint_config.db_cluster_identifier" = "reference"
  }
}

resource "aws_appsync_function" {
  kind = "function"
  aspects = {
    name                                                                     = "setting"
    api_id                                                                   = "reference"
    data_source                                                              = "reference"
    code                                                                     = "version/release"
    function_id                                                              = "identity"
    function_version                                                         = "setting"
    runtime                                                                  = "version/runtime"
    "sync_config.lambda_conflict_handler_config.lambda_conflict_handler_arn" = "reference"
  }
}

resource "aws_appsync_resolver" {
  kind = "part"
  aspects = {
    api_id                                                                   = "reference"
    data_source                                                              = "reference"
    code                                                                     = "version/release"
    runtime                                                                  = "version/runtime"
    "pipeline_config.functions"                                              = "reference"
    "sync_config.lambda_conflict_handler_config.lambda_conflict_handler_arn" = "reference"
  }
}

resource "aws_appsync_domain_name" {
  kind = "dns"
  aspects = {
    domain_name     = "identity"
    certificate_arn = "reference"
  }
}

resource "aws_appsync_domain_name_api_association" {
  kind = "attachment"
  aspects = {
    api_id      = "reference"
    domain_name = "reference"
  }
}
