# What lets traffic through, and who sees it: security groups, network ACLs, network firewalls, flow logs.

resource "aws_security_group" {
  kind = "firewall"
  sets = [
    "ingress.cidr_blocks", "ingress.ipv6_cidr_blocks", "ingress.prefix_list_ids",
    "egress.cidr_blocks", "egress.ipv6_cidr_blocks", "egress.prefix_list_ids",
  ]
  set_by = {
    ingress = ["aws_security_group_rule", "aws_vpc_security_group_ingress_rule"]
    egress  = ["aws_security_group_rule", "aws_vpc_security_group_egress_rule"]
  }
  aspects = {
    name                       = "identity"
    name_prefix                = "identity"
    vpc_id                     = "reference"
    revoke_rules_on_delete     = "identity"
    "ingress.cidr_blocks"      = "setting"
    "ingress.ipv6_cidr_blocks" = "setting"
    "ingress.prefix_list_ids"  = "reference"
    "ingress.security_groups"  = "reference"
    "egress.cidr_blocks"       = "setting"
    "egress.ipv6_cidr_blocks"  = "setting"
    "egress.prefix_list_ids"   = "reference"
    "egress.security_groups"   = "reference"
  }
}

resource "aws_default_security_group" {
  kind = "firewall"
  sets = [
    "ingress.cidr_blocks", "ingress.ipv6_cidr_blocks", "ingress.prefix_list_ids",
    "egress.cidr_blocks", "egress.ipv6_cidr_blocks", "egress.prefix_list_ids",
  ]
  aspects = {
    vpc_id                     = "reference"
    revoke_rules_on_delete     = "identity"
    "ingress.cidr_blocks"      = "setting"
    "ingress.ipv6_cidr_blocks" = "setting"
    "ingress.prefix_list_ids"  = "reference"
    "ingress.security_groups"  = "reference"
    "egress.cidr_blocks"       = "setting"
    "egress.ipv6_cidr_blocks"  = "setting"
    "egress.prefix_list_ids"   = "reference"
    "egress.security_groups"   = "reference"
  }
}

resource "aws_security_group_rule" {
  kind = "firewall"
  sets = ["cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"]
  aspects = {
    security_group_id        = "reference"
    source_security_group_id = "reference"
    prefix_list_ids          = "reference"
    cidr_blocks              = "setting"
    ipv6_cidr_blocks         = "setting"
    type                     = "setting"
  }
}

resource "aws_vpc_security_group_ingress_rule" {
  kind = "firewall"
  aspects = {
    security_group_id            = "reference"
    referenced_security_group_id = "reference"
    prefix_list_id               = "reference"
    cidr_ipv4                    = "setting"
    cidr_ipv6                    = "setting"
  }
}

resource "aws_vpc_security_group_egress_rule" {
  kind = "firewall"
  aspects = {
    security_group_id            = "reference"
    referenced_security_group_id = "reference"
    prefix_list_id               = "reference"
    cidr_ipv4                    = "setting"
    cidr_ipv6                    = "setting"
  }
}

resource "aws_network_acl" {
  kind = "firewall"
  set_by = {
    ingress    = ["aws_network_acl_rule"]
    egress     = ["aws_network_acl_rule"]
    subnet_ids = ["aws_network_acl_association"]
  }
  aspects = {
    vpc_id     = "reference"
    subnet_ids = "reference"
    ingress    = "setting"
    egress     = "setting"
  }
}

resource "aws_default_network_acl" {
  kind = "firewall"
  aspects = {
    default_network_acl_id = "reference"
    subnet_ids             = "reference"
    ingress                = "setting"
    egress                 = "setting"
  }
}

resource "aws_network_acl_rule" {
  kind = "firewall"
  aspects = {
    network_acl_id  = "reference"
    cidr_block      = "setting"
    ipv6_cidr_block = "setting"
  }
}

resource "aws_network_acl_association" {
  kind = "attachment"
  aspects = {
    network_acl_id = "reference"
    subnet_id      = "reference"
  }
}

resource "aws_flow_log" {
  kind = "log"
  aspects = {
    deliver_cross_account_role    = "reference"
    iam_role_arn                  = "reference"
    eni_id                        = "reference"
    subnet_id                     = "reference"
    transit_gateway_attachment_id = "reference"
    transit_gateway_id            = "reference"
    vpc_id                        = "reference"
    log_destination               = "reference"
    log_destination_type          = "monitoring/log-group"
    log_group_name                = "reference"
    log_format                    = "monitoring/log-group"
    traffic_type                  = "monitoring/log-group"
    max_aggregation_interval      = "monitoring/log-group:lower"
    destination_options           = "setting"
  }
}

resource "aws_networkfirewall_firewall" {
  kind = "firewall"
  aspects = {
    name                              = "identity"
    firewall_policy_arn               = "reference"
    vpc_id                            = "reference"
    update_token                      = "identity"
    "encryption_configuration.key_id" = "reference"
    "subnet_mapping.ip_address_type"  = "setting"
    "subnet_mapping.subnet_id"        = "reference"
  }
}

resource "aws_networkfirewall_firewall_policy" {
  kind = "firewall"
  aspects = {
    name                                                          = "identity"
    update_token                                                  = "identity"
    "encryption_configuration.key_id"                             = "reference"
    firewall_policy                                               = "setting"
    "firewall_policy.stateful_rule_group_reference.resource_arn"  = "reference"
    "firewall_policy.stateless_rule_group_reference.resource_arn" = "reference"
    "firewall_policy.tls_inspection_configuration_arn"            = "reference"
  }
}

resource "aws_networkfirewall_rule_group" {
  kind = "firewall"
  sets = ["rule_group.rules_source.stateful_rule"]
  aspects = {
    name                              = "identity"
    update_token                      = "identity"
    capacity                          = "setting"
    "encryption_configuration.key_id" = "reference"
    rule_group                        = "setting"
    rules                             = "setting"
  }
}

resource "aws_networkfirewall_logging_configuration" {
  kind = "log"
  aspects = {
    firewall_arn                                                        = "reference"
    "logging_configuration.log_destination_config.log_destination"      = "reference"
    "logging_configuration.log_destination_config.log_destination_type" = "monitoring/log-group"
    "logging_configuration.log_destination_config.log_type"             = "monitoring/log-group"
  }
}
