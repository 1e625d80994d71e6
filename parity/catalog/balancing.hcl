# Load balancers, their listeners, rules and target groups, and Global Accelerator.

resource "aws_lb" {
  kind = "balancer"
  aspects = {
    name                                  = "identity"
    name_prefix                           = "identity"
    internal                              = "setting"
    load_balancer_type                    = "setting"
    security_groups                       = "reference"
    subnets                               = "reference"
    subnet_mapping                        = "reference"
    "subnet_mapping.ipv6_address"         = "identity"
    "subnet_mapping.private_ipv4_address" = "identity"
    customer_owned_ipv4_pool              = "placement"
    access_logs                           = "monitoring/log-group"
    "access_logs.enabled"                 = "monitoring/log-group:on"
    "access_logs.bucket"                  = "reference"
    "access_logs.prefix"                  = "identity"
    connection_logs                       = "monitoring/log-group"
    "connection_logs.enabled"             = "monitoring/log-group:on"
    "connection_logs.bucket"              = "reference"
    "connection_logs.prefix"              = "identity"
    dns_record_client_routing_policy      = "setting"
    enable_deletion_protection            = "setting"
  }
}

resource "aws_lb_listener" {
  kind = "target"
  aspects = {
    load_balancer_arn                                         = "reference"
    certificate_arn                                           = "reference"
    alpn_policy                                               = "setting"
    ssl_policy                                                = "setting"
    default_action                                            = "setting"
    "default_action.order"                                    = "identity"
    "default_action.target_group_arn"                         = "reference"
    "default_action.authenticate_cognito.user_pool_arn"       = "reference"
    "default_action.authenticate_cognito.user_pool_client_id" = "reference"
    "default_action.authenticate_cognito.user_pool_domain"    = "reference"
    "default_action.authenticate_oidc.client_id"              = "reference"
    "default_action.authenticate_oidc.client_secret"          = "secret"
    "default_action.forward.target_group.arn"                 = "reference"
    "default_action.redirect.host"                            = "reference"
    "mutual_authentication.trust_store_arn"                   = "reference"
  }
}

resource "aws_lb_listener_rule" {
  kind = "target"
  aspects = {
    listener_arn                                      = "reference"
    priority                                          = "setting"
    action                                            = "setting"
    "action.order"                                    = "identity"
    "action.target_group_arn"                         = "reference"
    "action.authenticate_cognito.user_pool_arn"       = "reference"
    "action.authenticate_cognito.user_pool_client_id" = "reference"
    "action.authenticate_cognito.user_pool_domain"    = "reference"
    "action.authenticate_oidc.client_id"              = "reference"
    "action.authenticate_oidc.client_secret"          = "secret"
    "action.forward.target_group.arn"                 = "reference"
    "action.redirect.host"                            = "reference"
    # The environment's own host names.
    "condition.host_header.values" = "identity"
  }
}

resource "aws_lb_listener_certificate" {
  kind = "attachment"
  aspects = {
    certificate_arn = "reference"
    listener_arn    = "reference"
  }
}

resource "aws_lb_target_group" {
  kind = "target"
  aspects = {
    "live.unhealthy_targets"           = "monitoring/health-check:lower"
    name                               = "identity"
    name_prefix                        = "identity"
    vpc_id                             = "reference"
    port                               = "setting"
    protocol                           = "setting"
    protocol_version                   = "setting"
    target_type                        = "setting"
    health_check                       = "monitoring/health-check"
    "health_check.enabled"             = "monitoring/health-check:on"
    "health_check.interval"            = "monitoring/health-check:lower"
    "health_check.timeout"             = "monitoring/health-check:lower"
    "health_check.unhealthy_threshold" = "monitoring/health-check:lower"
    load_balancing_cross_zone_enabled  = "setting"
    stickiness                         = "setting"
  }
}

