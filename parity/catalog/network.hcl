# VPCs: subnets, routes, gateways, addresses, endpoints, peering.

resource "aws_vpc" {
  kind = "network"
  aspects = {
    cidr_block                           = "placement"
    instance_tenancy                     = "setting"
    ipv4_ipam_pool_id                    = "reference"
    ipv4_netmask_length                  = "placement"
    ipv6_cidr_block                      = "identity"
    ipv6_cidr_block_network_border_group = "placement"
    ipv6_ipam_pool_id                    = "reference"
    ipv6_netmask_length                  = "placement"
    enable_network_address_usage_metrics = "monitoring/metrics:on"
    assign_generated_ipv6_cidr_block     = "setting"
  }
}

resource "aws_default_vpc" {
  kind = "network"
  aspects = {
    ipv6_cidr_block                      = "identity"
    ipv6_cidr_block_network_border_group = "placement"
    ipv6_ipam_pool_id                    = "reference"
    enable_network_address_usage_metrics = "monitoring/metrics:on"
    force_destroy                        = "identity"
    assign_generated_ipv6_cidr_block     = "setting"
  }
}

resource "aws_vpc_ipv4_cidr_block_association" {
  kind = "part"
  aspects = {
    vpc_id              = "reference"
    cidr_block          = "placement"
    ipv4_ipam_pool_id   = "reference"
    ipv4_netmask_length = "placement"
  }
}

resource "aws_vpc_ipv6_cidr_block_association" {
  kind = "part"
  aspects = {
    vpc_id              = "reference"
    ipv6_cidr_block     = "identity"
    ipv6_ipam_pool_id   = "reference"
    ipv6_netmask_length = "placement"
  }
}

resource "aws_subnet" {
  kind  = "subnet"
  scale = "fixed"
  aspects = {
    vpc_id            = "reference"
    availability_zone = "placement/zone"
    # The same zone has another id in another account.
    availability_zone_id     = "identity"
    cidr_block               = "placement"
    ipv6_cidr_block          = "identity"
    customer_owned_ipv4_pool = "placement"
    outpost_arn              = "placement"
    map_public_ip_on_launch  = "setting"
  }
}

resource "aws_default_subnet" {
  kind  = "subnet"
  scale = "fixed"
  aspects = {
    availability_zone        = "placement/zone"
    ipv6_cidr_block          = "identity"
    customer_owned_ipv4_pool = "placement"
    map_public_ip_on_launch  = "setting"
    force_destroy            = "identity"
  }
}

resource "aws_route_table" {
  kind = "network"
  set_by = {
    route = ["aws_route"]
  }
  aspects = {
    vpc_id                  = "reference"
    propagating_vgws        = "reference"
    "route.cidr_block"      = "setting"
    "route.ipv6_cidr_block" = "setting"
  }
}

resource "aws_default_route_table" {
  kind = "network"
  aspects = {
    default_route_table_id  = "reference"
    vpc_id                  = "reference"
    propagating_vgws        = "reference"
    "route.cidr_block"      = "setting"
    "route.ipv6_cidr_block" = "setting"
  }
}

resource "aws_route" {
  kind = "network"
  aspects = {
    route_table_id              = "reference"
    destination_cidr_block      = "setting"
    destination_ipv6_cidr_block = "setting"
    destination_prefix_list_id  = "reference"
    carrier_gateway_id          = "reference"
    core_network_arn            = "reference"
    egress_only_gateway_id      = "reference"
    gateway_id                  = "reference"
    local_gateway_id            = "reference"
    nat_gateway_id              = "reference"
    network_interface_id        = "reference"
    transit_gateway_id          = "reference"
    vpc_endpoint_id             = "reference"
    vpc_peering_connection_id   = "reference"
  }
}

resource "aws_route_table_association" {
  kind = "attachment"
  aspects = {
    gateway_id     = "reference"
    route_table_id = "reference"
    subnet_id      = "reference"
  }
}

resource "aws_main_route_table_association" {
  kind = "attachment"
  aspects = {
    original_route_table_id = "identity"
    route_table_id          = "reference"
    vpc_id                  = "reference"
  }
}

resource "aws_internet_gateway" {
  kind = "network"
  aspects = {
    vpc_id = "reference"
  }
}

resource "aws_internet_gateway_attachment" {
  kind = "attachment"
  aspects = {
    internet_gateway_id = "reference"
    vpc_id              = "reference"
  }
}

resource "aws_egress_only_internet_gateway" {
  kind = "network"
  aspects = {
    vpc_id = "reference"
  }
}

resource "aws_nat_gateway" {
  kind  = "nat"
  scale = "fixed"
  aspects = {
    allocation_id                      = "reference"
    connectivity_type                  = "setting"
    subnet_id                          = "reference"
    private_ip                         = "identity"
    secondary_allocation_ids           = "reference"
    secondary_private_ip_address_count = "count/capacity"
    secondary_private_ip_addresses     = "identity"
  }
}

