# Ways out of the VPC: transit gateways, VPNs, Direct Connect, resource shares.

resource "aws_ec2_transit_gateway" {
  kind = "network"
  aspects = {
    amazon_side_asn             = "setting"
    transit_gateway_cidr_blocks = "placement"
  }
}

resource "aws_ec2_transit_gateway_vpc_attachment" {
  kind = "network"
  aspects = {
    subnet_ids         = "reference"
    transit_gateway_id = "reference"
    vpc_id             = "reference"
  }
}

resource "aws_ec2_transit_gateway_vpc_attachment_accepter" {
  kind = "network"
  aspects = {
    transit_gateway_attachment_id = "reference"
  }
}

resource "aws_ec2_transit_gateway_peering_attachment" {
  kind = "network"
  aspects = {
    peer_account_id         = "reference"
    peer_region             = "placement"
    peer_transit_gateway_id = "reference"
    transit_gateway_id      = "reference"
  }
}

resource "aws_ec2_transit_gateway_route_table" {
  kind = "network"
  aspects = {
    transit_gateway_id = "reference"
  }
}

resource "aws_ec2_transit_gateway_route" {
  kind = "network"
  aspects = {
    destination_cidr_block         = "setting"
    transit_gateway_attachment_id  = "reference"
    transit_gateway_route_table_id = "reference"
  }
}

resource "aws_ec2_transit_gateway_route_table_association" {
  kind = "attachment"
  aspects = {
    transit_gateway_attachment_id  = "reference"
    transit_gateway_route_table_id = "reference"
    replace_existing_association   = "identity"
  }
}

resource "aws_ec2_transit_gateway_route_table_propagation" {
  kind = "attachment"
  aspects = {
    transit_gateway_attachment_id  = "reference"
    transit_gateway_route_table_id = "reference"
  }
}

resource "aws_vpn_gateway" {
  kind = "network"
  aspects = {
    amazon_side_asn   = "setting"
    availability_zone = "placement/zone"
    vpc_id            = "reference"
  }
}

resource "aws_vpn_gateway_attachment" {
  kind = "attachment"
  aspects = {
    vpc_id         = "reference"
    vpn_gateway_id = "reference"
  }
}

resource "aws_vpn_gateway_route_propagation" {
  kind = "attachment"
  aspects = {
    route_table_id = "reference"
    vpn_gateway_id = "reference"
  }
}

resource "aws_vpn_connection" {
  kind = "network"
  aspects = {
    customer_gateway_id                                        = "reference"
    transit_gateway_id                                         = "reference"
    transport_transit_gateway_attachment_id                    = "reference"
    vpn_gateway_id                                             = "reference"
    local_ipv4_network_cidr                                    = "placement"
    local_ipv6_network_cidr                                    = "placement"
    remote_ipv4_network_cidr                                   = "placement"
    remote_ipv6_network_cidr                                   = "placement"
    tunnel_inside_ip_version                                   = "setting"
    tunnel1_ike_versions                                       = "setting"
    tunnel2_ike_versions                                       = "setting"
    tunnel1_inside_cidr                                        = "identity"
    tunnel1_inside_ipv6_cidr                                   = "identity"
    tunnel1_preshared_key                                      = "secret"
    tunnel2_inside_cidr                                        = "identity"
    tunnel2_inside_ipv6_cidr                                   = "identity"
    tunnel2_preshared_key                                      = "secret"
    tunnel1_log_options                                        = "monitoring/log-group"
    "tunnel1_log_options.cloudwatch_log_options.log_enabled"   = "monitoring/log-group:on"
    "tunnel1_log_options.cloudwatch_log_options.log_group_arn" = "reference"
    tunnel2_log_options                                        = "monitoring/log-group"
    "tunnel2_log_options.cloudwatch_log_options.log_enabled"   = "monitoring/log-group:on"
    "tunnel2_log_options.cloudwatch_log_options.log_group_arn" = "reference"
  }
}

resource "aws_vpn_connection_route" {
  kind = "network"
  aspects = {
    destination_cidr_block = "setting"
    vpn_connection_id      = "reference"
  }
}

resource "aws_customer_gateway" {
  kind = "network"
  aspects = {
    bgp_asn         = "setting"
    certificate_arn = "reference"
    device_name     = "identity"
    ip_address      = "identity"
  }
}

resource "aws_ec2_client_vpn_endpoint" {
  kind = "network"
  aspects = {
    client_cidr_block                                       = "placement"
    dns_servers                                             = "setting"
    security_group_ids                                      = "reference"
    server_certificate_arn                                  = "reference"
    vpc_id                                                  = "reference"
    "authentication_options.active_directory_id"            = "reference"
    "authentication_options.root_certificate_chain_arn"     = "reference"
    "authentication_options.saml_provider_arn"              = "reference"
    "authentication_options.self_service_saml_provider_arn" = "reference"
    "client_connect_options.lambda_function_arn"            = "reference"
    connection_log_options                                  = "monitoring/log-group"
    "connection_log_options.enabled"                        = "monitoring/log-group:on"
    "connection_log_options.cloudwatch_log_group"           = "reference"
    "connection_log_options.cloudwatch_log_stream"          = "identity"
  }
}

resource "aws_ec2_client_vpn_network_association" {
  kind = "attachment"
  aspects = {
    client_vpn_endpoint_id = "reference"
    subnet_id              = "reference"
  }
}

resource "aws_ec2_client_vpn_authorization_rule" {
  kind = "part"
  aspects = {
    access_group_id        = "reference"
    client_vpn_endpoint_id = "reference"
    target_network_cidr    = "setting"
  }
}

resource "aws_ec2_client_vpn_route" {
  kind = "network"
  aspects = {
    client_vpn_endpoint_id = "reference"
    destination_cidr_block = "setting"
    target_vpc_subnet_id   = "reference"
  }
}

resource "aws_ec2_instance_connect_endpoint" {
  kind = "network"
  aspects = {
    security_group_ids = "reference"
    subnet_id          = "reference"
  }
}

resource "aws_dx_gateway" {
  kind = "network"
  aspects = {
    name            = "identity"
    amazon_side_asn = "setting"
  }
}

resource "aws_dx_gateway_association" {
  kind = "attachment"
  aspects = {
    allowed_prefixes                    = "placement"
    associated_gateway_id               = "reference"
    associated_gateway_owner_account_id = "reference"
    dx_gateway_id                       = "reference"
  }
}

resource "aws_ram_resource_share" {
  kind = "policy"
  aspects = {
    name            = "identity"
    permission_arns = "reference"
  }
}

resource "aws_ram_resource_association" {
  kind = "attachment"
  aspects = {
    resource_arn       = "reference"
    resource_share_arn = "reference"
  }
}

resource "aws_ram_principal_association" {
  kind = "attachment"
  aspects = {
    principal          = "reference"
    resource_share_arn = "reference"
  }
}
