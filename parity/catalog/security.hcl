# Guards: WAF, Shield, GuardDuty, Security Hub, Config, and budgets.

resource "aws_wafv2_web_acl" {
  kind = "waf"
  aspects = {
    name                                                       = "identity"
    application_integration_url                                = "identity"
    lock_token                                                 = "identity"
    scope                                                      = "setting"
    capacity                                                   = "identity"
    token_domains                                              = "identity"
    custom_response_body                                       = "setting"
    rule                                                       = "setting"
    "rule.visibility_config"                                   = "monitoring/metrics"
    "rule.visibility_config.cloudwatch_metrics_enabled"        = "monitoring/metrics:on"
    "rule.visibility_config.metric_name"                       = "identity"
    "rule.visibility_config.sampled_requests_enabled"          = "monitoring/metrics:on"
    "rule.statement.ip_set_reference_statement.arn"            = "reference"
    "rule.statement.regex_pattern_set_reference_statement.arn" = "reference"
    "rule.statement.rule_group_reference_statement.arn"        = "reference"
    visibility_config                                          = "monitoring/metrics"
    "visibility_config.cloudwatch_metrics_enabled"             = "monitoring/metrics:on"
    "visibility_config.metric_name"                            = "identity"
    "visibility_config.sampled_requests_enabled"               = "monitoring/metrics:on"
  }
}

resource "aws_wafv2_rule_group" {
  kind = "waf"
  aspects = {
    name                                                       = "identity"
    name_prefix                                                = "identity"
    lock_token                                                 = "identity"
    scope                                                      = "setting"
    capacity                                                   = "setting"
    custom_response_body                                       = "setting"
    rule                                                       = "setting"
    "rule.visibility_config"                                   = "monitoring/metrics"
    "rule.visibility_config.cloudwatch_metrics_enabled"        = "monitoring/metrics:on"
    "rule.visibility_config.metric_name"                       = "identity"
    "rule.visibility_config.sampled_requests_enabled"          = "monitoring/metrics:on"
    "rule.statement.ip_set_reference_statement.arn"            = "reference"
    "rule.statement.regex_pattern_set_reference_statement.arn" = "reference"
    visibility_config                                          = "monitoring/metrics"
    "visibility_config.cloudwatch_metrics_enabled"             = "monitoring/metrics:on"
    "visibility_config.metric_name"                            = "identity"
    "visibility_config.sampled_requests_enabled"               = "monitoring/metrics:on"
  }
}

resource "aws_wafv2_ip_set" {
  kind = "waf"
  aspects = {
    name               = "identity"
    lock_token         = "identity"
    addresses          = "setting"
    ip_address_version = "setting"
  }
}

resource "aws_wafv2_regex_pattern_set" {
  kind = "waf"
  aspects = {
    name               = "identity"
    lock_token         = "identity"
    regular_expression = "setting"
  }
}

resource "aws_wafv2_web_acl_association" {
  kind = "attachment"
  aspects = {
    resource_arn = "reference"
    web_acl_arn  = "reference"
  }
}

resource "aws_wafv2_web_acl_logging_configuration" {
  kind = "log"
  sets = ["redacted_fields"]
  aspects = {
    log_destination_configs = "reference"
    resource_arn            = "reference"
    logging_filter          = "monitoring/log-group"
    redacted_fields         = "setting"
  }
}

resource "aws_wafregional_web_acl" {
  kind = "waf"
  aspects = {
    name                                    = "identity"
    metric_name                             = "identity"
    "logging_configuration.log_destination" = "reference"
    "rule.rule_id"                          = "reference"
  }
}

resource "aws_shield_protection" {
  kind = "part"
  aspects = {
    name         = "identity"
    resource_arn = "reference"
  }
}

resource "aws_guardduty_detector" {
  kind = "part"
  aspects = {
    account_id                   = "identity"
    enable                       = "setting"
    datasources                  = "setting"
    finding_publishing_frequency = "setting"
  }
}

resource "aws_guardduty_filter" {
  kind = "part"
  sets = ["finding_criteria.criterion.equals", "finding_criteria.criterion.not_equals"]
  aspects = {
    name             = "identity"
    detector_id      = "reference"
    finding_criteria = "setting"
  }
}

resource "aws_securityhub_account" {
  kind = "part"
  aspects = {
    enable_default_standards = "setting"
  }
}

resource "aws_securityhub_standards_subscription" {
  kind = "part"
  aspects = {
    standards_arn = "reference"
  }
}

resource "aws_config_configuration_recorder" {
  kind = "part"
  aspects = {
    name            = "identity"
    role_arn        = "reference"
    recording_group = "setting"
    recording_mode  = "setting"
  }
}

resource "aws_config_configuration_recorder_status" {
  kind = "part"
  aspects = {
    name       = "reference"
    is_enabled = "setting"
  }
}

resource "aws_config_delivery_channel" {
  kind = "part"
  aspects = {
    name           = "identity"
    s3_bucket_name = "reference"
    s3_key_prefix  = "identity"
    s3_kms_key_arn = "reference"
    sns_topic_arn  = "reference"
  }
}

resource "aws_config_config_rule" {
  kind = "policy"
  aspects = {
    name                           = "identity"
    rule_id                        = "identity"
    input_parameters               = "setting/parameter"
    "scope.compliance_resource_id" = "reference"
    # An ARN where the rule is one's own function.
    "source.source_identifier"                    = "reference"
    "source.custom_policy_details.policy_runtime" = "setting"
  }
}

resource "aws_inspector2_enabler" {
  kind = "part"
  aspects = {
    account_ids    = "identity"
    resource_types = "setting"
  }
}

resource "aws_macie2_account" {
  kind = "part"
  aspects = {
    status = "setting"
  }
}

resource "aws_accessanalyzer_analyzer" {
  kind = "part"
  aspects = {
    analyzer_name = "identity"
    type          = "setting"
  }
}

resource "aws_budgets_budget" {
  kind = "part"
  sets = ["cost_filter.values"]
  aspects = {
    name             = "identity"
    name_prefix      = "identity"
    account_id       = "identity"
    auto_adjust_data = "identity"
    # Money follows the size of the environment.
    limit_amount                              = "count/bound"
    planned_limit                             = "identity"
    "cost_filter.values"                      = "reference"
    "notification.subscriber_email_addresses" = "reference"
    "notification.subscriber_sns_topic_arns"  = "reference"
    time_period_start                         = "identity"
    time_period_end                           = "identity"
  }
}

resource "aws_ce_anomaly_monitor" {
  kind = "part"
  aspects = {
    name                  = "identity"
    monitor_specification = "setting"
    monitor_dimension     = "setting"
    monitor_type          = "setting"
  }
}

resource "aws_ce_anomaly_subscription" {
  kind = "part"
  sets = ["monitor_arn_list"]
  aspects = {
    name                 = "identity"
    account_id           = "identity"
    monitor_arn_list     = "reference"
    "subscriber.address" = "reference"
    # What is too much follows the size of the environment.
    threshold_expression = "identity"
  }
}
