# Objects: S3 and its parts.

resource "aws_s3_bucket" {
  kind = "storage"
  aspects = {
    bucket              = "identity"
    bucket_prefix       = "identity"
    force_destroy       = "identity"
    object_lock_enabled = "setting"
    # Deprecated here: each has its own aws_s3_bucket_* resource, which is compared. This copy is what the
    # last refresh saw, and so differs between an environment made just now and an old one.
    acceleration_status                  = "identity"
    acl                                  = "identity"
    cors_rule                            = "identity"
    grant                                = "identity"
    lifecycle_rule                       = "identity"
    logging                              = "identity"
    object_lock_configuration            = "identity"
    policy                               = "identity"
    replication_configuration            = "identity"
    request_payer                        = "identity"
    server_side_encryption_configuration = "identity"
    versioning                           = "identity"
    website                              = "identity"
  }
}

resource "aws_s3_bucket_versioning" {
  kind = "part"
  aspects = {
    bucket                   = "reference"
    expected_bucket_owner    = "identity"
    mfa                      = "secret"
    versioning_configuration = "setting"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" {
  kind = "part"
  aspects = {
    bucket                                                           = "reference"
    expected_bucket_owner                                            = "identity"
    "rule.apply_server_side_encryption_by_default.kms_master_key_id" = "reference"
  }
}

resource "aws_s3_bucket_public_access_block" {
  kind = "part"
  aspects = {
    bucket                  = "reference"
    block_public_acls       = "setting"
    block_public_policy     = "setting"
    ignore_public_acls      = "setting"
    restrict_public_buckets = "setting"
  }
}

resource "aws_s3_account_public_access_block" {
  kind = "part"
  aspects = {
    account_id          = "identity"
    block_public_policy = "setting"
  }
}

resource "aws_s3_bucket_ownership_controls" {
  kind = "part"
  aspects = {
    bucket                  = "reference"
    "rule.object_ownership" = "setting"
  }
}

resource "aws_s3_bucket_acl" {
  kind = "part"
  aspects = {
    bucket                                   = "reference"
    expected_bucket_owner                    = "identity"
    acl                                      = "setting"
    "access_control_policy.grant.grantee.id" = "reference"
    "access_control_policy.owner"            = "identity"
  }
}

resource "aws_s3_bucket_policy" {
  kind = "policy"
  aspects = {
    bucket = "reference"
    policy = "setting/policy"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" {
  kind = "part"
  sets = ["rule"]
  aspects = {
    bucket                = "reference"
    expected_bucket_owner = "identity"
    rule                  = "setting"
    "rule.id"             = "identity"
  }
}

resource "aws_s3_bucket_cors_configuration" {
  kind = "part"
  aspects = {
    bucket                = "reference"
    expected_bucket_owner = "identity"
    cors_rule             = "setting"
    "cors_rule.id"        = "identity"
  }
}

resource "aws_s3_bucket_logging" {
  kind = "log"
  aspects = {
    bucket                    = "reference"
    expected_bucket_owner     = "identity"
    target_bucket             = "reference"
    target_prefix             = "identity"
    "target_grant.grantee.id" = "reference"
  }
}

resource "aws_s3_bucket_notification" {
  kind = "event"
  sets = ["lambda_function", "queue", "topic"]
  aspects = {
    bucket                                = "reference"
    lambda_function                       = "setting"
    "lambda_function.id"                  = "identity"
    "lambda_function.lambda_function_arn" = "reference"
    queue                                 = "setting"
    "queue.id"                            = "identity"
    "queue.queue_arn"                     = "reference"
    topic                                 = "setting"
    "topic.id"                            = "identity"
    "topic.topic_arn"                     = "reference"
  }
}

resource "aws_s3_bucket_replication_configuration" {
  kind = "part"
  sets = ["rule"]
  aspects = {
    bucket                                                         = "reference"
    role                                                           = "reference"
    token                                                          = "secret"
    rule                                                           = "setting"
    "rule.id"                                                      = "identity"
    "rule.destination.account"                                     = "reference"
    "rule.destination.bucket"                                      = "reference"
    "rule.destination.encryption_configuration.replica_kms_key_id" = "reference"
  }
}

resource "aws_s3_bucket_website_configuration" {
  kind = "part"
  aspects = {
    bucket                               = "reference"
    expected_bucket_owner                = "identity"
    "redirect_all_requests_to.host_name" = "reference"
    "routing_rule.redirect.host_name"    = "reference"
  }
}

resource "aws_s3_bucket_object_lock_configuration" {
  kind = "part"
  aspects = {
    bucket                = "reference"
    expected_bucket_owner = "identity"
    token                 = "secret"
  }
}

resource "aws_s3_bucket_accelerate_configuration" {
  kind = "part"
  aspects = {
    bucket                = "reference"
    expected_bucket_owner = "identity"
    status                = "setting"
  }
}

resource "aws_s3_bucket_request_payment_configuration" {
  kind = "part"
  aspects = {
    bucket                = "reference"
    expected_bucket_owner = "identity"
    payer                 = "setting"
  }
}

resource "aws_s3_bucket_intelligent_tiering_configuration" {
  kind = "part"
  aspects = {
    bucket = "reference"
    status = "setting"
  }
}

resource "aws_s3_bucket_metric" {
  kind = "part"
  aspects = {
    bucket                = "reference"
    filter                = "monitoring/metrics"
    "filter.access_point" = "reference"
  }
}

resource "aws_s3_bucket_analytics_configuration" {
  kind = "part"
  aspects = {
    bucket                                                                            = "reference"
    "storage_class_analysis.data_export.output_schema_version"                        = "setting"
    "storage_class_analysis.data_export.destination.s3_bucket_destination.bucket_arn" = "reference"
    "storage_class_analysis.data_export.destination.s3_bucket_destination.format"     = "setting"
    "storage_class_analysis.data_export.destination.s3_bucket_destination.prefix"     = "setting"
  }
}

resource "aws_s3_bucket_inventory" {
  kind = "part"
  aspects = {
    bucket                                         = "reference"
    "destination.bucket.bucket_arn"                = "reference"
    "destination.bucket.format"                    = "setting"
    "destination.bucket.prefix"                    = "identity"
    "destination.bucket.encryption.sse_kms.key_id" = "reference"
  }
}

resource "aws_s3_object" {
  kind = "part"
  aspects = {
    bucket         = "reference"
    key            = "setting"
    content        = "setting"
    content_base64 = "setting/opaque"
    etag           = "setting/opaque"
    source_hash    = "setting/opaque"
    # Where the file lay when it was uploaded.
    source                        = "identity"
    kms_key_id                    = "reference"
    version_id                    = "identity"
    object_lock_retain_until_date = "identity"
    force_destroy                 = "identity"
    override_provider             = "identity"
  }
}

resource "aws_s3_bucket_object" {
  kind = "part"
  aspects = {
    bucket                        = "reference"
    key                           = "setting"
    content                       = "setting"
    content_base64                = "setting/opaque"
    etag                          = "setting/opaque"
    source_hash                   = "setting/opaque"
    source                        = "identity"
    kms_key_id                    = "reference"
    version_id                    = "identity"
    object_lock_retain_until_date = "identity"
    force_destroy                 = "identity"
  }
}

resource "aws_s3_access_point" {
  kind = "part"
  aspects = {
    name                                                    = "identity"
    account_id                                              = "identity"
    bucket                                                  = "reference"
    bucket_account_id                                       = "reference"
    policy                                                  = "setting/policy"
    "public_access_block_configuration.block_public_policy" = "setting"
    "vpc_configuration.vpc_id"                              = "reference"
  }
}

resource "aws_s3control_access_point_policy" {
  kind = "policy"
  aspects = {
    access_point_arn = "reference"
    policy           = "setting/policy"
  }
}
