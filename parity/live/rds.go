package live

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

type rdsAPI interface {
	DescribeDBClusterParameterGroups(context.Context, *rds.DescribeDBClusterParameterGroupsInput, ...func(*rds.Options)) (*rds.DescribeDBClusterParameterGroupsOutput, error)
	DescribeDBClusterParameters(context.Context, *rds.DescribeDBClusterParametersInput, ...func(*rds.Options)) (*rds.DescribeDBClusterParametersOutput, error)
	DescribeDBClusters(context.Context, *rds.DescribeDBClustersInput, ...func(*rds.Options)) (*rds.DescribeDBClustersOutput, error)
	DescribeDBInstances(context.Context, *rds.DescribeDBInstancesInput, ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error)
	DescribeDBParameterGroups(context.Context, *rds.DescribeDBParameterGroupsInput, ...func(*rds.Options)) (*rds.DescribeDBParameterGroupsOutput, error)
	DescribeDBParameters(context.Context, *rds.DescribeDBParametersInput, ...func(*rds.Options)) (*rds.DescribeDBParametersOutput, error)
	DescribeDBSubnetGroups(context.Context, *rds.DescribeDBSubnetGroupsInput, ...func(*rds.Options)) (*rds.DescribeDBSubnetGroupsOutput, error)
	DescribePendingMaintenanceActions(context.Context, *rds.DescribePendingMaintenanceActionsInput, ...func(*rds.Options)) (*rds.DescribePendingMaintenanceActionsOutput, error)
	ListTagsForResource(context.Context, *rds.ListTagsForResourceInput, ...func(*rds.Options)) (*rds.ListTagsForResourceOutput, error)
}

func readRDS(ctx context.Context, r *reader) {
	var api rdsAPI = rds.NewFromConfig(r.cfg)
	var wg sync.WaitGroup
	wg.Go(func() { readDatabases(ctx, r, api) })
	wg.Go(func() { readDatabaseGroups(ctx, r, api) })
	wg.Wait()
}

func rdsTags(tags []types.Tag) map[string]string {
	return tagMap(tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
}

func readDatabases(ctx context.Context, r *reader, api rdsAPI) {
	clustered := 0
	pages(ctx, r, rds.NewDescribeDBInstancesPaginator(api, &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(100)}), func(out *rds.DescribeDBInstancesOutput) {
		for _, d := range out.DBInstances {
			if rdsEngine(d.Engine) {
				addDatabase(r, d)
			}
			if aws.ToString(d.DBClusterIdentifier) != "" {
				clustered++
			}
		}
	})
	pages(ctx, r, rds.NewDescribeDBClustersPaginator(api, &rds.DescribeDBClustersInput{MaxRecords: aws.Int32(100)}), func(out *rds.DescribeDBClustersOutput) {
		for _, c := range out.DBClusters {
			if rdsEngine(c.Engine) {
				clustered++
				addCluster(r, c)
			}
		}
	})
	if clustered == 0 {
		return
	}
	pages(ctx, r, rds.NewDescribeDBClusterParameterGroupsPaginator(api, &rds.DescribeDBClusterParameterGroupsInput{MaxRecords: aws.Int32(100)}), func(out *rds.DescribeDBClusterParameterGroupsOutput) {
		for _, g := range out.DBClusterParameterGroups {
			name := g.DBClusterParameterGroupName
			addParameterGroup(ctx, r, api, "aws_rds_cluster_parameter_group", name, g.DBClusterParameterGroupArn, g.DBParameterGroupFamily, g.Description, func(visit func([]types.Parameter)) {
				pages(ctx, r, rds.NewDescribeDBClusterParametersPaginator(api, &rds.DescribeDBClusterParametersInput{DBClusterParameterGroupName: name, Source: aws.String("user")}), func(out *rds.DescribeDBClusterParametersOutput) { visit(out.Parameters) })
			})
		}
	})
}

// rdsEngine leaves out what other services show in RDS's lists.
func rdsEngine(engine *string) bool {
	e := aws.ToString(engine)
	return e != "docdb" && e != "neptune"
}

