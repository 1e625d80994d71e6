package live

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/maquette/maquette/parity"
)

type ec2API interface {
	ec2NetworkAPI
	DescribeImages(context.Context, *ec2.DescribeImagesInput, ...func(*ec2.Options)) (*ec2.DescribeImagesOutput, error)
	DescribeInstanceCreditSpecifications(context.Context, *ec2.DescribeInstanceCreditSpecificationsInput, ...func(*ec2.Options)) (*ec2.DescribeInstanceCreditSpecificationsOutput, error)
	DescribeInstances(context.Context, *ec2.DescribeInstancesInput, ...func(*ec2.Options)) (*ec2.DescribeInstancesOutput, error)
	DescribeLaunchTemplates(context.Context, *ec2.DescribeLaunchTemplatesInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplatesOutput, error)
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
	DescribeVolumes(context.Context, *ec2.DescribeVolumesInput, ...func(*ec2.Options)) (*ec2.DescribeVolumesOutput, error)
}

func readEC2(ctx context.Context, r *reader) {
	var api ec2API = ec2.NewFromConfig(r.cfg)
	var wg sync.WaitGroup
	wg.Go(func() { readNetworks(ctx, r, api) })
	wg.Go(func() { readInstances(ctx, r, api) })
	wg.Go(func() { readLaunchTemplates(ctx, r, api) })
	wg.Wait()
}

