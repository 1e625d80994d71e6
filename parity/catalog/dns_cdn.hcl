# Names and edges: Route 53, service discovery, CloudFront, certificates.

resource "aws_route53_zone" {
  kind = "dns"
  set_by = {
    vpc = ["aws_route53_zone_association"]
  }
  aspects = {
    name              = "identity"
    comment           = "identity"
    delegation_set_id = "reference"
    "vpc.vpc_id"      = "reference"
    "vpc.vpc_region"  = "placement"
    force_destroy     = "identity"
  }
}

resource "aws_route53_record" {
  kind = "dns"
  aspects = {
    name                                     = "identity"
    zone_id                                  = "reference"
    records                                  = "reference"
    "alias.name"                             = "reference"
    "alias.zone_id"                          = "reference"
    "alias.evaluate_target_health"           = "monitoring/health-check:on"
    health_check_id                          = "reference"
    set_identifier                           = "identity"
    "cidr_routing_policy.collection_id"      = "reference"
    "geoproximity_routing_policy.aws_region" = "placement"
    "latency_routing_policy.region"          = "placement"
    allow_overwrite                          = "identity"
  }
}

resource "aws_route53_health_check" {
  kind = "health_check"
  aspects = {
    reference_name                  = "identity"
    fqdn                            = "identity"
    ip_address                      = "identity"
    type                            = "monitoring/health-check"
    port                            = "monitoring/health-check"
    resource_path                   = "monitoring/health-check"
    search_string                   = "monitoring/health-check"
    failure_threshold               = "monitoring/health-check:lower"
    request_interval                = "monitoring/health-check:lower"
    child_health_threshold          = "monitoring/health-check"
    invert_healthcheck              = "monitoring/health-check"
    disabled                        = "monitoring/health-check"
    regions                         = "monitoring/health-check"
    insufficient_data_health_status = "monitoring/health-check"
    measure_latency                 = "monitoring/metrics:on"
    child_healthchecks              = "reference"
    cloudwatch_alarm_name           = "reference"
    cloudwatch_alarm_region         = "placement"
    routing_control_arn             = "reference"
  }
}

resource "aws_route53_zone_association" {
  kind = "attachment"
  aspects = {
    vpc_id     = "reference"
    vpc_region = "placement"
    zone_id    = "reference"
  }
}

resource "aws_route53_query_log" {
  kind = "log"
  aspects = {
    cloudwatch_log_group_arn = "reference"
    zone_id                  = "reference"
  }
}

resource "aws_route53_delegation_set" {
  kind = "dns"
  aspects = {
    reference_name = "identity"
  }
}

resource "aws_route53_hosted_zone_dnssec" {
  kind = "part"
  aspects = {
    hosted_zone_id = "reference"
    signing_status = "setting"
  }
}

resource "aws_route53_key_signing_key" {
  kind = "key"
  aspects = {
    name                       = "identity"
    hosted_zone_id             = "reference"
    key_management_service_arn = "reference"
    status                     = "setting"
  }
}

resource "aws_route53_resolver_endpoint" {
  kind = "dns"
  aspects = {
    name                   = "identity"
    security_group_ids     = "reference"
    "ip_address.ip"        = "identity"
    "ip_address.ip_id"     = "identity"
    "ip_address.subnet_id" = "reference"
  }
}

resource "aws_route53_resolver_rule" {
  kind = "dns"
  aspects = {
    name                 = "identity"
    domain_name          = "setting"
    resolver_endpoint_id = "reference"
    target_ip            = "reference"
    "target_ip.port"     = "setting"
    "target_ip.protocol" = "setting"
  }
}

resource "aws_route53_resolver_rule_association" {
  kind = "attachment"
  aspects = {
    name             = "identity"
    resolver_rule_id = "reference"
    vpc_id           = "reference"
  }
}

resource "aws_route53_resolver_query_log_config" {
  kind = "log"
  aspects = {
    name            = "identity"
    destination_arn = "reference"
  }
}