func securityGroups(groups []types.VpcSecurityGroupMembership) []*string {
	return list(groups, func(g types.VpcSecurityGroupMembership) *string { return g.VpcSecurityGroupId })
}

func addDatabase(r *reader, d types.DBInstance) {
	id := aws.ToString(d.DBInstanceIdentifier)
	tags := rdsTags(d.TagList)
	var uses []key
	attrs := obj{
		"id": d.DbiResourceId, "arn": d.DBInstanceArn, "identifier": id, "resource_id": d.DbiResourceId, "instance_class": d.DBInstanceClass, "engine": d.Engine,
		"engine_version": d.EngineVersion, "engine_version_actual": d.EngineVersion, "auto_minor_version_upgrade": d.AutoMinorVersionUpgrade,
		"availability_zone": d.AvailabilityZone, "ca_cert_identifier": d.CACertificateIdentifier, "copy_tags_to_snapshot": d.CopyTagsToSnapshot,
		"monitoring_interval": d.MonitoringInterval, "monitoring_role_arn": d.MonitoringRoleArn, "performance_insights_enabled": d.PerformanceInsightsEnabled,
		"performance_insights_retention_period": d.PerformanceInsightsRetentionPeriod, "publicly_accessible": d.PubliclyAccessible,
		"kms_key_id": d.KmsKeyId, "storage_encrypted": d.StorageEncrypted, "maintenance_window": d.PreferredMaintenanceWindow, "status": d.DBInstanceStatus,
	}
	if g := d.DBSubnetGroup; g != nil {
		attrs["db_subnet_group_name"] = g.DBSubnetGroupName
		uses = append(uses, key{"aws_db_subnet_group", aws.ToString(g.DBSubnetGroupName)})
	}
	group := ""
	for _, g := range d.DBParameterGroups {
		group = aws.ToString(g.DBParameterGroupName)
		uses = append(uses, key{"aws_db_parameter_group", group})
	}
	if e := d.Endpoint; e != nil {
		attrs["address"], attrs["endpoint"], attrs["port"] = e.Address, hostPort(e.Address, e.Port), e.Port
	}
	vpc := ""
	if d.DBSubnetGroup != nil {
		vpc = aws.ToString(d.DBSubnetGroup.VpcId)
	}
	if cluster := aws.ToString(d.DBClusterIdentifier); cluster != "" {
		attrs["id"], attrs["dbi_resource_id"], attrs["cluster_identifier"], attrs["promotion_tier"] = id, d.DbiResourceId, cluster, d.PromotionTier
		attrs["db_parameter_group_name"], attrs["preferred_maintenance_window"] = group, d.PreferredMaintenanceWindow
		attrs["network_type"] = d.NetworkType
		delete(attrs, "resource_id")
		delete(attrs, "maintenance_window")
		delete(attrs, "status")
		delete(attrs, "address")
		if e := d.Endpoint; e != nil {
			attrs["endpoint"] = e.Address
		}
		r.add(record{typ: "aws_rds_cluster_instance", name: id, attrs: attrs, tags: tags, vpc: vpc, uses: uses, partOf: []key{{"aws_rds_cluster", cluster}}})
		return
	}
	for k, v := range (obj{
		"allocated_storage": d.AllocatedStorage, "max_allocated_storage": d.MaxAllocatedStorage, "storage_type": d.StorageType, "iops": d.Iops, "storage_throughput": d.StorageThroughput,
		"multi_az": d.MultiAZ, "db_name": d.DBName, "username": d.MasterUsername, "parameter_group_name": group, "vpc_security_group_ids": securityGroups(d.VpcSecurityGroups),
		"backup_retention_period": d.BackupRetentionPeriod, "backup_window": d.PreferredBackupWindow, "deletion_protection": d.DeletionProtection,
		"iam_database_authentication_enabled": d.IAMDatabaseAuthenticationEnabled, "license_model": d.LicenseModel, "network_type": d.NetworkType,
		"enabled_cloudwatch_logs_exports": d.EnabledCloudwatchLogsExports, "replicate_source_db": d.ReadReplicaSourceDBInstanceIdentifier, "replica_mode": d.ReplicaMode,
		"replicas": d.ReadReplicaDBInstanceIdentifiers, "character_set_name": d.CharacterSetName, "timezone": d.Timezone, "customer_owned_ip_enabled": d.CustomerOwnedIpEnabled,
		"performance_insights_kms_key_id": d.PerformanceInsightsKMSKeyId, "backup_target": d.BackupTarget,
	}) {
		attrs[k] = v
	}
	for _, g := range d.OptionGroupMemberships {
		attrs["option_group_name"] = g.OptionGroupName
	}
	r.add(record{typ: "aws_db_instance", name: id, attrs: attrs, tags: tags, vpc: vpc, uses: uses})
}

