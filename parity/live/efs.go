package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/efs"
	"github.com/aws/aws-sdk-go-v2/service/efs/types"
)

type efsAPI interface {
	DescribeFileSystems(context.Context, *efs.DescribeFileSystemsInput, ...func(*efs.Options)) (*efs.DescribeFileSystemsOutput, error)
	DescribeLifecycleConfiguration(context.Context, *efs.DescribeLifecycleConfigurationInput, ...func(*efs.Options)) (*efs.DescribeLifecycleConfigurationOutput, error)
	DescribeMountTargets(context.Context, *efs.DescribeMountTargetsInput, ...func(*efs.Options)) (*efs.DescribeMountTargetsOutput, error)
	DescribeMountTargetSecurityGroups(context.Context, *efs.DescribeMountTargetSecurityGroupsInput, ...func(*efs.Options)) (*efs.DescribeMountTargetSecurityGroupsOutput, error)
}

func readEFS(ctx context.Context, r *reader) {
	var api efsAPI = efs.NewFromConfig(r.cfg)
	pages(ctx, r, efs.NewDescribeFileSystemsPaginator(api, &efs.DescribeFileSystemsInput{MaxItems: aws.Int32(100)}), func(out *efs.DescribeFileSystemsOutput) {
		for _, f := range out.FileSystems {
			id := aws.ToString(f.FileSystemId)
			attrs := obj{
				"id": id, "arn": f.FileSystemArn, "encrypted": f.Encrypted, "kms_key_id": f.KmsKeyId, "performance_mode": f.PerformanceMode, "throughput_mode": f.ThroughputMode,
				"provisioned_throughput_in_mibps": f.ProvisionedThroughputInMibps, "availability_zone_name": f.AvailabilityZoneName, "creation_token": f.CreationToken,
				"number_of_mount_targets": f.NumberOfMountTargets, "owner_id": f.OwnerId, "dns_name": id + ".efs." + r.region + ".amazonaws.com",
			}
			name := aws.ToString(f.Name)
			r.add(record{
				typ: "aws_efs_file_system", name: name, attrs: attrs, tags: tagMap(f.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value }),
				detail: func() { describeFileSystem(ctx, r, api, id, attrs) },
			})
		}
	})
}

func describeFileSystem(ctx context.Context, r *reader, api efsAPI, id string, attrs obj) {
	if out, ok := call(ctx, r, api.DescribeLifecycleConfiguration, &efs.DescribeLifecycleConfigurationInput{FileSystemId: &id}); ok {
		attrs["lifecycle_policy"] = blocks(out.LifecyclePolicies, func(p types.LifecyclePolicy) obj {
			return obj{"transition_to_ia": p.TransitionToIA, "transition_to_archive": p.TransitionToArchive, "transition_to_primary_storage_class": p.TransitionToPrimaryStorageClass}
		})
	}
	pages(ctx, r, efs.NewDescribeMountTargetsPaginator(api, &efs.DescribeMountTargetsInput{FileSystemId: &id}), func(out *efs.DescribeMountTargetsOutput) {
		for _, m := range out.MountTargets {
			target := obj{
				"id": m.MountTargetId, "file_system_id": id, "subnet_id": m.SubnetId, "ip_address": m.IpAddress, "network_interface_id": m.NetworkInterfaceId,
				"availability_zone_name": m.AvailabilityZoneName, "owner_id": m.OwnerId,
			}
			if out, ok := call(ctx, r, api.DescribeMountTargetSecurityGroups, &efs.DescribeMountTargetSecurityGroupsInput{MountTargetId: m.MountTargetId}); ok {
				target["security_groups"] = out.SecurityGroups
			}
			r.add(record{typ: "aws_efs_mount_target", vpc: aws.ToString(m.VpcId), partOf: []key{{"aws_efs_file_system", id}}, attrs: target})
		}
	})
}