func ec2Tags(tags []types.Tag) map[string]string {
	return tagMap(tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
}

// arn is the ARN of a resource of the account in the region.
func (r *reader) arn(service, resource string) string {
	return "arn:" + r.partition + ":" + service + ":" + r.region + ":" + r.account + ":" + resource
}

// ec2Filters are the tags that are asked for, for lists of which nothing is
// needed that lacks them.
func (r *reader) ec2Filters() []types.Filter {
	s := r.source.Select
	if s.TFState != "" {
		return nil // what it lists may bear others
	}
	var filters []types.Filter
	for k, values := range s.Tags {
		filters = append(filters, types.Filter{Name: aws.String("tag:" + k), Values: values})
	}
	return filters
}

// ownedBy names the tags by which a group or service marks the instances that it
// makes, which are its members and no resources of their own.
var ownedBy = []string{"aws:autoscaling:groupName", "aws:ec2:fleet-id", "aws:ec2spot:fleet-request-id", "aws:elasticmapreduce:job-flow-id"}

func owned(tags map[string]string) bool {
	for _, k := range ownedBy {
		if _, is := tags[k]; is {
			return true
		}
	}
	return false
}

func readInstances(ctx context.Context, r *reader, api ec2API) {
	volumes := map[string]types.Volume{}
	var all []types.Volume
	pages(ctx, r, ec2.NewDescribeVolumesPaginator(api, &ec2.DescribeVolumesInput{MaxResults: aws.Int32(500)}), func(out *ec2.DescribeVolumesOutput) {
		for _, v := range out.Volumes {
			volumes[aws.ToString(v.VolumeId)] = v
			all = append(all, v)
		}
	})
	roots := map[string]bool{}
	pages(ctx, r, ec2.NewDescribeInstancesPaginator(api, &ec2.DescribeInstancesInput{Filters: r.ec2Filters(), MaxResults: aws.Int32(1000)}), func(out *ec2.DescribeInstancesOutput) {
		for _, res := range out.Reservations {
			for _, i := range res.Instances {
				for _, m := range i.BlockDeviceMappings {
					if m.Ebs != nil && aws.ToBool(m.Ebs.DeleteOnTermination) {
						roots[aws.ToString(m.Ebs.VolumeId)] = true
					}
				}
				if i.State != nil && (i.State.Name == types.InstanceStateNameTerminated || i.State.Name == types.InstanceStateNameShuttingDown) {
					continue
				}
				if tags := ec2Tags(i.Tags); !owned(tags) {
					addInstance(r, i, tags, volumes)
				} else if tags["aws:autoscaling:groupName"] != "" {
					r.groupImages.Store(aws.ToString(i.InstanceId), aws.ToString(i.ImageId))
				}
			}
		}
	})
	for _, v := range all {
		addVolume(r, v, roots)
	}
}

func addInstance(r *reader, i types.Instance, tags map[string]string, volumes map[string]types.Volume) {
	id := aws.ToString(i.InstanceId)
	attrs := obj{
		"id": id, "arn": r.arn("ec2", "instance/"+id), "ami": i.ImageId, "instance_type": i.InstanceType, "subnet_id": i.SubnetId,
		"vpc_security_group_ids": list(i.SecurityGroups, func(g types.GroupIdentifier) *string { return g.GroupId }),
		"ebs_optimized":          i.EbsOptimized, "key_name": i.KeyName, "source_dest_check": i.SourceDestCheck,
		"private_ip": i.PrivateIpAddress, "public_ip": i.PublicIpAddress, "private_dns": i.PrivateDnsName, "public_dns": i.PublicDnsName,
		"instance_lifecycle": i.InstanceLifecycle, "iam_instance_profile": "", "credit_specification": []obj{},
	}
	var uses []key
	if p := i.IamInstanceProfile; p != nil {
		arn := aws.ToString(p.Arn)
		attrs["iam_instance_profile"] = arn[strings.LastIndex(arn, "/")+1:]
		uses = append(uses, key{"aws_iam_instance_profile", arn})
	}
	if i.State != nil {
		attrs["instance_state"] = i.State.Name
	}
	if i.Monitoring != nil {
		attrs["monitoring"] = i.Monitoring.State == types.MonitoringStateEnabled
	}
	if p := i.Placement; p != nil {
		attrs["availability_zone"], attrs["tenancy"], attrs["host_id"], attrs["placement_group"] = p.AvailabilityZone, p.Tenancy, p.HostId, p.GroupName
	}
	if m := i.MetadataOptions; m != nil {
		attrs["metadata_options"] = block(obj{
			"http_endpoint": m.HttpEndpoint, "http_tokens": m.HttpTokens, "http_put_response_hop_limit": m.HttpPutResponseHopLimit,
			"http_protocol_ipv6": m.HttpProtocolIpv6, "instance_metadata_tags": m.InstanceMetadataTags,
		})
	}
	if c := i.CpuOptions; c != nil {
		attrs["cpu_core_count"], attrs["cpu_threads_per_core"] = c.CoreCount, c.ThreadsPerCore
	}
	root, others := []obj{}, []obj{}
	for _, m := range i.BlockDeviceMappings {
		if m.Ebs == nil || !aws.ToBool(m.Ebs.DeleteOnTermination) {
			continue
		}
		v, ok := volumes[aws.ToString(m.Ebs.VolumeId)]
		if !ok {
			continue
		}
		b := obj{
			"device_name": m.DeviceName, "volume_id": v.VolumeId, "volume_size": v.Size, "volume_type": v.VolumeType, "iops": v.Iops,
			"throughput": v.Throughput, "encrypted": v.Encrypted, "kms_key_id": v.KmsKeyId, "delete_on_termination": true,
		}
		if aws.ToString(m.DeviceName) == aws.ToString(i.RootDeviceName) {
			root = append(root, b)
		} else {
			others = append(others, b)
		}
	}
	attrs["root_block_device"], attrs["ebs_block_device"] = root, others
	r.add(record{typ: "aws_instance", attrs: attrs, tags: tags, vpc: aws.ToString(i.VpcId), uses: uses})
}

// creditsOfInstances reads how machines of the families that save up processor time
// spend it, of many a call.
func creditsOfInstances(ctx context.Context, r *reader, chosen []*record) {
	var api ec2API = ec2.NewFromConfig(r.cfg)
	byID := map[string]*record{}
	var ids []string
	for _, rec := range of(chosen, "aws_instance") {
		if i, _ := rec.attrs["instance_type"].(types.InstanceType); strings.HasPrefix(string(i), "t") {
			byID[rec.text("id")] = rec
			ids = append(ids, rec.text("id"))
		}
	}
	batches(ctx, ids, 200, func(some []string) {
		pages(ctx, r, ec2.NewDescribeInstanceCreditSpecificationsPaginator(api, &ec2.DescribeInstanceCreditSpecificationsInput{InstanceIds: some}), func(out *ec2.DescribeInstanceCreditSpecificationsOutput) {
			for _, c := range out.InstanceCreditSpecifications {
				if rec := byID[aws.ToString(c.InstanceId)]; rec != nil {
					rec.attrs["credit_specification"] = block(obj{"cpu_credits": c.CpuCredits})
				}
			}
		})
	})
}

// imagesThatRun looks up which machine images run: one has another id in each region
// and account, and the name says what is in it. Images that are gone have none. Of groups
// it tells whether their machines run what their template says.
func imagesThatRun(ctx context.Context, r *reader, chosen []*record) {
	wanted := several{}
	for _, rec := range chosen {
		for _, attr := range []string{"ami", "image_id"} {
			wanted[rec.text(attr)] = true
		}
		for image := range r.imagesOf(rec) {
			wanted[image] = true
		}
	}
	ids := slices.DeleteFunc(wanted.list(), func(id string) bool { return !strings.HasPrefix(id, "ami-") })
	var api ec2API = ec2.NewFromConfig(r.cfg)
	labels := map[string]string{}
	var mu sync.Mutex
	batches(ctx, ids, 200, func(some []string) {
		in := &ec2.DescribeImagesInput{Filters: []types.Filter{{Name: aws.String("image-id"), Values: some}}, IncludeDeprecated: aws.Bool(true)}
		pages(ctx, r, ec2.NewDescribeImagesPaginator(api, in), func(out *ec2.DescribeImagesOutput) {
			mu.Lock()
			defer mu.Unlock()
			for _, i := range out.Images {
				if name := aws.ToString(i.Name); name != "" {
					day, _, _ := strings.Cut(aws.ToString(i.CreationDate), "T")
					id, label := aws.ToString(i.ImageId), name+" of "+day
					labels[id] = label
					r.external(parity.External{Address: "data.aws_ami." + identifier(name), Names: []string{id}, Label: label})
				}
			}
		})
	})
	for _, rec := range of(chosen, "aws_autoscaling_group") {
		run := r.imagesOf(rec)
		if said := r.templateImage(rec); len(run) == 1 && run[said] {
			rec.tell("machine_images", "as the template says")
		} else if len(run) > 0 {
			names := several{}
			for image := range run {
				names[cmp.Or(labels[image], image)] = true
			}
			rec.tell("machine_images", names.text())
		}
	}
}

// imagesOf are the images that a group's machines were started from.
func (r *reader) imagesOf(group *record) several {
	images := several{}
	for _, id := range group.instances {
		if image, ok := r.groupImages.Load(id); ok {
			images[image.(string)] = true
		}
	}
	return images
}

// templateImage is the image that a group's template or launch configuration names, "" where
// there are several, or it is looked up when a machine starts.
func (r *reader) templateImage(group *record) string {
	image := ""
	for _, k := range group.uses {
		if k.typ == "aws_launch_template" || k.typ == "aws_launch_configuration" {
			if t := r.index[k]; t != nil {
				if image != "" {
					return ""
				}
				image = t.text("image_id")
			}
		}
	}
	return image
}

// addVolume adds a volume that outlives the instance it is attached to; others are
// blocks of their instance.
func addVolume(r *reader, v types.Volume, roots map[string]bool) {
	if roots[aws.ToString(v.VolumeId)] {
		return
	}
	for _, a := range v.Attachments {
		if aws.ToBool(a.DeleteOnTermination) {
			return
		}
	}
	id := aws.ToString(v.VolumeId)
	r.add(record{typ: "aws_ebs_volume", tags: ec2Tags(v.Tags), attrs: obj{
		"id": id, "arn": r.arn("ec2", "volume/"+id), "availability_zone": v.AvailabilityZone, "size": v.Size, "type": v.VolumeType, "iops": v.Iops,
		"throughput": v.Throughput, "encrypted": v.Encrypted, "kms_key_id": v.KmsKeyId, "multi_attach_enabled": v.MultiAttachEnabled,
		"snapshot_id": v.SnapshotId,
	}})
}

func readLaunchTemplates(ctx context.Context, r *reader, api ec2API) {
	pages(ctx, r, ec2.NewDescribeLaunchTemplatesPaginator(api, &ec2.DescribeLaunchTemplatesInput{}), func(out *ec2.DescribeLaunchTemplatesOutput) {
		for _, t := range out.LaunchTemplates {
			id := aws.ToString(t.LaunchTemplateId)
			attrs := obj{
				"id": id, "arn": r.arn("ec2", "launch-template/"+id), "name": t.LaunchTemplateName,
				"default_version": t.DefaultVersionNumber, "latest_version": t.LatestVersionNumber,
			}
			r.add(record{
				typ: "aws_launch_template", name: aws.ToString(t.LaunchTemplateName), tags: ec2Tags(t.Tags), attrs: attrs,
				detail: func() { templateVersion(ctx, r, api, id, attrs) },
			})
		}
	})
}

// templateVersion reads the newest version of a launch template, as the provider
// does.
func templateVersion(ctx context.Context, r *reader, api ec2API, id string, attrs obj) {
	out, ok := call(ctx, r, api.DescribeLaunchTemplateVersions, &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: &id, Versions: []string{"$Latest"}})
	if !ok {
		return
	}
	for _, v := range out.LaunchTemplateVersions {
		d := v.LaunchTemplateData
		if d == nil {
			continue
		}
		attrs["description"], attrs["image_id"], attrs["instance_type"], attrs["key_name"] = v.VersionDescription, d.ImageId, d.InstanceType, d.KeyName
		attrs["user_data"], attrs["vpc_security_group_ids"], attrs["security_group_names"] = d.UserData, d.SecurityGroupIds, d.SecurityGroups
		attrs["disable_api_termination"], attrs["disable_api_stop"] = d.DisableApiTermination, d.DisableApiStop
		attrs["instance_initiated_shutdown_behavior"], attrs["kernel_id"], attrs["ram_disk_id"] = d.InstanceInitiatedShutdownBehavior, d.KernelId, d.RamDiskId
		attrs["ebs_optimized"] = boolText(d.EbsOptimized)
		if m := d.MetadataOptions; m != nil {
			attrs["metadata_options"] = block(obj{
				"http_endpoint": m.HttpEndpoint, "http_tokens": m.HttpTokens, "http_put_response_hop_limit": m.HttpPutResponseHopLimit,
				"http_protocol_ipv6": m.HttpProtocolIpv6, "instance_metadata_tags": m.InstanceMetadataTags,
			})
		}
		if m := d.Monitoring; m != nil {
			attrs["monitoring"] = block(obj{"enabled": m.Enabled})
		}
		if p := d.IamInstanceProfile; p != nil {
			attrs["iam_instance_profile"] = block(obj{"arn": p.Arn, "name": p.Name})
		}
		attrs["block_device_mappings"] = blocks(d.BlockDeviceMappings, func(m types.LaunchTemplateBlockDeviceMapping) obj {
			b := obj{"device_name": m.DeviceName, "no_device": m.NoDevice, "virtual_name": m.VirtualName, "ebs": []obj{}}
			if e := m.Ebs; e != nil {
				b["ebs"] = block(obj{
					"volume_size": e.VolumeSize, "volume_type": e.VolumeType, "iops": e.Iops, "throughput": e.Throughput, "kms_key_id": e.KmsKeyId,
					"snapshot_id": e.SnapshotId, "encrypted": boolText(e.Encrypted), "delete_on_termination": boolText(e.DeleteOnTermination),
				})
			}
			return b
		})
		attrs["network_interfaces"] = blocks(d.NetworkInterfaces, func(n types.LaunchTemplateInstanceNetworkInterfaceSpecification) obj {
			return obj{
				"associate_public_ip_address": boolText(n.AssociatePublicIpAddress), "delete_on_termination": boolText(n.DeleteOnTermination),
				"description": n.Description, "device_index": n.DeviceIndex, "security_groups": n.Groups, "subnet_id": n.SubnetId,
			}
		})
	}
}

// boolText is a truth value that the provider keeps as text, so that it can be
// absent.
func boolText(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "true"
	}
	return "false"
}