resource "aws_route53_resolver_query_log_config_association" {
  kind = "attachment"
  aspects = {
    resolver_query_log_config_id = "reference"
    resource_id                  = "reference"
  }
}

resource "aws_service_discovery_http_namespace" {
  kind = "dns"
  aspects = {
    name = "identity"
  }
}

resource "aws_service_discovery_private_dns_namespace" {
  kind = "dns"
  aspects = {
    name = "identity"
    vpc  = "reference"
  }
}

resource "aws_service_discovery_public_dns_namespace" {
  kind = "dns"
  aspects = {
    name = "identity"
  }
}

resource "aws_service_discovery_service" {
  kind = "dns"
  aspects = {
    # The name by which others find it.
    name                                    = "setting"
    namespace_id                            = "reference"
    "dns_config.namespace_id"               = "reference"
    health_check_config                     = "monitoring/health-check"
    "health_check_config.failure_threshold" = "monitoring/health-check:lower"
    health_check_custom_config              = "monitoring/health-check"
    force_destroy                           = "identity"
  }
}

resource "aws_service_discovery_instance" {
  kind = "part"
  aspects = {
    instance_id = "identity"
    service_id  = "reference"
    attributes  = "reference"
  }
}

resource "aws_cloudfront_distribution" {
  kind = "cdn"
  sets = [
    "default_cache_behavior.forwarded_values.query_string_cache_keys",
    "default_cache_behavior.trusted_key_groups",
    "default_cache_behavior.trusted_signers",
    "ordered_cache_behavior.forwarded_values.query_string_cache_keys",
    "ordered_cache_behavior.trusted_key_groups",
    "ordered_cache_behavior.trusted_signers",
  ]
  aspects = {
    aliases                                                         = "identity"
    comment                                                         = "identity"
    continuous_deployment_policy_id                                 = "reference"
    web_acl_id                                                      = "reference"
    http_version                                                    = "setting"
    price_class                                                     = "setting"
    staging                                                         = "setting"
    retain_on_delete                                                = "identity"
    wait_for_deployment                                             = "identity"
    "default_cache_behavior.cache_policy_id"                        = "reference"
    "default_cache_behavior.field_level_encryption_id"              = "reference"
    "default_cache_behavior.function_association.function_arn"      = "reference"
    "default_cache_behavior.lambda_function_association.lambda_arn" = "reference"
    "default_cache_behavior.origin_request_policy_id"               = "reference"
    "default_cache_behavior.realtime_log_config_arn"                = "reference"
    "default_cache_behavior.response_headers_policy_id"             = "reference"
    "default_cache_behavior.target_origin_id"                       = "reference"
    "default_cache_behavior.trusted_key_groups"                     = "reference"
    "ordered_cache_behavior.cache_policy_id"                        = "reference"
    "ordered_cache_behavior.field_level_encryption_id"              = "reference"
    "ordered_cache_behavior.function_association.function_arn"      = "reference"
    "ordered_cache_behavior.lambda_function_association.lambda_arn" = "reference"
    "ordered_cache_behavior.origin_request_policy_id"               = "reference"
    "ordered_cache_behavior.realtime_log_config_arn"                = "reference"
    "ordered_cache_behavior.response_headers_policy_id"             = "reference"
    "ordered_cache_behavior.target_origin_id"                       = "reference"
    "ordered_cache_behavior.trusted_key_groups"                     = "reference"
    logging_config                                                  = "monitoring/log-group"
    "logging_config.bucket"                                         = "reference"
    "logging_config.prefix"                                         = "identity"
    "origin.domain_name"                                            = "reference"
    "origin.origin_access_control_id"                               = "reference"
    "origin.origin_id"                                              = "reference"
    # Often the shared secret by which the origin knows its CDN.
    "origin.custom_header.value"                     = "secret"
    "origin.origin_shield.origin_shield_region"      = "placement"
    "origin.s3_origin_config.origin_access_identity" = "reference"
    "origin_group.origin_id"                         = "reference"
    "origin_group.member.origin_id"                  = "reference"
    "viewer_certificate.acm_certificate_arn"         = "reference"
    "viewer_certificate.iam_certificate_id"          = "reference"
    "viewer_certificate.minimum_protocol_version"    = "setting"
  }
}

