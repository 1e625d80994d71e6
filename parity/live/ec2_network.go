package live

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

type ec2NetworkAPI interface {
	DescribeAddresses(context.Context, *ec2.DescribeAddressesInput, ...func(*ec2.Options)) (*ec2.DescribeAddressesOutput, error)
	DescribeInternetGateways(context.Context, *ec2.DescribeInternetGatewaysInput, ...func(*ec2.Options)) (*ec2.DescribeInternetGatewaysOutput, error)
	DescribeNatGateways(context.Context, *ec2.DescribeNatGatewaysInput, ...func(*ec2.Options)) (*ec2.DescribeNatGatewaysOutput, error)
	DescribeNetworkAcls(context.Context, *ec2.DescribeNetworkAclsInput, ...func(*ec2.Options)) (*ec2.DescribeNetworkAclsOutput, error)
	DescribeRouteTables(context.Context, *ec2.DescribeRouteTablesInput, ...func(*ec2.Options)) (*ec2.DescribeRouteTablesOutput, error)
	DescribeSecurityGroups(context.Context, *ec2.DescribeSecurityGroupsInput, ...func(*ec2.Options)) (*ec2.DescribeSecurityGroupsOutput, error)
	DescribeSubnets(context.Context, *ec2.DescribeSubnetsInput, ...func(*ec2.Options)) (*ec2.DescribeSubnetsOutput, error)
	DescribeVpcAttribute(context.Context, *ec2.DescribeVpcAttributeInput, ...func(*ec2.Options)) (*ec2.DescribeVpcAttributeOutput, error)
	DescribeVpcEndpoints(context.Context, *ec2.DescribeVpcEndpointsInput, ...func(*ec2.Options)) (*ec2.DescribeVpcEndpointsOutput, error)
	DescribeVpcPeeringConnections(context.Context, *ec2.DescribeVpcPeeringConnectionsInput, ...func(*ec2.Options)) (*ec2.DescribeVpcPeeringConnectionsOutput, error)
	DescribeVpcs(context.Context, *ec2.DescribeVpcsInput, ...func(*ec2.Options)) (*ec2.DescribeVpcsOutput, error)
}

// readNetworks reads VPCs and what lies in them. What AWS makes of its own accord
// (default VPCs, groups, lists and main tables) is nobody's.
func readNetworks(ctx context.Context, r *reader, api ec2API) {
	var wg sync.WaitGroup
	for _, read := range []func(context.Context, *reader, ec2API){
		readVPCs, readSubnets, readInternetGateways, readNATGateways, readRouteTables, readSecurityGroups, readNetworkACLs, readVPCEndpoints, readPeerings,
	} {
		wg.Go(func() { read(ctx, r, api) })
	}
	wg.Wait()
}

func inVPC(id *string) []key { return []key{{"aws_vpc", aws.ToString(id)}} }

func readVPCs(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeVpcsPaginator(api, &ec2.DescribeVpcsInput{}), func(out *ec2.DescribeVpcsOutput) {
		for _, v := range out.Vpcs {
			if aws.ToBool(v.IsDefault) {
				continue
			}
			id := aws.ToString(v.VpcId)
			attrs := obj{
				"id": id, "arn": r.arn("ec2", "vpc/"+id), "cidr_block": v.CidrBlock, "instance_tenancy": v.InstanceTenancy,
				"dhcp_options_id": v.DhcpOptionsId, "owner_id": v.OwnerId, "assign_generated_ipv6_cidr_block": len(v.Ipv6CidrBlockAssociationSet) > 0,
			}
			r.add(record{typ: "aws_vpc", attrs: attrs, tags: ec2Tags(v.Tags), detail: func() {
				for _, a := range []types.VpcAttributeName{types.VpcAttributeNameEnableDnsHostnames, types.VpcAttributeNameEnableDnsSupport} {
					out, ok := call(ctx, r, api.DescribeVpcAttribute, &ec2.DescribeVpcAttributeInput{VpcId: &id, Attribute: a})
					if !ok {
						continue
					}
					for name, v := range map[string]*types.AttributeBooleanValue{"enable_dns_hostnames": out.EnableDnsHostnames, "enable_dns_support": out.EnableDnsSupport} {
						if v != nil {
							attrs[name] = v.Value
						}
					}
				}
			}})
		}
	})
}

