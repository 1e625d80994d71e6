# Queues, topics, streams and mail: SQS, SNS, MQ, Kinesis, Kafka, SES.

resource "aws_sqs_queue" {
  kind = "queue"
  set_by = {
    policy               = ["aws_sqs_queue_policy"]
    redrive_policy       = ["aws_sqs_queue_redrive_policy"]
    redrive_allow_policy = ["aws_sqs_queue_redrive_allow_policy"]
  }
  aspects = {
    name                 = "identity"
    name_prefix          = "identity"
    kms_master_key_id    = "reference"
    policy               = "setting/policy"
    redrive_policy       = "setting"
    redrive_allow_policy = "setting"
  }
}

resource "aws_sqs_queue_policy" {
  kind = "policy"
  aspects = {
    queue_url = "reference"
    policy    = "setting/policy"
  }
}

resource "aws_sqs_queue_redrive_policy" {
  kind = "part"
  aspects = {
    queue_url      = "reference"
    redrive_policy = "setting"
  }
}

resource "aws_sqs_queue_redrive_allow_policy" {
  kind = "part"
  aspects = {
    queue_url            = "reference"
    redrive_allow_policy = "setting"
  }
}

resource "aws_sns_topic" {
  kind = "topic"
  set_by = {
    policy = ["aws_sns_topic_policy"]
  }
  aspects = {
    name              = "identity"
    name_prefix       = "identity"
    display_name      = "identity"
    kms_master_key_id = "reference"
    policy            = "setting/policy"
    delivery_policy   = "setting"
    archive_policy    = "setting"
    signature_version = "setting"
    tracing_config    = "monitoring/tracing"
  }
}

resource "aws_sns_topic_policy" {
  kind = "policy"
  aspects = {
    arn    = "reference"
    policy = "setting/policy"
  }
}

resource "aws_sns_topic_subscription" {
  kind = "part"
  aspects = {
    topic_arn                       = "reference"
    protocol                        = "setting"
    endpoint                        = "reference"
    subscription_role_arn           = "reference"
    delivery_policy                 = "setting"
    filter_policy                   = "setting"
    redrive_policy                  = "setting"
    replay_policy                   = "setting"
    confirmation_timeout_in_minutes = "identity"
    endpoint_auto_confirms          = "identity"
  }
}

resource "aws_sns_platform_application" {
  kind = "part"
  aspects = {
    name = "identity"
    # APNS or APNS_SANDBOX, GCM: who delivers, no version.
    platform                 = "setting"
    platform_credential      = "secret"
    platform_principal       = "secret"
    apple_platform_bundle_id = "setting"
    apple_platform_team_id   = "setting"
  }
}

resource "aws_mq_broker" {
  kind    = "queue"
  scale   = "quorum"
  members = deployment_mode == "CLUSTER_MULTI_AZ" ? 3 : deployment_mode == "ACTIVE_STANDBY_MULTI_AZ" ? 2 : 1
  aspects = {
    broker_name                                     = "identity"
    deployment_mode                                 = "placement/standby"
    engine_type                                     = "version/engine"
    engine_version                                  = "version/engine"
    host_instance_type                              = "size/machine"
    "configuration.id"                              = "reference"
    "configuration.revision"                        = "identity"
    data_replication_primary_broker_arn             = "reference"
    "encryption_options.kms_key_id"                 = "reference"
    "ldap_server_metadata.hosts"                    = "reference"
    "ldap_server_metadata.service_account_password" = "secret"
    logs                                            = "monitoring/log-group"
    "logs.general"                                  = "monitoring/log-group:on"
    maintenance_window_start_time                   = "identity"
    security_groups                                 = "reference"
    subnet_ids                                      = "reference"
    "user.username"                                 = "setting"
    "user.password"                                 = "secret"
    apply_immediately                               = "identity"
  }
}

resource "aws_mq_configuration" {
  kind = "parameter_group"
  aspects = {
    name                    = "identity"
    data                    = "setting/parameter"
    engine_type             = "version/engine"
    engine_version          = "version/engine"
    authentication_strategy = "setting"
  }
}

resource "aws_kinesis_stream" {
  kind = "stream"
  aspects = {
    name                      = "identity"
    arn                       = "identity"
    shard_count               = "count/capacity"
    retention_period          = "setting"
    kms_key_id                = "reference"
    shard_level_metrics       = "monitoring/metrics"
    enforce_consumer_deletion = "identity"
  }
}