resource "aws_cloudfront_function" {
  kind = "function"
  aspects = {
    name                         = "identity"
    comment                      = "identity"
    runtime                      = "version/runtime"
    code                         = "version/release"
    key_value_store_associations = "reference"
    live_stage_etag              = "identity"
    publish                      = "identity"
  }
}

resource "aws_cloudfront_cache_policy" {
  kind = "policy"
  aspects = {
    name    = "identity"
    comment = "identity"
  }
}

resource "aws_cloudfront_origin_request_policy" {
  kind = "policy"
  aspects = {
    name    = "identity"
    comment = "identity"
  }
}

resource "aws_cloudfront_response_headers_policy" {
  kind = "policy"
  aspects = {
    name                                                = "identity"
    comment                                             = "identity"
    etag                                                = "identity"
    "cors_config.access_control_allow_credentials"      = "setting"
    "cors_config.access_control_allow_origins"          = "reference"
    "security_headers_config.xss_protection.report_uri" = "reference"
  }
}

resource "aws_cloudfront_origin_access_identity" {
  kind = "identity"
  aspects = {
    comment = "identity"
  }
}

resource "aws_cloudfront_origin_access_control" {
  kind = "identity"
  aspects = {
    name = "identity"
  }
}

resource "aws_cloudfront_key_group" {
  kind = "key"
  aspects = {
    name    = "identity"
    comment = "identity"
    items   = "reference"
  }
}

resource "aws_cloudfront_public_key" {
  kind = "key"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    comment     = "identity"
    # Each environment has its own pair.
    encoded_key = "identity"
  }
}

resource "aws_cloudfront_key_value_store" {
  kind = "storage"
  aspects = {
    name    = "identity"
    comment = "identity"
  }
}

resource "aws_cloudfront_monitoring_subscription" {
  kind = "part"
  aspects = {
    distribution_id         = "reference"
    monitoring_subscription = "monitoring/metrics"
  }
}

resource "aws_cloudfront_realtime_log_config" {
  kind = "log"
  aspects = {
    name                                        = "identity"
    fields                                      = "monitoring/log-group"
    sampling_rate                               = "monitoring/log-group:higher"
    "endpoint.kinesis_stream_config.role_arn"   = "reference"
    "endpoint.kinesis_stream_config.stream_arn" = "reference"
  }
}

resource "aws_acm_certificate" {
  kind = "certificate"
  aspects = {
    # The environment's own domains.
    domain_name                                           = "identity"
    subject_alternative_names                             = "identity"
    validation_option                                     = "identity"
    certificate_authority_arn                             = "reference"
    certificate_body                                      = "identity"
    certificate_chain                                     = "identity"
    private_key                                           = "secret"
    key_algorithm                                         = "setting"
    validation_method                                     = "setting"
    "options.certificate_transparency_logging_preference" = "setting"
  }
}

resource "aws_acm_certificate_validation" {
  kind = "attachment"
  aspects = {
    certificate_arn         = "reference"
    validation_record_fqdns = "identity"
  }
}

resource "aws_acmpca_certificate_authority" {
  kind = "certificate"
  aspects = {
    "certificate_authority_configuration.subject"                   = "identity"
    permanent_deletion_time_in_days                                 = "identity"
    "revocation_configuration.crl_configuration.custom_cname"       = "identity"
    "revocation_configuration.crl_configuration.s3_bucket_name"     = "reference"
    "revocation_configuration.ocsp_configuration.ocsp_custom_cname" = "identity"
    "revocation_configuration.crl_configuration.s3_object_acl"      = "setting"
  }
}