resource "aws_lb_target_group_attachment" {
  kind = "attachment"
  aspects = {
    target_group_arn  = "reference"
    target_id         = "reference"
    availability_zone = "placement/zone"
    port              = "setting"
  }
}

resource "aws_alb" {
  kind = "balancer"
  aspects = {
    name                                  = "identity"
    name_prefix                           = "identity"
    internal                              = "setting"
    load_balancer_type                    = "setting"
    security_groups                       = "reference"
    subnets                               = "reference"
    subnet_mapping                        = "reference"
    "subnet_mapping.ipv6_address"         = "identity"
    "subnet_mapping.private_ipv4_address" = "identity"
    customer_owned_ipv4_pool              = "placement"
    access_logs                           = "monitoring/log-group"
    "access_logs.enabled"                 = "monitoring/log-group:on"
    "access_logs.bucket"                  = "reference"
    "access_logs.prefix"                  = "identity"
    connection_logs                       = "monitoring/log-group"
    "connection_logs.enabled"             = "monitoring/log-group:on"
    "connection_logs.bucket"              = "reference"
    "connection_logs.prefix"              = "identity"
    dns_record_client_routing_policy      = "setting"
    enable_deletion_protection            = "setting"
  }
}

resource "aws_alb_listener" {
  kind = "target"
  aspects = {
    load_balancer_arn                                         = "reference"
    certificate_arn                                           = "reference"
    alpn_policy                                               = "setting"
    ssl_policy                                                = "setting"
    default_action                                            = "setting"
    "default_action.order"                                    = "identity"
    "default_action.target_group_arn"                         = "reference"
    "default_action.authenticate_cognito.user_pool_arn"       = "reference"
    "default_action.authenticate_cognito.user_pool_client_id" = "reference"
    "default_action.authenticate_cognito.user_pool_domain"    = "reference"
    "default_action.authenticate_oidc.client_id"              = "reference"
    "default_action.authenticate_oidc.client_secret"          = "secret"
    "default_action.forward.target_group.arn"                 = "reference"
    "default_action.redirect.host"                            = "reference"
    "mutual_authentication.trust_store_arn"                   = "reference"
  }
}

resource "aws_alb_listener_rule" {
  kind = "target"
  aspects = {
    listener_arn                                      = "reference"
    priority                                          = "setting"
    action                                            = "setting"
    "action.order"                                    = "identity"
    "action.target_group_arn"                         = "reference"
    "action.authenticate_cognito.user_pool_arn"       = "reference"
    "action.authenticate_cognito.user_pool_client_id" = "reference"
    "action.authenticate_cognito.user_pool_domain"    = "reference"
    "action.authenticate_oidc.client_id"              = "reference"
    "action.authenticate_oidc.client_secret"          = "secret"
    "action.forward.target_group.arn"                 = "reference"
    "action.redirect.host"                            = "reference"
    # The environment's own host names.
    "condition.host_header.values" = "identity"
  }
}

resource "aws_alb_listener_certificate" {
  kind = "attachment"
  aspects = {
    certificate_arn = "reference"
    listener_arn    = "reference"
  }
}

resource "aws_alb_target_group" {
  kind = "target"
  aspects = {
    name                               = "identity"
    name_prefix                        = "identity"
    vpc_id                             = "reference"
    port                               = "setting"
    protocol                           = "setting"
    protocol_version                   = "setting"
    target_type                        = "setting"
    health_check                       = "monitoring/health-check"
    "health_check.enabled"             = "monitoring/health-check:on"
    "health_check.interval"            = "monitoring/health-check:lower"
    "health_check.timeout"             = "monitoring/health-check:lower"
    "health_check.unhealthy_threshold" = "monitoring/health-check:lower"
    load_balancing_cross_zone_enabled  = "setting"
    stickiness                         = "setting"
  }
}

resource "aws_alb_target_group_attachment" {
  kind = "attachment"
  aspects = {
    target_group_arn  = "reference"
    target_id         = "reference"
    availability_zone = "placement/zone"
    port              = "setting"
  }
}