resource "aws_kinesis_stream_consumer" {
  kind = "part"
  aspects = {
    name       = "identity"
    stream_arn = "reference"
  }
}

resource "aws_kinesis_firehose_delivery_stream" {
  kind = "stream"
  aspects = {
    name = "identity"
    arn  = "identity"
    # The kind of destination; the blocks below say which one.
    destination                                                                                         = "setting"
    destination_id                                                                                      = "identity"
    version_id                                                                                          = "identity"
    "elasticsearch_configuration.cluster_endpoint"                                                      = "reference"
    "extended_s3_configuration.data_format_conversion_configuration.output_format_configuration"        = "setting"
    "extended_s3_configuration.data_format_conversion_configuration.schema_configuration.database_name" = "reference"
    "extended_s3_configuration.data_format_conversion_configuration.schema_configuration.region"        = "placement"
    "extended_s3_configuration.data_format_conversion_configuration.schema_configuration.table_name"    = "reference"
    "extended_s3_configuration.data_format_conversion_configuration.schema_configuration.version_id"    = "setting"
    "http_endpoint_configuration.access_key"                                                            = "secret"
    "http_endpoint_configuration.name"                                                                  = "identity"
    "http_endpoint_configuration.url"                                                                   = "reference"
    "opensearch_configuration.cluster_endpoint"                                                         = "reference"
    "opensearchserverless_configuration.collection_endpoint"                                            = "reference"
    "redshift_configuration.cluster_jdbcurl"                                                            = "reference"
    "redshift_configuration.password"                                                                   = "secret"
    "server_side_encryption.key_arn"                                                                    = "reference"
    "splunk_configuration.hec_endpoint"                                                                 = "reference"
    "splunk_configuration.hec_token"                                                                    = "secret"
  }
}

resource "aws_msk_cluster" {
  kind    = "stream"
  scale   = "quorum"
  members = number_of_broker_nodes
  aspects = {
    cluster_name                                                                                    = "identity"
    kafka_version                                                                                   = "version/engine"
    current_version                                                                                 = "identity"
    number_of_broker_nodes                                                                          = "count/members"
    "broker_node_group_info.instance_type"                                                          = "size/machine"
    "broker_node_group_info.az_distribution"                                                        = "setting"
    "broker_node_group_info.client_subnets"                                                         = "reference"
    "broker_node_group_info.security_groups"                                                        = "reference"
    "broker_node_group_info.storage_info.ebs_storage_info.volume_size"                              = "size/storage"
    "broker_node_group_info.storage_info.ebs_storage_info.provisioned_throughput.enabled"           = "setting"
    "broker_node_group_info.storage_info.ebs_storage_info.provisioned_throughput.volume_throughput" = "count/capacity"
    "client_authentication.tls.certificate_authority_arns"                                          = "reference"
    "configuration_info.arn"                                                                        = "reference"
    "configuration_info.revision"                                                                   = "identity"
    "encryption_info.encryption_at_rest_kms_key_arn"                                                = "reference"
    enhanced_monitoring                                                                             = "monitoring/metrics"
    open_monitoring                                                                                 = "monitoring/metrics"
    logging_info                                                                                    = "monitoring/log-group"
    "logging_info.broker_logs.cloudwatch_logs.enabled"                                              = "monitoring/log-group:on"
    "logging_info.broker_logs.cloudwatch_logs.log_group"                                            = "reference"
    "logging_info.broker_logs.firehose.enabled"                                                     = "monitoring/log-group:on"
    "logging_info.broker_logs.firehose.delivery_stream"                                             = "reference"
    "logging_info.broker_logs.s3.enabled"                                                           = "monitoring/log-group:on"
    "logging_info.broker_logs.s3.bucket"                                                            = "reference"
    "logging_info.broker_logs.s3.prefix"                                                            = "identity"
  }
}

resource "aws_msk_serverless_cluster" {
  kind = "stream"
  sets = ["vpc_config"]
  aspects = {
    cluster_name                    = "identity"
    "vpc_config.security_group_ids" = "reference"
    "vpc_config.subnet_ids"         = "reference"
  }
}

resource "aws_msk_configuration" {
  kind = "parameter_group"
  aspects = {
    name              = "identity"
    latest_revision   = "identity"
    kafka_versions    = "version/engine"
    server_properties = "setting/parameter"
  }
}

resource "aws_msk_cluster_policy" {
  kind = "policy"
  aspects = {
    cluster_arn     = "reference"
    policy          = "setting/policy"
    current_version = "identity"
  }
}

