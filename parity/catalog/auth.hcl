# Users of the application: Cognito.

resource "aws_cognito_user_pool" {
  kind = "auth"
  aspects = {
    name                                                       = "identity"
    deletion_protection                                        = "setting"
    estimated_number_of_users                                  = "identity"
    "email_configuration.configuration_set"                    = "reference"
    "email_configuration.from_email_address"                   = "identity"
    "email_configuration.reply_to_email_address"               = "identity"
    "email_configuration.source_arn"                           = "reference"
    lambda_config                                              = "reference"
    "lambda_config.custom_email_sender.lambda_version"         = "setting"
    "lambda_config.custom_sms_sender.lambda_version"           = "setting"
    "lambda_config.pre_token_generation_config.lambda_version" = "setting"
    password_policy                                            = "setting"
    "sms_configuration.external_id"                            = "identity"
    "sms_configuration.sns_caller_arn"                         = "reference"
    "sms_configuration.sns_region"                             = "placement"
  }
}

resource "aws_cognito_user_pool_client" {
  kind = "auth"
  aspects = {
    name            = "identity"
    user_pool_id    = "reference"
    client_secret   = "secret"
    generate_secret = "setting"
    # The environment's own addresses.
    callback_urls                             = "reference"
    default_redirect_uri                      = "reference"
    logout_urls                               = "reference"
    supported_identity_providers              = "setting"
    access_token_validity                     = "setting"
    id_token_validity                         = "setting"
    refresh_token_validity                    = "setting"
    token_validity_units                      = "setting"
    "analytics_configuration.application_arn" = "reference"
    "analytics_configuration.application_id"  = "reference"
    "analytics_configuration.external_id"     = "identity"
    "analytics_configuration.role_arn"        = "reference"
  }
}

resource "aws_cognito_managed_user_pool_client" {
  kind = "auth"
  aspects = {
    name_pattern                              = "identity"
    name_prefix                               = "identity"
    user_pool_id                              = "reference"
    client_secret                             = "secret"
    callback_urls                             = "reference"
    default_redirect_uri                      = "reference"
    logout_urls                               = "reference"
    supported_identity_providers              = "setting"
    access_token_validity                     = "setting"
    id_token_validity                         = "setting"
    refresh_token_validity                    = "setting"
    "analytics_configuration.application_arn" = "reference"
    "analytics_configuration.application_id"  = "reference"
    "analytics_configuration.external_id"     = "identity"
    "analytics_configuration.role_arn"        = "reference"
    token_validity_units                      = "setting"
  }
}

resource "aws_cognito_user_pool_domain" {
  kind = "auth"
  aspects = {
    domain          = "identity"
    version         = "identity"
    certificate_arn = "reference"
    user_pool_id    = "reference"
  }
}

resource "aws_cognito_user_pool_ui_customization" {
  kind = "part"
  aspects = {
    client_id    = "reference"
    user_pool_id = "reference"
    css          = "setting"
    css_version  = "identity"
    image_file   = "setting/opaque"
  }
}

resource "aws_cognito_identity_provider" {
  kind = "auth"
  aspects = {
    provider_name     = "setting"
    user_pool_id      = "reference"
    attribute_mapping = "setting"
    # Client ids, secrets and addresses, which each environment has of its own.
    provider_details = "identity"
  }
}

resource "aws_cognito_resource_server" {
  kind = "auth"
  aspects = {
    name                      = "identity"
    identifier                = "identity"
    user_pool_id              = "reference"
    scope                     = "setting"
    "scope.scope_description" = "identity"
  }
}

resource "aws_cognito_user_group" {
  kind = "auth"
  aspects = {
    name         = "setting"
    role_arn     = "reference"
    user_pool_id = "reference"
  }
}

resource "aws_cognito_user" {
  kind = "auth"
  aspects = {
    username                 = "setting"
    user_pool_id             = "reference"
    sub                      = "identity"
    attributes               = "identity"
    creation_date            = "identity"
    desired_delivery_mediums = "identity"
    force_alias_creation     = "identity"
    message_action           = "identity"
    password                 = "secret"
    temporary_password       = "secret"
  }
}

resource "aws_cognito_user_in_group" {
  kind = "attachment"
  aspects = {
    group_name   = "reference"
    user_pool_id = "reference"
    username     = "reference"
  }
}

resource "aws_cognito_risk_configuration" {
  kind = "part"
  aspects = {
    client_id                                                             = "reference"
    user_pool_id                                                          = "reference"
    account_takeover_risk_configuration                                   = "setting"
    "account_takeover_risk_configuration.notify_configuration.from"       = "identity"
    "account_takeover_risk_configuration.notify_configuration.reply_to"   = "identity"
    "account_takeover_risk_configuration.notify_configuration.source_arn" = "reference"
    compromised_credentials_risk_configuration                            = "setting"
  }
}

resource "aws_cognito_identity_pool" {
  kind = "auth"
  sets = ["saml_provider_arns"]
  aspects = {
    identity_pool_name                         = "identity"
    developer_provider_name                    = "identity"
    "cognito_identity_providers.client_id"     = "reference"
    "cognito_identity_providers.provider_name" = "reference"
    openid_connect_provider_arns               = "reference"
    saml_provider_arns                         = "reference"
    supported_login_providers                  = "reference"
  }
}

resource "aws_cognito_identity_pool_roles_attachment" {
  kind = "attachment"
  aspects = {
    identity_pool_id                     = "reference"
    roles                                = "reference"
    "role_mapping.identity_provider"     = "reference"
    "role_mapping.mapping_rule.role_arn" = "reference"
  }
}

resource "aws_cognito_identity_pool_provider_principal_tag" {
  kind = "part"
  aspects = {
    identity_pool_id       = "reference"
    identity_provider_name = "reference"
    principal_tags         = "setting"
  }
}