resource "aws_eip" {
  kind = "address"
  set_by = {
    instance          = ["aws_eip_association"]
    network_interface = ["aws_eip_association"]
  }
  aspects = {
    address                   = "identity"
    associate_with_private_ip = "identity"
    customer_owned_ipv4_pool  = "placement"
    domain                    = "setting"
    instance                  = "reference"
    network_border_group      = "placement"
    network_interface         = "reference"
    public_ipv4_pool          = "placement"
    # Says again what domain says.
    vpc = "identity"
  }
}

resource "aws_eip_association" {
  kind = "attachment"
  aspects = {
    allocation_id        = "reference"
    instance_id          = "reference"
    network_interface_id = "reference"
    private_ip_address   = "identity"
    public_ip            = "identity"
    allow_reassociation  = "identity"
  }
}

resource "aws_network_interface" {
  kind = "address"
  sets = ["ipv6_address_list", "private_ip_list"]
  set_by = {
    attachment      = ["aws_network_interface_attachment"]
    security_groups = ["aws_network_interface_sg_attachment"]
  }
  aspects = {
    "attachment.instance"      = "reference"
    "attachment.attachment_id" = "identity"
    ipv4_prefixes              = "identity"
    ipv6_address_list          = "identity"
    ipv6_address_list_enabled  = "identity"
    ipv6_addresses             = "identity"
    ipv6_prefixes              = "identity"
    private_ip                 = "identity"
    private_ip_list            = "identity"
    private_ip_list_enabled    = "identity"
    private_ips                = "identity"
    private_ips_count          = "setting"
    security_groups            = "reference"
    subnet_id                  = "reference"
  }
}

resource "aws_network_interface_attachment" {
  kind = "attachment"
  aspects = {
    instance_id          = "reference"
    network_interface_id = "reference"
  }
}

resource "aws_network_interface_sg_attachment" {
  kind = "attachment"
  aspects = {
    network_interface_id = "reference"
    security_group_id    = "reference"
  }
}

resource "aws_vpc_dhcp_options" {
  kind = "network"
  sets = ["ntp_servers"]
  aspects = {
    # ec2.internal or the environment's own domain.
    domain_name         = "identity"
    domain_name_servers = "setting"
  }
}

resource "aws_default_vpc_dhcp_options" {
  kind = "network"
  aspects = {
    owner_id = "identity"
  }
}

resource "aws_vpc_dhcp_options_association" {
  kind = "attachment"
  aspects = {
    dhcp_options_id = "reference"
    vpc_id          = "reference"
  }
}

resource "aws_vpc_endpoint" {
  kind = "network"
  set_by = {
    route_table_ids    = ["aws_vpc_endpoint_route_table_association"]
    subnet_ids         = ["aws_vpc_endpoint_subnet_association"]
    security_group_ids = ["aws_vpc_endpoint_security_group_association"]
    policy             = ["aws_vpc_endpoint_policy"]
  }
  aspects = {
    vpc_id             = "reference"
    service_name       = "setting"
    policy             = "setting/policy"
    route_table_ids    = "reference"
    security_group_ids = "reference"
    subnet_ids         = "reference"
    auto_accept        = "identity"
  }
}

resource "aws_vpc_endpoint_service" {
  kind = "network"
  aspects = {
    allowed_principals         = "reference"
    gateway_load_balancer_arns = "reference"
    network_load_balancer_arns = "reference"
    private_dns_name           = "identity"
  }
}

resource "aws_vpc_endpoint_service_allowed_principal" {
  kind = "part"
  aspects = {
    principal_arn           = "reference"
    vpc_endpoint_service_id = "reference"
  }
}

resource "aws_vpc_endpoint_policy" {
  kind = "policy"
  aspects = {
    policy          = "setting/policy"
    vpc_endpoint_id = "reference"
  }
}

resource "aws_vpc_endpoint_route_table_association" {
  kind = "attachment"
  aspects = {
    route_table_id  = "reference"
    vpc_endpoint_id = "reference"
  }
}

resource "aws_vpc_endpoint_subnet_association" {
  kind = "attachment"
  aspects = {
    subnet_id       = "reference"
    vpc_endpoint_id = "reference"
  }
}

resource "aws_vpc_endpoint_security_group_association" {
  kind = "attachment"
  aspects = {
    security_group_id           = "reference"
    vpc_endpoint_id             = "reference"
    replace_default_association = "identity"
  }
}

resource "aws_vpc_peering_connection" {
  kind = "network"
  aspects = {
    auto_accept   = "identity"
    peer_owner_id = "reference"
    peer_region   = "placement"
    peer_vpc_id   = "reference"
    vpc_id        = "reference"
  }
}

resource "aws_vpc_peering_connection_accepter" {
  kind = "network"
  aspects = {
    auto_accept               = "identity"
    vpc_peering_connection_id = "reference"
  }
}

resource "aws_vpc_peering_connection_options" {
  kind = "part"
  aspects = {
    vpc_peering_connection_id = "reference"
  }
}

resource "aws_ec2_managed_prefix_list" {
  kind = "network"
  set_by = {
    entry = ["aws_ec2_managed_prefix_list_entry"]
  }
  aspects = {
    name        = "identity"
    version     = "identity"
    entry       = "setting"
    max_entries = "setting"
  }
}

resource "aws_ec2_managed_prefix_list_entry" {
  kind = "part"
  aspects = {
    prefix_list_id = "reference"
    cidr           = "setting"
  }
}
