# Alarms, logs, dashboards, traces, canaries.

resource "aws_cloudwatch_metric_alarm" {
  kind = "alarm"
  aspects = {
    alarm_name                            = "identity"
    alarm_description                     = "identity"
    actions_enabled                       = "monitoring/alarm:on"
    threshold                             = "monitoring/alarm:operator"
    comparison_operator                   = "monitoring/alarm"
    evaluation_periods                    = "monitoring/alarm:lower"
    period                                = "monitoring/alarm:lower"
    datapoints_to_alarm                   = "monitoring/alarm"
    metric_name                           = "monitoring/alarm"
    namespace                             = "monitoring/alarm"
    statistic                             = "monitoring/alarm"
    extended_statistic                    = "monitoring/alarm"
    unit                                  = "monitoring/alarm"
    dimensions                            = "monitoring/alarm"
    metric_query                          = "monitoring/alarm"
    "metric_query.account_id"             = "reference"
    "metric_query.label"                  = "identity"
    threshold_metric_id                   = "monitoring/alarm"
    treat_missing_data                    = "monitoring/alarm"
    evaluate_low_sample_count_percentiles = "monitoring/alarm"
    alarm_actions                         = "reference"
    insufficient_data_actions             = "reference"
    ok_actions                            = "reference"
  }
}

resource "aws_cloudwatch_composite_alarm" {
  kind = "alarm"
  aspects = {
    alarm_name                            = "identity"
    alarm_description                     = "identity"
    actions_enabled                       = "monitoring/alarm:on"
    alarm_rule                            = "monitoring/alarm"
    alarm_actions                         = "reference"
    insufficient_data_actions             = "reference"
    ok_actions                            = "reference"
    "actions_suppressor.alarm"            = "reference"
    "actions_suppressor.extension_period" = "monitoring/alarm:lower"
    "actions_suppressor.wait_period"      = "monitoring/alarm:lower"
  }
}

resource "aws_cloudwatch_dashboard" {
  kind = "dashboard"
  aspects = {
    dashboard_name = "identity"
    dashboard_body = "monitoring/dashboard"
  }
}

resource "aws_cloudwatch_log_group" {
  kind = "log"
  aspects = {
    name              = "identity"
    name_prefix       = "identity"
    kms_key_id        = "reference"
    log_group_class   = "setting"
    retention_in_days = "monitoring/retention:higher-or-zero"
    skip_destroy      = "identity"
  }
}

resource "aws_cloudwatch_log_stream" {
  kind = "log"
  aspects = {
    name           = "identity"
    log_group_name = "reference"
  }
}

resource "aws_cloudwatch_log_metric_filter" {
  kind = "log"
  aspects = {
    name                  = "identity"
    log_group_name        = "reference"
    pattern               = "monitoring/metrics"
    metric_transformation = "monitoring/metrics"
  }
}

resource "aws_cloudwatch_log_subscription_filter" {
  kind = "log"
  aspects = {
    name            = "identity"
    destination_arn = "reference"
    log_group_name  = "reference"
    role_arn        = "reference"
    filter_pattern  = "monitoring/log-group"
    distribution    = "setting"
  }
}

resource "aws_cloudwatch_log_destination" {
  kind = "log"
  aspects = {
    name       = "identity"
    role_arn   = "reference"
    target_arn = "reference"
  }
}

resource "aws_cloudwatch_log_destination_policy" {
  kind = "policy"
  aspects = {
    destination_name = "reference"
    access_policy    = "setting/policy"
    force_update     = "identity"
  }
}

resource "aws_cloudwatch_log_resource_policy" {
  kind = "policy"
  aspects = {
    policy_name     = "identity"
    policy_document = "setting/policy"
  }
}

resource "aws_cloudwatch_log_data_protection_policy" {
  kind = "policy"
  aspects = {
    log_group_name  = "reference"
    policy_document = "setting/policy"
  }
}

resource "aws_cloudwatch_query_definition" {
  kind = "dashboard"
  sets = ["log_group_names"]
  aspects = {
    name                = "identity"
    query_definition_id = "identity"
    log_group_names     = "reference"
    query_string        = "monitoring/dashboard"
  }
}

resource "aws_cloudwatch_metric_stream" {
  kind = "log"
  aspects = {
    name                            = "identity"
    name_prefix                     = "identity"
    firehose_arn                    = "reference"
    role_arn                        = "reference"
    output_format                   = "setting"
    exclude_filter                  = "monitoring/metrics"
    include_filter                  = "monitoring/metrics"
    statistics_configuration        = "monitoring/metrics"
    include_linked_accounts_metrics = "monitoring/metrics:on"
  }
}

