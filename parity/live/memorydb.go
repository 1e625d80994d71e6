package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/memorydb"
	"github.com/aws/aws-sdk-go-v2/service/memorydb/types"
)

type memorydbAPI interface {
	DescribeClusters(context.Context, *memorydb.DescribeClustersInput, ...func(*memorydb.Options)) (*memorydb.DescribeClustersOutput, error)
	DescribeSubnetGroups(context.Context, *memorydb.DescribeSubnetGroupsInput, ...func(*memorydb.Options)) (*memorydb.DescribeSubnetGroupsOutput, error)
	ListTags(context.Context, *memorydb.ListTagsInput, ...func(*memorydb.Options)) (*memorydb.ListTagsOutput, error)
}

func readMemoryDB(ctx context.Context, r *reader) {
	var api memorydbAPI = memorydb.NewFromConfig(r.cfg)
	tagged := func(arn *string) func() map[string]string {
		return r.tagged(ctx, aws.ToString(arn), func() map[string]string {
			out, ok := call(ctx, r, api.ListTags, &memorydb.ListTagsInput{ResourceArn: arn})
			if !ok {
				return nil
			}
			return tagMap(out.TagList, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
		})
	}
	clusters := 0
	pages(ctx, r, memorydb.NewDescribeClustersPaginator(api, &memorydb.DescribeClustersInput{MaxResults: aws.Int32(100), ShowShardDetails: aws.Bool(true)}), func(out *memorydb.DescribeClustersOutput) {
		for _, c := range out.Clusters {
			clusters++
			replicas := 0
			for _, s := range c.Shards {
				replicas = max(replicas, len(s.Nodes)-1)
			}
			r.add(record{typ: "aws_memorydb_cluster", name: aws.ToString(c.Name), told: tagged(c.ARN), uses: []key{{"aws_memorydb_subnet_group", aws.ToString(c.SubnetGroupName)}}, attrs: obj{
				"id": c.Name, "arn": c.ARN, "name": c.Name, "node_type": c.NodeType, "engine_version": c.EngineVersion, "engine_patch_version": c.EnginePatchVersion,
				"num_shards": c.NumberOfShards, "num_replicas_per_shard": replicas, "acl_name": c.ACLName, "parameter_group_name": c.ParameterGroupName,
				"subnet_group_name": c.SubnetGroupName, "tls_enabled": c.TLSEnabled, "kms_key_arn": c.KmsKeyId, "snapshot_retention_limit": c.SnapshotRetentionLimit,
				"snapshot_window": c.SnapshotWindow, "maintenance_window": c.MaintenanceWindow, "auto_minor_version_upgrade": c.AutoMinorVersionUpgrade, "sns_topic_arn": c.SnsTopicArn,
				"security_group_ids": list(c.SecurityGroups, func(g types.SecurityGroupMembership) *string { return g.SecurityGroupId }),
				"data_tiering":       strings.EqualFold(string(c.DataTiering), "true"), "description": c.Description,
			}})
		}
	})
	if clusters == 0 {
		return
	}
	pages(ctx, r, memorydb.NewDescribeSubnetGroupsPaginator(api, &memorydb.DescribeSubnetGroupsInput{MaxResults: aws.Int32(100)}), func(out *memorydb.DescribeSubnetGroupsOutput) {
		for _, g := range out.SubnetGroups {
			r.add(record{typ: "aws_memorydb_subnet_group", name: aws.ToString(g.Name), vpc: aws.ToString(g.VpcId), told: tagged(g.ARN), attrs: obj{
				"id": g.Name, "arn": g.ARN, "name": g.Name, "description": g.Description, "vpc_id": g.VpcId,
				"subnet_ids": list(g.Subnets, func(s types.Subnet) *string { return s.Identifier }),
			}})
		}
	})
}
