# Machines that AWS looks after: Elastic Beanstalk, Lightsail.

resource "aws_lightsail_instance" {
  kind  = "compute"
  scale = "proportional"
  aspects = {
    name              = "identity"
    availability_zone = "placement/zone"
    blueprint_id      = "version/image"
    bundle_id         = "size/machine"
    key_pair_name     = "reference"
    user_data         = "setting/opaque"
  }
}

resource "aws_elastic_beanstalk_application" {
  kind = "delivery"
  aspects = {
    name                                = "identity"
    "appversion_lifecycle.service_role" = "reference"
    "appversion_lifecycle.max_count"    = "setting"
  }
}

resource "aws_elastic_beanstalk_application_version" {
  kind = "delivery"
  aspects = {
    name         = "identity"
    application  = "reference"
    bucket       = "reference"
    key          = "version/release"
    force_delete = "identity"
  }
}

resource "aws_elastic_beanstalk_configuration_template" {
  kind = "template"
  aspects = {
    name                = "identity"
    application         = "reference"
    environment_id      = "reference"
    solution_stack_name = "version/platform"
    setting             = "setting/parameter"
  }
}

resource "aws_elastic_beanstalk_environment" {
  kind  = "compute"
  scale = "proportional"
  # The group's size is one of the option settings.
  members = try(
    [for s in all_settings : s.value if s.namespace == "aws:autoscaling:asg" && s.name == "MinSize"][0] * 1,
    [for s in setting : s.value if s.namespace == "aws:autoscaling:asg" && s.name == "MinSize"][0] * 1,
    1
  )
  aspects = {
    name                   = "identity"
    application            = "reference"
    cname_prefix           = "identity"
    template_name          = "reference"
    platform_arn           = "version/platform"
    solution_stack_name    = "version/platform"
    version_label          = "version/release"
    tier                   = "setting"
    setting                = "setting/parameter"
    all_settings           = "identity"
    poll_interval          = "identity"
    wait_for_ready_timeout = "identity"
  }
}