func readSubnets(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeSubnetsPaginator(api, &ec2.DescribeSubnetsInput{}), func(out *ec2.DescribeSubnetsOutput) {
		for _, s := range out.Subnets {
			if aws.ToBool(s.DefaultForAz) {
				continue
			}
			attrs := obj{
				"id": s.SubnetId, "arn": s.SubnetArn, "availability_zone": s.AvailabilityZone, "availability_zone_id": s.AvailabilityZoneId,
				"cidr_block": s.CidrBlock, "vpc_id": s.VpcId, "owner_id": s.OwnerId, "map_public_ip_on_launch": s.MapPublicIpOnLaunch,
				"assign_ipv6_address_on_creation": s.AssignIpv6AddressOnCreation, "enable_dns64": s.EnableDns64, "ipv6_native": s.Ipv6Native,
				"customer_owned_ipv4_pool": s.CustomerOwnedIpv4Pool, "outpost_arn": s.OutpostArn,
			}
			if o := s.PrivateDnsNameOptionsOnLaunch; o != nil {
				attrs["private_dns_hostname_type_on_launch"] = o.HostnameType
				attrs["enable_resource_name_dns_a_record_on_launch"] = o.EnableResourceNameDnsARecord
				attrs["enable_resource_name_dns_aaaa_record_on_launch"] = o.EnableResourceNameDnsAAAARecord
			}
			r.add(record{typ: "aws_subnet", attrs: attrs, tags: ec2Tags(s.Tags), vpc: aws.ToString(s.VpcId), partOf: inVPC(s.VpcId)})
		}
	})
}

func readInternetGateways(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeInternetGatewaysPaginator(api, &ec2.DescribeInternetGatewaysInput{}), func(out *ec2.DescribeInternetGatewaysOutput) {
		for _, g := range out.InternetGateways {
			id := aws.ToString(g.InternetGatewayId)
			rec := record{typ: "aws_internet_gateway", tags: ec2Tags(g.Tags), attrs: obj{
				"id": id, "arn": r.arn("ec2", "internet-gateway/"+id), "owner_id": g.OwnerId,
			}}
			for _, a := range g.Attachments {
				rec.vpc, rec.partOf, rec.attrs["vpc_id"] = aws.ToString(a.VpcId), inVPC(a.VpcId), a.VpcId
			}
			r.add(rec)
		}
	})
}

// readNATGateways reads NAT gateways and, knowing which are theirs, elastic
// addresses.
func readNATGateways(ctx context.Context, r *reader, api ec2API) {
	natOf := map[string]*string{}
	pages(ctx, r, ec2.NewDescribeNatGatewaysPaginator(api, &ec2.DescribeNatGatewaysInput{}), func(out *ec2.DescribeNatGatewaysOutput) {
		for _, n := range out.NatGateways {
			if n.State == types.NatGatewayStateDeleted || n.State == types.NatGatewayStateDeleting || n.State == types.NatGatewayStateFailed {
				continue
			}
			attrs := obj{"id": n.NatGatewayId, "connectivity_type": n.ConnectivityType, "subnet_id": n.SubnetId}
			for i, a := range n.NatGatewayAddresses {
				natOf[aws.ToString(a.AllocationId)] = n.NatGatewayId
				if i == 0 {
					attrs["allocation_id"], attrs["network_interface_id"], attrs["private_ip"], attrs["public_ip"] = a.AllocationId, a.NetworkInterfaceId, a.PrivateIp, a.PublicIp
				}
			}
			r.add(record{typ: "aws_nat_gateway", attrs: attrs, tags: ec2Tags(n.Tags), vpc: aws.ToString(n.VpcId), partOf: inVPC(n.VpcId)})
		}
	})
	out, ok := call(ctx, r, api.DescribeAddresses, &ec2.DescribeAddressesInput{})
	if !ok {
		return
	}
	for _, a := range out.Addresses {
		rec := record{typ: "aws_eip", tags: ec2Tags(a.Tags), attrs: obj{
			"id": a.AllocationId, "allocation_id": a.AllocationId, "domain": a.Domain, "vpc": a.Domain == types.DomainTypeVpc, "public_ip": a.PublicIp,
			"private_ip": a.PrivateIpAddress, "instance": a.InstanceId, "network_interface": a.NetworkInterfaceId, "association_id": a.AssociationId,
			"network_border_group": a.NetworkBorderGroup, "public_ipv4_pool": a.PublicIpv4Pool, "customer_owned_ipv4_pool": a.CustomerOwnedIpv4Pool,
		}}
		if nat := natOf[aws.ToString(a.AllocationId)]; nat != nil {
			rec.partOf = []key{{"aws_nat_gateway", *nat}}
		} else if aws.ToString(a.InstanceId) != "" {
			rec.partOf = []key{{"aws_instance", *a.InstanceId}}
		}
		r.add(rec)
	}
}

