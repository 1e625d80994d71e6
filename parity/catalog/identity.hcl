# Who may do what: IAM and KMS.

resource "aws_iam_role" {
  kind = "identity"
  set_by = {
    inline_policy       = ["aws_iam_role_policy"]
    managed_policy_arns = ["aws_iam_role_policy_attachment"]
  }
  aspects = {
    name                  = "identity"
    name_prefix           = "identity"
    path                  = "setting"
    assume_role_policy    = "setting/policy"
    inline_policy         = "setting/policy"
    "inline_policy.name"  = "identity"
    managed_policy_arns   = "reference"
    permissions_boundary  = "reference"
    max_session_duration  = "setting"
    force_detach_policies = "identity"
  }
}

resource "aws_iam_policy" {
  kind = "identity"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    path        = "setting"
    policy      = "setting/policy"
  }
}

resource "aws_iam_role_policy" {
  kind = "policy"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    role        = "reference"
    policy      = "setting/policy"
  }
}

resource "aws_iam_role_policy_attachment" {
  kind = "attachment"
  aspects = {
    policy_arn = "reference"
    role       = "reference"
  }
}

resource "aws_iam_policy_attachment" {
  kind = "attachment"
  aspects = {
    name       = "identity"
    policy_arn = "reference"
    groups     = "reference"
    roles      = "reference"
    users      = "reference"
  }
}

resource "aws_iam_instance_profile" {
  kind = "identity"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    path        = "setting"
    role        = "reference"
  }
}

resource "aws_iam_user" {
  kind = "identity"
  aspects = {
    name                 = "identity"
    path                 = "setting"
    permissions_boundary = "reference"
    force_destroy        = "identity"
  }
}

resource "aws_iam_user_policy" {
  kind = "policy"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    user        = "reference"
    policy      = "setting/policy"
  }
}

resource "aws_iam_user_policy_attachment" {
  kind = "attachment"
  aspects = {
    policy_arn = "reference"
    user       = "reference"
  }
}

resource "aws_iam_user_group_membership" {
  kind = "attachment"
  aspects = {
    groups = "reference"
    user   = "reference"
  }
}

resource "aws_iam_user_login_profile" {
  kind = "part"
  aspects = {
    user                    = "reference"
    password                = "secret"
    encrypted_password      = "secret"
    password_length         = "setting"
    password_reset_required = "identity"
    pgp_key                 = "identity"
    key_fingerprint         = "identity"
  }
}

resource "aws_iam_access_key" {
  kind = "identity"
  aspects = {
    user                           = "reference"
    status                         = "setting"
    secret                         = "secret"
    ses_smtp_password_v4           = "secret"
    encrypted_secret               = "secret"
    encrypted_ses_smtp_password_v4 = "secret"
    pgp_key                        = "identity"
    key_fingerprint                = "identity"
  }
}

resource "aws_iam_group" {
  kind = "identity"
  aspects = {
    name = "identity"
    path = "setting"
  }
}

resource "aws_iam_group_policy" {
  kind = "policy"
  aspects = {
    name        = "identity"
    name_prefix = "identity"
    group       = "reference"
    policy      = "setting/policy"
  }
}

resource "aws_iam_group_policy_attachment" {
  kind = "attachment"
  aspects = {
    group      = "reference"
    policy_arn = "reference"
  }
}

resource "aws_iam_group_membership" {
  kind = "attachment"
  aspects = {
    name  = "identity"
    group = "reference"
    users = "reference"
  }
}

resource "aws_iam_openid_connect_provider" {
  kind = "identity"
  sets = ["thumbprint_list"]
  aspects = {
    client_id_list = "setting"
    # That of the cluster it stands for, or an outside service's.
    url             = "reference"
    thumbprint_list = "identity"
  }
}

resource "aws_iam_saml_provider" {
  kind = "identity"
  aspects = {
    name                   = "identity"
    saml_metadata_document = "identity"
    valid_until            = "identity"
  }
}

resource "aws_iam_service_linked_role" {
  kind = "identity"
  aspects = {
    aws_service_name = "setting"
    custom_suffix    = "identity"
  }
}

resource "aws_iam_account_alias" {
  kind = "identity"
  aspects = {
    account_alias = "identity"
  }
}

resource "aws_iam_account_password_policy" {
  kind = "policy"
  aspects = {
    allow_users_to_change_password = "setting"
    max_password_age               = "setting"
    minimum_password_length        = "setting"
    password_reuse_prevention      = "setting"
  }
}

resource "aws_iam_server_certificate" {
  kind = "certificate"
  aspects = {
    name              = "identity"
    name_prefix       = "identity"
    certificate_body  = "identity"
    certificate_chain = "identity"
    private_key       = "secret"
    path              = "setting"
  }
}

resource "aws_kms_key" {
  kind = "key"
  set_by = {
    policy = ["aws_kms_key_policy"]
  }
  aspects = {
    key_id                             = "identity"
    policy                             = "setting/policy"
    custom_key_store_id                = "reference"
    xks_key_id                         = "reference"
    enable_key_rotation                = "setting"
    bypass_policy_lockout_safety_check = "identity"
    deletion_window_in_days            = "identity"
  }
}

resource "aws_kms_alias" {
  kind = "key"
  aspects = {
    name          = "identity"
    name_prefix   = "identity"
    target_key_id = "reference"
  }
}

resource "aws_kms_grant" {
  kind = "policy"
  aspects = {
    name                  = "identity"
    key_id                = "reference"
    grantee_principal     = "reference"
    retiring_principal    = "reference"
    operations            = "setting"
    grant_creation_tokens = "secret"
    grant_id              = "identity"
    grant_token           = "secret"
    retire_on_delete      = "identity"
  }
}

resource "aws_kms_key_policy" {
  kind = "policy"
  aspects = {
    key_id                             = "reference"
    policy                             = "setting/policy"
    bypass_policy_lockout_safety_check = "identity"
  }
}

resource "aws_kms_replica_key" {
  kind = "key"
  aspects = {
    key_id                             = "identity"
    primary_key_arn                    = "reference"
    policy                             = "setting/policy"
    bypass_policy_lockout_safety_check = "identity"
    deletion_window_in_days            = "identity"
  }
}

resource "aws_kms_external_key" {
  kind = "key"
  aspects = {
    key_material_base64                = "secret"
    policy                             = "setting/policy"
    valid_to                           = "identity"
    bypass_policy_lockout_safety_check = "identity"
    deletion_window_in_days            = "identity"
  }
}

resource "aws_kms_ciphertext" {
  kind = "secret"
  aspects = {
    key_id          = "reference"
    plaintext       = "secret"
    ciphertext_blob = "identity"
  }
}