func addCluster(r *reader, c types.DBCluster) {
	id := aws.ToString(c.DBClusterIdentifier)
	attrs := obj{
		"id": id, "arn": c.DBClusterArn, "cluster_identifier": id, "cluster_resource_id": c.DbClusterResourceId, "engine": c.Engine, "engine_mode": c.EngineMode,
		"engine_version": c.EngineVersion, "engine_version_actual": c.EngineVersion, "database_name": c.DatabaseName, "master_username": c.MasterUsername,
		"port": c.Port, "endpoint": c.Endpoint, "reader_endpoint": c.ReaderEndpoint, "hosted_zone_id": c.HostedZoneId, "availability_zones": c.AvailabilityZones,
		"backup_retention_period": c.BackupRetentionPeriod, "preferred_backup_window": c.PreferredBackupWindow, "preferred_maintenance_window": c.PreferredMaintenanceWindow,
		"db_subnet_group_name": c.DBSubnetGroup, "db_cluster_parameter_group_name": c.DBClusterParameterGroup, "vpc_security_group_ids": securityGroups(c.VpcSecurityGroups),
		"storage_encrypted": c.StorageEncrypted, "kms_key_id": c.KmsKeyId, "storage_type": c.StorageType, "allocated_storage": c.AllocatedStorage, "iops": c.Iops,
		"db_cluster_instance_class": c.DBClusterInstanceClass, "deletion_protection": c.DeletionProtection, "copy_tags_to_snapshot": c.CopyTagsToSnapshot,
		"iam_database_authentication_enabled": c.IAMDatabaseAuthenticationEnabled, "enabled_cloudwatch_logs_exports": c.EnabledCloudwatchLogsExports,
		"enable_http_endpoint": c.HttpEndpointEnabled, "replication_source_identifier": c.ReplicationSourceIdentifier, "network_type": c.NetworkType,
		"backtrack_window": c.BacktrackWindow,
		"iam_roles":        list(c.AssociatedRoles, func(x types.DBClusterRole) *string { return x.RoleArn }),
		"cluster_members":  list(c.DBClusterMembers, func(m types.DBClusterMember) *string { return m.DBInstanceIdentifier }),
	}
	if s := c.ServerlessV2ScalingConfiguration; s != nil {
		attrs["serverlessv2_scaling_configuration"] = block(obj{"min_capacity": s.MinCapacity, "max_capacity": s.MaxCapacity})
	}
	r.add(record{typ: "aws_rds_cluster", name: id, attrs: attrs, tags: rdsTags(c.TagList), uses: []key{
		{"aws_db_subnet_group", aws.ToString(c.DBSubnetGroup)}, {"aws_rds_cluster_parameter_group", aws.ToString(c.DBClusterParameterGroup)},
	}})
}

func rdsTagged(ctx context.Context, r *reader, api rdsAPI, arn *string) func() map[string]string {
	return r.tagged(ctx, aws.ToString(arn), func() map[string]string {
		out, ok := call(ctx, r, api.ListTagsForResource, &rds.ListTagsForResourceInput{ResourceName: arn})
		if !ok {
			return nil
		}
		return rdsTags(out.TagList)
	})
}