func readRouteTables(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeRouteTablesPaginator(api, &ec2.DescribeRouteTablesInput{}), func(out *ec2.DescribeRouteTablesOutput) {
		for _, t := range out.RouteTables {
			if slices.ContainsFunc(t.Associations, func(a types.RouteTableAssociation) bool { return aws.ToBool(a.Main) }) && len(t.Tags) == 0 {
				continue
			}
			id := aws.ToString(t.RouteTableId)
			routes := []obj{}
			for _, x := range t.Routes {
				if aws.ToString(x.GatewayId) == "local" || x.Origin != types.RouteOriginCreateRoute || strings.HasPrefix(aws.ToString(x.GatewayId), "vpce-") {
					continue
				}
				routes = append(routes, obj{
					"cidr_block": x.DestinationCidrBlock, "ipv6_cidr_block": x.DestinationIpv6CidrBlock, "destination_prefix_list_id": x.DestinationPrefixListId,
					"gateway_id": x.GatewayId, "nat_gateway_id": x.NatGatewayId, "transit_gateway_id": x.TransitGatewayId,
					"vpc_peering_connection_id": x.VpcPeeringConnectionId, "egress_only_gateway_id": x.EgressOnlyInternetGatewayId,
					"network_interface_id": routeInterface(x), "local_gateway_id": x.LocalGatewayId, "carrier_gateway_id": x.CarrierGatewayId, "core_network_arn": x.CoreNetworkArn,
				})
			}
			r.add(record{
				typ: "aws_route_table", tags: ec2Tags(t.Tags), vpc: aws.ToString(t.VpcId), partOf: inVPC(t.VpcId),
				attrs: obj{
					"id": id, "arn": r.arn("ec2", "route-table/"+id), "vpc_id": t.VpcId, "owner_id": t.OwnerId, "route": routes,
					"propagating_vgws": list(t.PropagatingVgws, func(v types.PropagatingVgw) *string { return v.GatewayId }),
				},
			})
			for _, a := range t.Associations {
				if aws.ToBool(a.Main) {
					continue
				}
				r.add(record{
					typ: "aws_route_table_association", vpc: aws.ToString(t.VpcId), partOf: []key{{"aws_route_table", id}},
					attrs: obj{"id": a.RouteTableAssociationId, "route_table_id": id, "subnet_id": a.SubnetId, "gateway_id": a.GatewayId},
				})
			}
		}
	})
}

// routeInterface is the interface that a route leads to, where it is not that of
// something else in the route.
func routeInterface(x types.Route) *string {
	if aws.ToString(x.NatGatewayId) != "" || aws.ToString(x.InstanceId) != "" {
		return nil
	}
	return x.NetworkInterfaceId
}

func readSecurityGroups(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeSecurityGroupsPaginator(api, &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(1000)}), func(out *ec2.DescribeSecurityGroupsOutput) {
		for _, g := range out.SecurityGroups {
			if aws.ToString(g.GroupName) == "default" {
				continue
			}
			id := aws.ToString(g.GroupId)
			r.add(record{
				typ: "aws_security_group", name: aws.ToString(g.GroupName), tags: ec2Tags(g.Tags), vpc: aws.ToString(g.VpcId), partOf: inVPC(g.VpcId),
				attrs: obj{
					"id": id, "arn": r.arn("ec2", "security-group/"+id), "name": g.GroupName, "description": g.Description, "vpc_id": g.VpcId, "owner_id": g.OwnerId,
					"ingress": rulesOf(g.IpPermissions, id), "egress": rulesOf(g.IpPermissionsEgress, id),
				},
			})
		}
	})
}

// rulesOf writes permissions as the provider does: one block for each protocol,
// ports and description, with all that it is open to.
func rulesOf(permissions []types.IpPermission, own string) []obj {
	out := []obj{}
	for _, p := range permissions {
		byDescription := map[string]obj{}
		var order []string
		at := func(description *string) obj {
			d := aws.ToString(description)
			if byDescription[d] == nil {
				byDescription[d] = obj{
					"protocol": p.IpProtocol, "from_port": p.FromPort, "to_port": p.ToPort, "description": d, "self": false,
					"cidr_blocks": []string{}, "ipv6_cidr_blocks": []string{}, "prefix_list_ids": []string{}, "security_groups": []string{},
				}
				order = append(order, d)
			}
			return byDescription[d]
		}
		put := func(description *string, attr string, v *string) {
			o := at(description)
			o[attr] = append(o[attr].([]string), aws.ToString(v))
		}
		for _, x := range p.IpRanges {
			put(x.Description, "cidr_blocks", x.CidrIp)
		}
		for _, x := range p.Ipv6Ranges {
			put(x.Description, "ipv6_cidr_blocks", x.CidrIpv6)
		}
		for _, x := range p.PrefixListIds {
			put(x.Description, "prefix_list_ids", x.PrefixListId)
		}
		for _, x := range p.UserIdGroupPairs {
			if aws.ToString(x.GroupId) == own {
				at(x.Description)["self"] = true
			} else {
				put(x.Description, "security_groups", x.GroupId)
			}
		}
		for _, d := range order {
			out = append(out, byDescription[d])
		}
	}
	return out
}

