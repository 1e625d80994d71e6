# Helpers inside Terraform: what they hold is generated, or shows in what it was generated for.

resource "random_password" {
  kind = "utility"
  aspects = {
    result      = "secret"
    bcrypt_hash = "secret"
  }
}

resource "random_string" {
  kind = "utility"
  aspects = {
    result = "identity"
  }
}

resource "random_bytes" {
  kind = "utility"
  aspects = {
    base64 = "secret"
    hex    = "secret"
  }
}

resource "random_id" {
  kind = "utility"
  aspects = {
    b64_std = "identity"
    b64_url = "identity"
    hex     = "identity"
  }
}

resource "random_integer" {
  kind = "utility"
  aspects = {
    result = "identity"
  }
}

resource "random_pet" {
  kind = "utility"
  aspects = {
    separator = "identity"
  }
}

resource "random_shuffle" {
  kind = "utility"
  aspects = {
    input  = "identity"
    result = "identity"
  }
}

resource "random_uuid" {
  kind = "utility"
  aspects = {
    result = "identity"
  }
}

resource "null_resource" {
  kind = "utility"
  aspects = {
    triggers = "identity"
  }
}

# What a configuration keeps in terraform_data is its own: values to compare.
resource "terraform_data" {
  kind = "part"
  aspects = {
    input            = "setting"
    output           = "identity"
    triggers_replace = "identity"
  }
}

resource "time_offset" {
  kind = "utility"
  aspects = {
    triggers = "identity"
  }
}

resource "time_rotating" {
  kind = "utility"
  aspects = {
    rfc3339  = "identity"
    triggers = "identity"
  }
}

resource "time_sleep" {
  kind = "utility"
  aspects = {
    create_duration  = "identity"
    destroy_duration = "identity"
    triggers         = "identity"
  }
}

resource "time_static" {
  kind = "utility"
  aspects = {
    rfc3339  = "identity"
    triggers = "identity"
  }
}

resource "tls_private_key" {
  kind = "utility"
  aspects = {
    algorithm                     = "setting"
    ecdsa_curve                   = "setting"
    rsa_bits                      = "setting"
    private_key_openssh           = "secret"
    private_key_pem               = "secret"
    private_key_pem_pkcs8         = "secret"
    public_key_openssh            = "identity"
    public_key_pem                = "identity"
    public_key_fingerprint_md5    = "identity"
    public_key_fingerprint_sha256 = "identity"
  }
}

resource "tls_cert_request" {
  kind = "utility"
  aspects = {
    private_key_pem  = "secret"
    cert_request_pem = "identity"
    subject          = "identity"
    dns_names        = "identity"
    ip_addresses     = "identity"
    uris             = "identity"
  }
}

resource "tls_self_signed_cert" {
  kind = "utility"
  sets = ["allowed_uses"]
  aspects = {
    private_key_pem       = "secret"
    allowed_uses          = "setting"
    validity_period_hours = "setting"
    is_ca_certificate     = "setting"
    cert_pem              = "identity"
    subject               = "identity"
    dns_names             = "identity"
    ip_addresses          = "identity"
    uris                  = "identity"
  }
}

resource "tls_locally_signed_cert" {
  kind = "utility"
  sets = ["allowed_uses"]
  aspects = {
    ca_private_key_pem    = "secret"
    allowed_uses          = "setting"
    validity_period_hours = "setting"
    is_ca_certificate     = "setting"
    ca_cert_pem           = "identity"
    cert_pem              = "identity"
    cert_request_pem      = "identity"
  }
}

resource "local_file" {
  kind = "utility"
  aspects = {
    filename          = "identity"
    source            = "identity"
    content           = "identity"
    sensitive_content = "secret"
    content_base64    = "identity"
  }
}

resource "local_sensitive_file" {
  kind = "utility"
  aspects = {
    filename       = "identity"
    source         = "identity"
    content        = "secret"
    content_base64 = "secret"
  }
}

resource "archive_file" {
  kind = "utility"
  aspects = {
    source_content      = "identity"
    output_path         = "identity"
    output_base64sha256 = "identity"
  }
}