func readDatabaseGroups(ctx context.Context, r *reader, api rdsAPI) {
	pages(ctx, r, rds.NewDescribeDBParameterGroupsPaginator(api, &rds.DescribeDBParameterGroupsInput{MaxRecords: aws.Int32(100)}), func(out *rds.DescribeDBParameterGroupsOutput) {
		for _, g := range out.DBParameterGroups {
			name := g.DBParameterGroupName
			addParameterGroup(ctx, r, api, "aws_db_parameter_group", name, g.DBParameterGroupArn, g.DBParameterGroupFamily, g.Description, func(visit func([]types.Parameter)) {
				pages(ctx, r, rds.NewDescribeDBParametersPaginator(api, &rds.DescribeDBParametersInput{DBParameterGroupName: name, Source: aws.String("user")}), func(out *rds.DescribeDBParametersOutput) { visit(out.Parameters) })
			})
		}
	})
	pages(ctx, r, rds.NewDescribeDBSubnetGroupsPaginator(api, &rds.DescribeDBSubnetGroupsInput{MaxRecords: aws.Int32(100)}), func(out *rds.DescribeDBSubnetGroupsOutput) {
		for _, g := range out.DBSubnetGroups {
			name := aws.ToString(g.DBSubnetGroupName)
			if name == "default" || strings.HasPrefix(name, "default-vpc-") {
				continue
			}
			r.add(record{typ: "aws_db_subnet_group", name: name, vpc: aws.ToString(g.VpcId), told: rdsTagged(ctx, r, api, g.DBSubnetGroupArn), attrs: obj{
				"id": name, "arn": g.DBSubnetGroupArn, "name": name, "description": g.DBSubnetGroupDescription, "vpc_id": g.VpcId,
				"subnet_ids": list(g.Subnets, func(s types.Subnet) *string { return s.SubnetIdentifier }),
			}})
		}
	})
}

// addParameterGroup adds a group of an instance or of a cluster, unless it is one of AWS's own. What was set in it is asked
// for by set.
func addParameterGroup(ctx context.Context, r *reader, api rdsAPI, typ string, name, arn, family, description *string, set func(visit func([]types.Parameter))) {
	id := aws.ToString(name)
	if strings.HasPrefix(id, "default.") {
		return
	}
	attrs := obj{"id": id, "arn": arn, "name": id, "family": family, "description": description}
	r.add(record{typ: typ, name: id, attrs: attrs, told: rdsTagged(ctx, r, api, arn), detail: func() {
		all := []obj{}
		set(func(some []types.Parameter) { all = append(all, parameters(some)...) })
		attrs["parameter"] = all
	}})
}

// parameters are those that were set, as the provider writes them.
func parameters(ps []types.Parameter) []obj {
	out := []obj{}
	for _, p := range ps {
		if p.ParameterValue != nil {
			out = append(out, obj{"name": strings.ToLower(aws.ToString(p.ParameterName)), "value": p.ParameterValue, "apply_method": p.ApplyMethod})
		}
	}
	return out
}

// maintenanceOfDatabases tells of the chosen databases what AWS will change in them.
func maintenanceOfDatabases(ctx context.Context, r *reader, chosen []*record) {
	databases := slices.Concat(of(chosen, "aws_db_instance"), of(chosen, "aws_rds_cluster"), of(chosen, "aws_rds_cluster_instance"))
	if len(databases) == 0 {
		return
	}
	var api rdsAPI = rds.NewFromConfig(r.cfg)
	pending := versions{}
	in := &rds.DescribePendingMaintenanceActionsInput{MaxRecords: aws.Int32(100)}
	tellPending(databases, pending, pages(ctx, r.extra(), rds.NewDescribePendingMaintenanceActionsPaginator(api, in), func(out *rds.DescribePendingMaintenanceActionsOutput) {
		for _, x := range out.PendingMaintenanceActions {
			for _, a := range x.PendingMaintenanceActionDetails {
				pending.add(aws.ToString(x.ResourceIdentifier), aws.ToString(a.Action))
			}
		}
	}))
}

// tellPending tells of records what waits for them, by their ARNs or names, where the list was read to its end.
func tellPending(records []*record, pending versions, whole bool) {
	if !whole {
		return
	}
	for _, rec := range records {
		waiting := pending[rec.text("arn")]
		if waiting == nil {
			waiting = pending[rec.text("id")]
		}
		rec.tell("pending_maintenance", waiting.text())
	}
}
