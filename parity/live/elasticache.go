package live

import (
	"context"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/aws/aws-sdk-go-v2/service/elasticache/types"
)

type elasticacheAPI interface {
	DescribeCacheClusters(context.Context, *elasticache.DescribeCacheClustersInput, ...func(*elasticache.Options)) (*elasticache.DescribeCacheClustersOutput, error)
	DescribeCacheParameterGroups(context.Context, *elasticache.DescribeCacheParameterGroupsInput, ...func(*elasticache.Options)) (*elasticache.DescribeCacheParameterGroupsOutput, error)
	DescribeCacheParameters(context.Context, *elasticache.DescribeCacheParametersInput, ...func(*elasticache.Options)) (*elasticache.DescribeCacheParametersOutput, error)
	DescribeCacheSubnetGroups(context.Context, *elasticache.DescribeCacheSubnetGroupsInput, ...func(*elasticache.Options)) (*elasticache.DescribeCacheSubnetGroupsOutput, error)
	DescribeReplicationGroups(context.Context, *elasticache.DescribeReplicationGroupsInput, ...func(*elasticache.Options)) (*elasticache.DescribeReplicationGroupsOutput, error)
	DescribeUpdateActions(context.Context, *elasticache.DescribeUpdateActionsInput, ...func(*elasticache.Options)) (*elasticache.DescribeUpdateActionsOutput, error)
	ListTagsForResource(context.Context, *elasticache.ListTagsForResourceInput, ...func(*elasticache.Options)) (*elasticache.ListTagsForResourceOutput, error)
}

