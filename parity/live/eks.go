package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
)

type eksAPI interface {
	DescribeAddon(context.Context, *eks.DescribeAddonInput, ...func(*eks.Options)) (*eks.DescribeAddonOutput, error)
	DescribeCluster(context.Context, *eks.DescribeClusterInput, ...func(*eks.Options)) (*eks.DescribeClusterOutput, error)
	DescribeFargateProfile(context.Context, *eks.DescribeFargateProfileInput, ...func(*eks.Options)) (*eks.DescribeFargateProfileOutput, error)
	DescribeNodegroup(context.Context, *eks.DescribeNodegroupInput, ...func(*eks.Options)) (*eks.DescribeNodegroupOutput, error)
	ListAddons(context.Context, *eks.ListAddonsInput, ...func(*eks.Options)) (*eks.ListAddonsOutput, error)
	ListClusters(context.Context, *eks.ListClustersInput, ...func(*eks.Options)) (*eks.ListClustersOutput, error)
	ListFargateProfiles(context.Context, *eks.ListFargateProfilesInput, ...func(*eks.Options)) (*eks.ListFargateProfilesOutput, error)
	ListNodegroups(context.Context, *eks.ListNodegroupsInput, ...func(*eks.Options)) (*eks.ListNodegroupsOutput, error)
}

func readEKS(ctx context.Context, r *reader) {
	var api eksAPI = eks.NewFromConfig(r.cfg)
	var names []string
	pages(ctx, r, eks.NewListClustersPaginator(api, &eks.ListClustersInput{}), func(out *eks.ListClustersOutput) { names = append(names, out.Clusters...) })
	each(ctx, names, func(name string) {
		if out, ok := call(ctx, r, api.DescribeCluster, &eks.DescribeClusterInput{Name: &name}); ok && out.Cluster != nil {
			addKubernetes(ctx, r, api, *out.Cluster)
		}
	})
}

func addKubernetes(ctx context.Context, r *reader, api eksAPI, c types.Cluster) {
	name := aws.ToString(c.Name)
	attrs := obj{
		"id": name, "arn": c.Arn, "name": name, "version": c.Version, "platform_version": c.PlatformVersion, "role_arn": c.RoleArn, "endpoint": c.Endpoint, "status": c.Status,
	}
	vpc := ""
	if v := c.ResourcesVpcConfig; v != nil {
		vpc = aws.ToString(v.VpcId)
		attrs["vpc_config"] = block(obj{
			"vpc_id": v.VpcId, "subnet_ids": v.SubnetIds, "security_group_ids": v.SecurityGroupIds, "cluster_security_group_id": v.ClusterSecurityGroupId,
			"endpoint_public_access": v.EndpointPublicAccess, "endpoint_private_access": v.EndpointPrivateAccess, "public_access_cidrs": v.PublicAccessCidrs,
		})
	}
	if l := c.Logging; l != nil {
		enabled := []types.LogType{}
		for _, s := range l.ClusterLogging {
			if aws.ToBool(s.Enabled) {
				enabled = append(enabled, s.Types...)
			}
		}
		attrs["enabled_cluster_log_types"] = enabled
	}
	if n := c.KubernetesNetworkConfig; n != nil {
		attrs["kubernetes_network_config"] = block(obj{"ip_family": n.IpFamily, "service_ipv4_cidr": n.ServiceIpv4Cidr, "service_ipv6_cidr": n.ServiceIpv6Cidr})
	}
	attrs["encryption_config"] = blocks(c.EncryptionConfig, func(e types.EncryptionConfig) obj {
		o := obj{}
		if e.Provider != nil {
			o["provider"] = block(obj{"key_arn": e.Provider.KeyArn})
		}
		return o
	})
	if a := c.AccessConfig; a != nil {
		attrs["access_config"] = block(obj{"authentication_mode": a.AuthenticationMode})
	}
	r.add(record{
		typ: "aws_eks_cluster", name: name, vpc: vpc, tags: c.Tags, attrs: attrs, uses: []key{{"aws_iam_role", aws.ToString(c.RoleArn)}},
		detail: func() { readNodes(ctx, r, api, name) },
	})
}