func readNetworkACLs(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeNetworkAclsPaginator(api, &ec2.DescribeNetworkAclsInput{}), func(out *ec2.DescribeNetworkAclsOutput) {
		for _, a := range out.NetworkAcls {
			if aws.ToBool(a.IsDefault) {
				continue
			}
			id := aws.ToString(a.NetworkAclId)
			rules := map[bool][]obj{false: {}, true: {}}
			for _, e := range a.Entries {
				if aws.ToInt32(e.RuleNumber) >= 32767 {
					continue // the one that AWS puts last
				}
				o := obj{
					"rule_no": e.RuleNumber, "protocol": e.Protocol, "action": e.RuleAction, "cidr_block": e.CidrBlock, "ipv6_cidr_block": e.Ipv6CidrBlock,
					"from_port": 0, "to_port": 0, "icmp_type": 0, "icmp_code": 0,
				}
				if e.PortRange != nil {
					o["from_port"], o["to_port"] = e.PortRange.From, e.PortRange.To
				}
				if e.IcmpTypeCode != nil {
					o["icmp_type"], o["icmp_code"] = e.IcmpTypeCode.Type, e.IcmpTypeCode.Code
				}
				egress := aws.ToBool(e.Egress)
				rules[egress] = append(rules[egress], o)
			}
			r.add(record{typ: "aws_network_acl", tags: ec2Tags(a.Tags), vpc: aws.ToString(a.VpcId), partOf: inVPC(a.VpcId), attrs: obj{
				"id": id, "arn": r.arn("ec2", "network-acl/"+id), "vpc_id": a.VpcId, "owner_id": a.OwnerId, "ingress": rules[false], "egress": rules[true],
				"subnet_ids": list(a.Associations, func(x types.NetworkAclAssociation) *string { return x.SubnetId }),
			}})
		}
	})
}

func readVPCEndpoints(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeVpcEndpointsPaginator(api, &ec2.DescribeVpcEndpointsInput{}), func(out *ec2.DescribeVpcEndpointsOutput) {
		for _, e := range out.VpcEndpoints {
			if e.State == types.StateDeleted || e.State == types.StateDeleting || aws.ToBool(e.RequesterManaged) {
				continue
			}
			id, service := aws.ToString(e.VpcEndpointId), aws.ToString(e.ServiceName)
			rec := record{typ: "aws_vpc_endpoint", tags: ec2Tags(e.Tags), vpc: aws.ToString(e.VpcId), partOf: inVPC(e.VpcId), attrs: obj{
				"id": id, "arn": r.arn("ec2", "vpc-endpoint/"+id), "vpc_id": e.VpcId, "service_name": e.ServiceName, "vpc_endpoint_type": e.VpcEndpointType,
				"policy": e.PolicyDocument, "private_dns_enabled": e.PrivateDnsEnabled, "route_table_ids": e.RouteTableIds, "subnet_ids": e.SubnetIds,
				"security_group_ids": list(e.Groups, func(g types.SecurityGroupIdentifier) *string { return g.GroupId }),
				"ip_address_type":    e.IpAddressType, "owner_id": e.OwnerId, "state": e.State,
			}}
			if rec.tags["Name"] == "" {
				rec.name = service[strings.LastIndex(service, ".")+1:]
			}
			r.add(rec)
		}
	})
}

func readPeerings(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeVpcPeeringConnectionsPaginator(api, &ec2.DescribeVpcPeeringConnectionsInput{}), func(out *ec2.DescribeVpcPeeringConnectionsOutput) {
		for _, p := range out.VpcPeeringConnections {
			if p.RequesterVpcInfo == nil || p.AccepterVpcInfo == nil || p.Status == nil || p.Status.Code == types.VpcPeeringConnectionStateReasonCodeDeleted {
				continue
			}
			r.add(record{typ: "aws_vpc_peering_connection", tags: ec2Tags(p.Tags), vpc: aws.ToString(p.RequesterVpcInfo.VpcId), partOf: inVPC(p.RequesterVpcInfo.VpcId), attrs: obj{
				"id": p.VpcPeeringConnectionId, "vpc_id": p.RequesterVpcInfo.VpcId, "peer_vpc_id": p.AccepterVpcInfo.VpcId, "peer_owner_id": p.AccepterVpcInfo.OwnerId,
				"peer_region": p.AccepterVpcInfo.Region, "accept_status": p.Status.Code,
			}})
		}
	})
}