resource "aws_msk_scram_secret_association" {
  kind = "attachment"
  aspects = {
    cluster_arn     = "reference"
    secret_arn_list = "reference"
  }
}

resource "aws_mskconnect_connector" {
  kind = "compute"
  aspects = {
    name                                                         = "identity"
    version                                                      = "identity"
    connector_configuration                                      = "setting/parameter"
    kafkaconnect_version                                         = "version/engine"
    service_execution_role_arn                                   = "reference"
    "capacity.autoscaling.mcu_count"                             = "size/amount"
    "capacity.autoscaling.min_worker_count"                      = "count/bound"
    "capacity.autoscaling.max_worker_count"                      = "count/bound"
    "capacity.provisioned_capacity.mcu_count"                    = "size/amount"
    "capacity.provisioned_capacity.worker_count"                 = "count/capacity"
    "kafka_cluster.apache_kafka_cluster.bootstrap_servers"       = "reference"
    "kafka_cluster.apache_kafka_cluster.vpc.security_groups"     = "reference"
    "kafka_cluster.apache_kafka_cluster.vpc.subnets"             = "reference"
    log_delivery                                                 = "monitoring/log-group"
    "log_delivery.worker_log_delivery.cloudwatch_logs.log_group" = "reference"
    "log_delivery.worker_log_delivery.firehose.delivery_stream"  = "reference"
    "log_delivery.worker_log_delivery.s3.bucket"                 = "reference"
    "log_delivery.worker_log_delivery.s3.prefix"                 = "identity"
    "plugin.custom_plugin.arn"                                   = "reference"
    "plugin.custom_plugin.revision"                              = "identity"
    "worker_configuration.arn"                                   = "reference"
    "worker_configuration.revision"                              = "identity"
  }
}

resource "aws_ses_domain_identity" {
  kind = "dns"
  aspects = {
    domain             = "identity"
    verification_token = "identity"
  }
}

resource "aws_ses_domain_dkim" {
  kind = "part"
  aspects = {
    domain      = "reference"
    dkim_tokens = "identity"
  }
}

resource "aws_ses_domain_mail_from" {
  kind = "part"
  aspects = {
    domain                 = "reference"
    mail_from_domain       = "identity"
    behavior_on_mx_failure = "setting"
  }
}

resource "aws_ses_email_identity" {
  kind = "part"
  aspects = {
    email = "identity"
  }
}

resource "aws_ses_configuration_set" {
  kind = "part"
  aspects = {
    name                                      = "identity"
    "tracking_options.custom_redirect_domain" = "identity"
    last_fresh_start                          = "identity"
    reputation_metrics_enabled                = "monitoring/metrics:on"
  }
}

resource "aws_ses_event_destination" {
  kind = "part"
  aspects = {
    name                             = "identity"
    configuration_set_name           = "reference"
    enabled                          = "monitoring/metrics:on"
    matching_types                   = "monitoring/metrics"
    "kinesis_destination.role_arn"   = "reference"
    "kinesis_destination.stream_arn" = "reference"
    "sns_destination.topic_arn"      = "reference"
    cloudwatch_destination           = "monitoring/metrics"
  }
}

resource "aws_ses_template" {
  kind = "part"
  aspects = {
    name    = "setting"
    html    = "setting"
    subject = "setting"
    text    = "setting"
  }
}

resource "aws_ses_receipt_rule_set" {
  kind = "part"
  aspects = {
    rule_set_name = "identity"
  }
}

resource "aws_ses_receipt_rule" {
  kind = "part"
  aspects = {
    name                    = "identity"
    rule_set_name           = "reference"
    after                   = "reference"
    recipients              = "identity"
    "s3_action.bucket_name" = "reference"
  }
}

resource "aws_sesv2_email_identity" {
  kind = "dns"
  aspects = {
    email_identity                                       = "identity"
    configuration_set_name                               = "reference"
    "dkim_signing_attributes.domain_signing_private_key" = "secret"
    "dkim_signing_attributes.domain_signing_selector"    = "identity"
    "dkim_signing_attributes.tokens"                     = "identity"
  }
}

resource "aws_sesv2_configuration_set" {
  kind = "part"
  sets = ["suppression_options.suppressed_reasons"]
  aspects = {
    configuration_set_name                          = "identity"
    "delivery_options.sending_pool_name"            = "reference"
    "reputation_options.reputation_metrics_enabled" = "monitoring/metrics:on"
    "reputation_options.last_fresh_start"           = "identity"
    "tracking_options.custom_redirect_domain"       = "identity"
  }
}