// readNodes reads what a cluster is made of.
func readNodes(ctx context.Context, r *reader, api eksAPI, cluster string) {
	in := []key{{"aws_eks_cluster", cluster}}
	var groups, addons, profiles []string
	pages(ctx, r, eks.NewListNodegroupsPaginator(api, &eks.ListNodegroupsInput{ClusterName: &cluster}), func(out *eks.ListNodegroupsOutput) { groups = append(groups, out.Nodegroups...) })
	each(ctx, groups, func(name string) {
		out, ok := call(ctx, r, api.DescribeNodegroup, &eks.DescribeNodegroupInput{ClusterName: &cluster, NodegroupName: &name})
		if !ok || out.Nodegroup == nil {
			return
		}
		g := out.Nodegroup
		attrs := obj{
			"id": cluster + ":" + name, "arn": g.NodegroupArn, "cluster_name": cluster, "node_group_name": name, "version": g.Version, "release_version": g.ReleaseVersion,
			"ami_type": g.AmiType, "capacity_type": g.CapacityType, "disk_size": g.DiskSize, "instance_types": g.InstanceTypes, "labels": g.Labels, "node_role_arn": g.NodeRole,
			"subnet_ids": g.Subnets, "status": g.Status,
			"taint": blocks(g.Taints, func(t types.Taint) obj {
				return obj{"key": t.Key, "value": t.Value, "effect": strings.ReplaceAll(string(t.Effect), "-", "_")}
			}),
		}
		if s := g.ScalingConfig; s != nil {
			attrs["scaling_config"] = block(obj{"desired_size": s.DesiredSize, "min_size": s.MinSize, "max_size": s.MaxSize})
		}
		uses := []key{{"aws_iam_role", aws.ToString(g.NodeRole)}}
		if t := g.LaunchTemplate; t != nil {
			attrs["launch_template"] = block(obj{"id": t.Id, "name": t.Name, "version": t.Version})
			uses = append(uses, key{"aws_launch_template", aws.ToString(t.Id)})
		}
		if u := g.UpdateConfig; u != nil {
			attrs["update_config"] = block(obj{"max_unavailable": u.MaxUnavailable, "max_unavailable_percentage": u.MaxUnavailablePercentage})
		}
		r.add(record{typ: "aws_eks_node_group", name: name, tags: g.Tags, attrs: attrs, partOf: in, uses: uses})
	})
	pages(ctx, r, eks.NewListAddonsPaginator(api, &eks.ListAddonsInput{ClusterName: &cluster}), func(out *eks.ListAddonsOutput) { addons = append(addons, out.Addons...) })
	each(ctx, addons, func(name string) {
		if out, ok := call(ctx, r, api.DescribeAddon, &eks.DescribeAddonInput{ClusterName: &cluster, AddonName: &name}); ok && out.Addon != nil {
			a := out.Addon
			r.add(record{typ: "aws_eks_addon", name: name, tags: a.Tags, partOf: in, attrs: obj{
				"id": cluster + ":" + name, "arn": a.AddonArn, "cluster_name": cluster, "addon_name": name, "addon_version": a.AddonVersion,
				"configuration_values": a.ConfigurationValues, "service_account_role_arn": a.ServiceAccountRoleArn,
			}})
		}
	})
	pages(ctx, r, eks.NewListFargateProfilesPaginator(api, &eks.ListFargateProfilesInput{ClusterName: &cluster}), func(out *eks.ListFargateProfilesOutput) {
		profiles = append(profiles, out.FargateProfileNames...)
	})
	each(ctx, profiles, func(name string) {
		if out, ok := call(ctx, r, api.DescribeFargateProfile, &eks.DescribeFargateProfileInput{ClusterName: &cluster, FargateProfileName: &name}); ok && out.FargateProfile != nil {
			p := out.FargateProfile
			r.add(record{typ: "aws_eks_fargate_profile", name: name, tags: p.Tags, partOf: in, attrs: obj{
				"id": cluster + ":" + name, "arn": p.FargateProfileArn, "cluster_name": cluster, "fargate_profile_name": name, "pod_execution_role_arn": p.PodExecutionRoleArn,
				"subnet_ids": p.Subnets,
				"selector":   blocks(p.Selectors, func(s types.FargateProfileSelector) obj { return obj{"namespace": s.Namespace, "labels": s.Labels} }),
			}})
		}
	})
}