resource "aws_lb_trust_store" {
  kind = "part"
  aspects = {
    name                                     = "identity"
    name_prefix                              = "identity"
    ca_certificates_bundle_s3_bucket         = "reference"
    ca_certificates_bundle_s3_key            = "setting"
    ca_certificates_bundle_s3_object_version = "identity"
  }
}

resource "aws_lb_cookie_stickiness_policy" {
  kind = "part"
  aspects = {
    name                     = "identity"
    load_balancer            = "reference"
    cookie_expiration_period = "setting"
  }
}

resource "aws_app_cookie_stickiness_policy" {
  kind = "part"
  aspects = {
    name          = "identity"
    load_balancer = "reference"
    cookie_name   = "setting"
  }
}

resource "aws_lb_ssl_negotiation_policy" {
  kind = "part"
  aspects = {
    name          = "identity"
    load_balancer = "reference"
    attribute     = "setting"
    triggers      = "identity"
  }
}

resource "aws_load_balancer_policy" {
  kind = "part"
  aspects = {
    load_balancer_name = "reference"
    policy_name        = "identity"
    policy_type_name   = "setting"
    policy_attribute   = "setting"
  }
}

resource "aws_load_balancer_listener_policy" {
  kind = "part"
  aspects = {
    load_balancer_name = "reference"
    load_balancer_port = "setting"
    policy_names       = "reference"
    triggers           = "identity"
  }
}

resource "aws_load_balancer_backend_server_policy" {
  kind = "part"
  aspects = {
    load_balancer_name = "reference"
    policy_names       = "reference"
  }
}

resource "aws_proxy_protocol_policy" {
  kind = "part"
  aspects = {
    load_balancer  = "reference"
    instance_ports = "setting"
  }
}

resource "aws_elb" {
  kind = "balancer"
  set_by = {
    instances = ["aws_elb_attachment"]
  }
  aspects = {
    name                               = "identity"
    name_prefix                        = "identity"
    availability_zones                 = "placement/zone"
    instances                          = "reference"
    security_groups                    = "reference"
    source_security_group              = "identity"
    subnets                            = "reference"
    "listener.ssl_certificate_id"      = "reference"
    access_logs                        = "monitoring/log-group"
    "access_logs.enabled"              = "monitoring/log-group:on"
    "access_logs.bucket"               = "reference"
    "access_logs.bucket_prefix"        = "identity"
    health_check                       = "monitoring/health-check"
    "health_check.interval"            = "monitoring/health-check:lower"
    "health_check.timeout"             = "monitoring/health-check:lower"
    "health_check.unhealthy_threshold" = "monitoring/health-check:lower"
  }
}

resource "aws_elb_attachment" {
  kind = "attachment"
  aspects = {
    elb      = "reference"
    instance = "reference"
  }
}

resource "aws_globalaccelerator_accelerator" {
  kind = "balancer"
  aspects = {
    name                             = "identity"
    ip_addresses                     = "identity"
    "attributes.flow_logs_enabled"   = "monitoring/log-group:on"
    "attributes.flow_logs_s3_bucket" = "reference"
    "attributes.flow_logs_s3_prefix" = "identity"
  }
}

resource "aws_globalaccelerator_listener" {
  kind = "target"
  aspects = {
    accelerator_arn = "reference"
  }
}

resource "aws_globalaccelerator_endpoint_group" {
  kind = "target"
  aspects = {
    listener_arn                         = "reference"
    endpoint_group_region                = "placement"
    "endpoint_configuration.endpoint_id" = "reference"
    health_check_interval_seconds        = "monitoring/health-check:lower"
    health_check_path                    = "monitoring/health-check"
    health_check_port                    = "monitoring/health-check"
    health_check_protocol                = "monitoring/health-check"
    threshold_count                      = "monitoring/health-check:lower"
  }
}
