package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/opensearch"
	"github.com/aws/aws-sdk-go-v2/service/opensearch/types"
)

type opensearchAPI interface {
	DescribeDomains(context.Context, *opensearch.DescribeDomainsInput, ...func(*opensearch.Options)) (*opensearch.DescribeDomainsOutput, error)
	ListDomainNames(context.Context, *opensearch.ListDomainNamesInput, ...func(*opensearch.Options)) (*opensearch.ListDomainNamesOutput, error)
	ListTags(context.Context, *opensearch.ListTagsInput, ...func(*opensearch.Options)) (*opensearch.ListTagsOutput, error)
}

func readOpenSearch(ctx context.Context, r *reader) {
	var api opensearchAPI = opensearch.NewFromConfig(r.cfg)
	out, ok := call(ctx, r, api.ListDomainNames, &opensearch.ListDomainNamesInput{})
	if !ok {
		return
	}
	names := list(out.DomainNames, func(d types.DomainInfo) string { return aws.ToString(d.DomainName) })
	batches(ctx, names, 5, func(some []string) {
		out, ok := call(ctx, r, api.DescribeDomains, &opensearch.DescribeDomainsInput{DomainNames: some})
		if !ok {
			return
		}
		for _, d := range out.DomainStatusList {
			if aws.ToBool(d.Deleted) {
				continue
			}
			arn := aws.ToString(d.ARN)
			addDomain(r, d, r.tagged(ctx, arn, func() map[string]string {
				out, ok := call(ctx, r, api.ListTags, &opensearch.ListTagsInput{ARN: &arn})
				if !ok {
					return nil
				}
				return tagMap(out.TagList, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
			}))
		}
	})
}

func addDomain(r *reader, d types.DomainStatus, told func() map[string]string) {
	endpoint := aws.ToString(d.Endpoint)
	vpc := ""
	if e := d.Endpoints["vpc"]; e != "" {
		endpoint = e
	}
	attrs := obj{
		"id": d.ARN, "arn": d.ARN, "domain_name": d.DomainName, "domain_id": d.DomainId, "engine_version": d.EngineVersion, "endpoint": endpoint, "access_policies": d.AccessPolicies,
		"advanced_options": d.AdvancedOptions,
	}
	if c := d.ClusterConfig; c != nil {
		o := obj{
			"instance_type": c.InstanceType, "instance_count": c.InstanceCount, "dedicated_master_enabled": c.DedicatedMasterEnabled, "dedicated_master_type": c.DedicatedMasterType,
			"dedicated_master_count": c.DedicatedMasterCount, "zone_awareness_enabled": c.ZoneAwarenessEnabled, "warm_enabled": c.WarmEnabled, "warm_type": c.WarmType, "warm_count": c.WarmCount,
			"multi_az_with_standby_enabled": c.MultiAZWithStandbyEnabled, "zone_awareness_config": []obj{},
		}
		if z := c.ZoneAwarenessConfig; z != nil && aws.ToBool(c.ZoneAwarenessEnabled) {
			o["zone_awareness_config"] = block(obj{"availability_zone_count": z.AvailabilityZoneCount})
		}
		attrs["cluster_config"] = block(o)
	}
	if e := d.EBSOptions; e != nil {
		attrs["ebs_options"] = block(obj{"ebs_enabled": e.EBSEnabled, "volume_size": e.VolumeSize, "volume_type": e.VolumeType, "iops": e.Iops, "throughput": e.Throughput})
	}
	if e := d.EncryptionAtRestOptions; e != nil {
		attrs["encrypt_at_rest"] = block(obj{"enabled": e.Enabled, "kms_key_id": e.KmsKeyId})
	}
	if e := d.NodeToNodeEncryptionOptions; e != nil {
		attrs["node_to_node_encryption"] = block(obj{"enabled": e.Enabled})
	}
	if e := d.DomainEndpointOptions; e != nil {
		attrs["domain_endpoint_options"] = block(obj{"enforce_https": e.EnforceHTTPS, "tls_security_policy": e.TLSSecurityPolicy, "custom_endpoint_enabled": e.CustomEndpointEnabled, "custom_endpoint": e.CustomEndpoint})
	}
	if s := d.SnapshotOptions; s != nil {
		attrs["snapshot_options"] = block(obj{"automated_snapshot_start_hour": s.AutomatedSnapshotStartHour})
	}
	if v := d.VPCOptions; v != nil && len(v.SubnetIds) > 0 {
		vpc = aws.ToString(v.VPCId)
		attrs["vpc_options"] = block(obj{"subnet_ids": v.SubnetIds, "security_group_ids": v.SecurityGroupIds, "vpc_id": v.VPCId, "availability_zones": v.AvailabilityZones})
	}
	rec := r.add(record{typ: "aws_opensearch_domain", name: aws.ToString(d.DomainName), vpc: vpc, told: told, attrs: attrs})
	if s := d.ServiceSoftwareOptions; s != nil {
		update := ""
		if aws.ToBool(s.UpdateAvailable) {
			update = aws.ToString(s.NewVersion)
		}
		rec.tell("pending_maintenance", update)
	}
}