func readElastiCache(ctx context.Context, r *reader) {
	var api elasticacheAPI = elasticache.NewFromConfig(r.cfg)
	tagged := func(arn *string) func() map[string]string {
		return r.tagged(ctx, aws.ToString(arn), func() map[string]string {
			out, ok := call(ctx, r, api.ListTagsForResource, &elasticache.ListTagsForResourceInput{ResourceName: arn})
			if !ok {
				return nil
			}
			return tagMap(out.TagList, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
		})
	}
	// What a group's members have in common, only they tell.
	members := map[string]types.CacheCluster{}
	var alone []types.CacheCluster
	used := map[string]bool{}
	pages(ctx, r, elasticache.NewDescribeCacheClustersPaginator(api, &elasticache.DescribeCacheClustersInput{MaxRecords: aws.Int32(100), ShowCacheNodeInfo: aws.Bool(true)}), func(out *elasticache.DescribeCacheClustersOutput) {
		for _, c := range out.CacheClusters {
			if c.CacheParameterGroup != nil {
				used[aws.ToString(c.CacheParameterGroup.CacheParameterGroupName)] = true
			}
			if group := aws.ToString(c.ReplicationGroupId); group != "" {
				members[group] = c
			} else {
				alone = append(alone, c)
			}
		}
	})
	for _, c := range alone {
		addCacheCluster(r, c, tagged(c.ARN))
	}
	pages(ctx, r, elasticache.NewDescribeReplicationGroupsPaginator(api, &elasticache.DescribeReplicationGroupsInput{MaxRecords: aws.Int32(100)}), func(out *elasticache.DescribeReplicationGroupsOutput) {
		for _, g := range out.ReplicationGroups {
			addReplicationGroup(r, g, members[aws.ToString(g.ReplicationGroupId)], tagged(g.ARN))
		}
	})
	pages(ctx, r, elasticache.NewDescribeCacheSubnetGroupsPaginator(api, &elasticache.DescribeCacheSubnetGroupsInput{MaxRecords: aws.Int32(100)}), func(out *elasticache.DescribeCacheSubnetGroupsOutput) {
		for _, g := range out.CacheSubnetGroups {
			if aws.ToString(g.CacheSubnetGroupName) == "default" {
				continue
			}
			r.add(record{typ: "aws_elasticache_subnet_group", name: aws.ToString(g.CacheSubnetGroupName), vpc: aws.ToString(g.VpcId), told: tagged(g.ARN), attrs: obj{
				"id": g.CacheSubnetGroupName, "arn": g.ARN, "name": g.CacheSubnetGroupName, "description": g.CacheSubnetGroupDescription, "vpc_id": g.VpcId,
				"subnet_ids": list(g.Subnets, func(s types.Subnet) *string { return s.SubnetIdentifier }),
			}})
		}
	})
	for name := range used {
		if !strings.HasPrefix(name, "default.") {
			readCacheParameters(ctx, r, api, tagged)
			break
		}
	}
}

func readCacheParameters(ctx context.Context, r *reader, api elasticacheAPI, tagged func(*string) func() map[string]string) {
	pages(ctx, r, elasticache.NewDescribeCacheParameterGroupsPaginator(api, &elasticache.DescribeCacheParameterGroupsInput{MaxRecords: aws.Int32(100)}), func(out *elasticache.DescribeCacheParameterGroupsOutput) {
		for _, g := range out.CacheParameterGroups {
			name := aws.ToString(g.CacheParameterGroupName)
			if strings.HasPrefix(name, "default.") {
				continue
			}
			attrs := obj{"id": name, "arn": g.ARN, "name": name, "family": g.CacheParameterGroupFamily, "description": g.Description}
			r.add(record{typ: "aws_elasticache_parameter_group", name: name, told: tagged(g.ARN), attrs: attrs, detail: func() {
				set := []obj{}
				pages(ctx, r, elasticache.NewDescribeCacheParametersPaginator(api, &elasticache.DescribeCacheParametersInput{CacheParameterGroupName: &name, Source: aws.String("user")}), func(out *elasticache.DescribeCacheParametersOutput) {
					for _, p := range out.Parameters {
						set = append(set, obj{"name": p.ParameterName, "value": p.ParameterValue})
					}
				})
				attrs["parameter"] = set
			}})
		}
	})
}

// redisVersion is a version as the provider keeps it: from 6 on, the major and the
// minor number.
func redisVersion(engine, version string) string {
	parts := strings.Split(version, ".")
	if engine == "memcached" || len(parts) < 3 || len(parts[0]) == 1 && parts[0] < "6" {
		return version
	}
	return parts[0] + "." + parts[1]
}

func cacheGroups(c types.CacheCluster, attrs obj) []key {
	uses := []key{{"aws_elasticache_subnet_group", aws.ToString(c.CacheSubnetGroupName)}}
	if p := c.CacheParameterGroup; p != nil {
		attrs["parameter_group_name"] = p.CacheParameterGroupName
		uses = append(uses, key{"aws_elasticache_parameter_group", aws.ToString(p.CacheParameterGroupName)})
	}
	if len(c.SecurityGroups) > 0 {
		attrs["security_group_ids"] = list(c.SecurityGroups, func(g types.SecurityGroupMembership) *string { return g.SecurityGroupId })
	}
	attrs["subnet_group_name"], attrs["maintenance_window"] = c.CacheSubnetGroupName, c.PreferredMaintenanceWindow
	if n := c.NotificationConfiguration; n != nil {
		attrs["notification_topic_arn"] = n.TopicArn
	}
	return uses
}

func addCacheCluster(r *reader, c types.CacheCluster, told func() map[string]string) {
	engine := aws.ToString(c.Engine)
	attrs := obj{
		"id": c.CacheClusterId, "arn": c.ARN, "cluster_id": c.CacheClusterId, "engine": engine, "engine_version": redisVersion(engine, aws.ToString(c.EngineVersion)),
		"engine_version_actual": c.EngineVersion, "node_type": c.CacheNodeType, "num_cache_nodes": c.NumCacheNodes, "availability_zone": c.PreferredAvailabilityZone,
		"snapshot_retention_limit": c.SnapshotRetentionLimit, "snapshot_window": c.SnapshotWindow, "auto_minor_version_upgrade": strconv.FormatBool(aws.ToBool(c.AutoMinorVersionUpgrade)),
		"transit_encryption_enabled": c.TransitEncryptionEnabled, "network_type": c.NetworkType, "ip_discovery": c.IpDiscovery,
	}
	for _, n := range c.CacheNodes {
		if n.Endpoint != nil {
			attrs["port"] = n.Endpoint.Port
		}
	}
	if e := c.ConfigurationEndpoint; e != nil {
		attrs["configuration_endpoint"], attrs["cluster_address"], attrs["port"] = hostPort(e.Address, e.Port), e.Address, e.Port
	}
	uses := cacheGroups(c, attrs)
	r.add(record{typ: "aws_elasticache_cluster", name: aws.ToString(c.CacheClusterId), attrs: attrs, told: told, uses: uses})
}

func addReplicationGroup(r *reader, g types.ReplicationGroup, member types.CacheCluster, told func() map[string]string) {
	attrs := obj{
		"id": g.ReplicationGroupId, "arn": g.ARN, "replication_group_id": g.ReplicationGroupId, "description": g.Description, "node_type": g.CacheNodeType,
		"cluster_enabled": g.ClusterEnabled, "multi_az_enabled": g.MultiAZ == types.MultiAZStatusEnabled,
		"automatic_failover_enabled": g.AutomaticFailover == types.AutomaticFailoverStatusEnabled || g.AutomaticFailover == types.AutomaticFailoverStatusEnabling,
		"member_clusters":            g.MemberClusters, "num_cache_clusters": len(g.MemberClusters), "num_node_groups": len(g.NodeGroups),
		"snapshot_retention_limit": g.SnapshotRetentionLimit, "snapshot_window": g.SnapshotWindow, "at_rest_encryption_enabled": g.AtRestEncryptionEnabled,
		"transit_encryption_enabled": g.TransitEncryptionEnabled, "kms_key_id": g.KmsKeyId, "network_type": g.NetworkType, "ip_discovery": g.IpDiscovery,
		"data_tiering_enabled": g.DataTiering == types.DataTieringStatusEnabled, "user_group_ids": g.UserGroupIds, "auto_minor_version_upgrade": strconv.FormatBool(aws.ToBool(g.AutoMinorVersionUpgrade)),
	}
	for i, n := range g.NodeGroups {
		if i == 0 {
			attrs["replicas_per_node_group"] = max(0, len(n.NodeGroupMembers)-1)
			if e := n.PrimaryEndpoint; e != nil {
				attrs["primary_endpoint_address"], attrs["port"] = e.Address, e.Port
			}
			if e := n.ReaderEndpoint; e != nil {
				attrs["reader_endpoint_address"] = e.Address
			}
		}
	}
	if e := g.ConfigurationEndpoint; e != nil {
		attrs["configuration_endpoint_address"], attrs["port"] = e.Address, e.Port
	}
	engine := aws.ToString(member.Engine)
	attrs["engine"], attrs["engine_version"], attrs["engine_version_actual"] = engine, redisVersion(engine, aws.ToString(member.EngineVersion)), member.EngineVersion
	uses := cacheGroups(member, attrs)
	r.add(record{typ: "aws_elasticache_replication_group", name: aws.ToString(g.ReplicationGroupId), attrs: attrs, told: told, uses: uses})
}

// updatesOfCaches tells of the chosen caches which updates wait for them.
func updatesOfCaches(ctx context.Context, r *reader, chosen []*record) {
	caches := append(of(chosen, "aws_elasticache_replication_group"), of(chosen, "aws_elasticache_cluster")...)
	if len(caches) == 0 {
		return
	}
	var api elasticacheAPI = elasticache.NewFromConfig(r.cfg)
	pending := versions{}
	in := &elasticache.DescribeUpdateActionsInput{MaxRecords: aws.Int32(50), UpdateActionStatus: []types.UpdateActionStatus{
		types.UpdateActionStatusNotApplied, types.UpdateActionStatusWaitingToStart, types.UpdateActionStatusScheduled, types.UpdateActionStatusScheduling,
	}}
	tellPending(caches, pending, pages(ctx, r.extra(), elasticache.NewDescribeUpdateActionsPaginator(api, in), func(out *elasticache.DescribeUpdateActionsOutput) {
		for _, u := range out.UpdateActions {
			for _, id := range []*string{u.ReplicationGroupId, u.CacheClusterId} {
				if id != nil {
					pending.add(*id, aws.ToString(u.ServiceUpdateName))
				}
			}
		}
	}))
}