resource "aws_synthetics_canary" {
  kind = "health_check"
  aspects = {
    name                                        = "identity"
    artifact_s3_location                        = "reference"
    execution_role_arn                          = "reference"
    runtime_version                             = "version/runtime"
    s3_bucket                                   = "reference"
    s3_key                                      = "version/release"
    s3_version                                  = "version/release"
    zip_file                                    = "identity"
    handler                                     = "monitoring/health-check"
    start_canary                                = "monitoring/health-check:on"
    schedule                                    = "monitoring/health-check"
    failure_retention_period                    = "monitoring/retention:higher"
    success_retention_period                    = "monitoring/retention:higher"
    "artifact_config.s3_encryption.kms_key_arn" = "reference"
    "run_config.active_tracing"                 = "monitoring/tracing:on"
    "run_config.environment_variables"          = "setting/environment"
    "run_config.memory_in_mb"                   = "size/amount"
    "vpc_config.security_group_ids"             = "reference"
    "vpc_config.subnet_ids"                     = "reference"
    delete_lambda                               = "identity"
  }
}

resource "aws_xray_sampling_rule" {
  kind = "part"
  aspects = {
    rule_name      = "identity"
    fixed_rate     = "monitoring/tracing:higher"
    reservoir_size = "monitoring/tracing"
    priority       = "monitoring/tracing"
    host           = "monitoring/tracing"
    http_method    = "monitoring/tracing"
    service_name   = "monitoring/tracing"
    service_type   = "monitoring/tracing"
    url_path       = "monitoring/tracing"
    resource_arn   = "reference"
    # Of the rule's format.
    version = "setting"
  }
}

resource "aws_xray_group" {
  kind = "part"
  aspects = {
    group_name             = "identity"
    filter_expression      = "monitoring/tracing"
    insights_configuration = "monitoring/tracing"
  }
}

resource "aws_xray_encryption_config" {
  kind = "part"
  aspects = {
    key_id = "reference"
  }
}

resource "aws_prometheus_workspace" {
  kind = "part"
  aspects = {
    alias                                 = "identity"
    kms_key_arn                           = "reference"
    "logging_configuration.log_group_arn" = "reference"
  }
}

resource "aws_prometheus_rule_group_namespace" {
  kind = "alarm"
  aspects = {
    name         = "identity"
    workspace_id = "reference"
    data         = "monitoring/alarm"
  }
}

resource "aws_prometheus_alert_manager_definition" {
  kind = "alarm"
  aspects = {
    workspace_id = "reference"
    definition   = "monitoring/alarm"
  }
}

resource "aws_grafana_workspace" {
  kind = "dashboard"
  sets = ["authentication_providers", "data_sources", "notification_destinations", "organizational_units"]
  aspects = {
    name                                     = "identity"
    authentication_providers                 = "setting"
    data_sources                             = "monitoring/dashboard"
    notification_destinations                = "monitoring/alarm"
    configuration                            = "setting"
    grafana_version                          = "version/engine"
    organization_role_name                   = "reference"
    role_arn                                 = "reference"
    stack_set_name                           = "reference"
    "network_access_control.prefix_list_ids" = "reference"
    "network_access_control.vpce_ids"        = "reference"
    "vpc_configuration.security_group_ids"   = "reference"
    "vpc_configuration.subnet_ids"           = "reference"
  }
}

resource "aws_rum_app_monitor" {
  kind = "part"
  aspects = {
    name                                            = "identity"
    domain                                          = "identity"
    cw_log_enabled                                  = "monitoring/log-group:on"
    "app_monitor_configuration.enable_xray"         = "monitoring/tracing:on"
    "app_monitor_configuration.guest_role_arn"      = "reference"
    "app_monitor_configuration.identity_pool_id"    = "reference"
    "app_monitor_configuration.session_sample_rate" = "monitoring/metrics:higher"
    "app_monitor_configuration.telemetries"         = "monitoring/metrics"
  }
}

resource "aws_cloudtrail" {
  kind = "log"
  sets = ["event_selector.data_resource.values", "insight_selector"]
  aspects = {
    name                          = "identity"
    home_region                   = "identity"
    cloud_watch_logs_group_arn    = "reference"
    cloud_watch_logs_role_arn     = "reference"
    kms_key_id                    = "reference"
    s3_bucket_name                = "reference"
    s3_key_prefix                 = "identity"
    sns_topic_name                = "reference"
    enable_logging                = "monitoring/log-group:on"
    enable_log_file_validation    = "monitoring/log-group:on"
    include_global_service_events = "monitoring/log-group:on"
    is_multi_region_trail         = "monitoring/log-group:on"
    is_organization_trail         = "setting"
    advanced_event_selector       = "monitoring/log-group"
    event_selector                = "monitoring/log-group"
    insight_selector              = "monitoring/log-group"
  }
}
