package live

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

type autoscalingAPI interface {
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	DescribeLaunchConfigurations(context.Context, *autoscaling.DescribeLaunchConfigurationsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLaunchConfigurationsOutput, error)
	DescribePolicies(context.Context, *autoscaling.DescribePoliciesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error)
	DescribeScheduledActions(context.Context, *autoscaling.DescribeScheduledActionsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScheduledActionsOutput, error)
}

func readAutoscaling(ctx context.Context, r *reader) {
	var api autoscalingAPI = autoscaling.NewFromConfig(r.cfg)
	launches := map[string]bool{}
	for _, arn := range r.known.arns("aws_launch_configuration", r.region) {
		launches[arn] = true
	}
	groups := 0
	pages(ctx, r, autoscaling.NewDescribeAutoScalingGroupsPaginator(api, &autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(100)}), func(out *autoscaling.DescribeAutoScalingGroupsOutput) {
		for _, g := range out.AutoScalingGroups {
			groups++
			if name := aws.ToString(g.LaunchConfigurationName); name != "" {
				launches[name] = true
			}
			addGroup(r, g)
		}
	})
	if groups == 0 && len(launches) == 0 {
		return
	}
	inGroup := func(name *string) []key { return []key{{"aws_autoscaling_group", aws.ToString(name)}} }
	pages(ctx, r, autoscaling.NewDescribePoliciesPaginator(api, &autoscaling.DescribePoliciesInput{MaxRecords: aws.Int32(100)}), func(out *autoscaling.DescribePoliciesOutput) {
		for _, p := range out.ScalingPolicies {
			attrs := obj{
				"id": p.PolicyName, "arn": p.PolicyARN, "name": p.PolicyName, "autoscaling_group_name": p.AutoScalingGroupName, "policy_type": p.PolicyType,
				"adjustment_type": p.AdjustmentType, "cooldown": p.Cooldown, "enabled": p.Enabled, "estimated_instance_warmup": p.EstimatedInstanceWarmup,
				"metric_aggregation_type": p.MetricAggregationType, "min_adjustment_magnitude": p.MinAdjustmentMagnitude, "scaling_adjustment": p.ScalingAdjustment,
				"step_adjustment": blocks(p.StepAdjustments, func(s types.StepAdjustment) obj {
					return obj{"metric_interval_lower_bound": number(s.MetricIntervalLowerBound), "metric_interval_upper_bound": number(s.MetricIntervalUpperBound), "scaling_adjustment": s.ScalingAdjustment}
				}),
			}
			if t := p.TargetTrackingConfiguration; t != nil {
				o := obj{"target_value": t.TargetValue, "disable_scale_in": t.DisableScaleIn}
				if m := t.PredefinedMetricSpecification; m != nil {
					o["predefined_metric_specification"] = block(obj{"predefined_metric_type": m.PredefinedMetricType, "resource_label": m.ResourceLabel})
				}
				attrs["target_tracking_configuration"] = block(o)
			}
			r.add(record{typ: "aws_autoscaling_policy", name: aws.ToString(p.PolicyName), attrs: attrs, partOf: inGroup(p.AutoScalingGroupName)})
		}
	})
	pages(ctx, r, autoscaling.NewDescribeScheduledActionsPaginator(api, &autoscaling.DescribeScheduledActionsInput{MaxRecords: aws.Int32(100)}), func(out *autoscaling.DescribeScheduledActionsOutput) {
		for _, s := range out.ScheduledUpdateGroupActions {
			r.add(record{typ: "aws_autoscaling_schedule", name: aws.ToString(s.ScheduledActionName), partOf: inGroup(s.AutoScalingGroupName), attrs: obj{
				"id": s.ScheduledActionName, "arn": s.ScheduledActionARN, "scheduled_action_name": s.ScheduledActionName, "autoscaling_group_name": s.AutoScalingGroupName,
				"min_size": s.MinSize, "max_size": s.MaxSize, "desired_capacity": s.DesiredCapacity, "recurrence": s.Recurrence, "time_zone": s.TimeZone,
			}})
		}
	})
	if len(launches) > 0 {
		pages(ctx, r, autoscaling.NewDescribeLaunchConfigurationsPaginator(api, &autoscaling.DescribeLaunchConfigurationsInput{MaxRecords: aws.Int32(100)}), func(out *autoscaling.DescribeLaunchConfigurationsOutput) {
			for _, c := range out.LaunchConfigurations {
				if launches[aws.ToString(c.LaunchConfigurationName)] || launches[aws.ToString(c.LaunchConfigurationARN)] {
					addLaunchConfiguration(r, c)
				}
			}
		})
	}
}

// number is a number that can be absent, as the provider writes it.
func number(f *float64) any {
	if f == nil {
		return ""
	}
	return *f
}

func addGroup(r *reader, g types.AutoScalingGroup) {
	tags := tagMap(g.Tags, func(t types.TagDescription) (*string, *string) { return t.Key, t.Value })
	subnets := []string{}
	if s := aws.ToString(g.VPCZoneIdentifier); s != "" {
		subnets = strings.Split(s, ",")
	}
	attrs := obj{
		"id": g.AutoScalingGroupName, "arn": g.AutoScalingGroupARN, "name": g.AutoScalingGroupName,
		"min_size": g.MinSize, "max_size": g.MaxSize, "desired_capacity": g.DesiredCapacity, "default_cooldown": g.DefaultCooldown,
		"health_check_type": g.HealthCheckType, "health_check_grace_period": g.HealthCheckGracePeriod, "vpc_zone_identifier": subnets,
		"availability_zones": g.AvailabilityZones, "target_group_arns": g.TargetGroupARNs, "load_balancers": g.LoadBalancerNames,
		"launch_configuration": g.LaunchConfigurationName, "capacity_rebalance": g.CapacityRebalance, "placement_group": g.PlacementGroup,
		"protect_from_scale_in": g.NewInstancesProtectedFromScaleIn, "max_instance_lifetime": g.MaxInstanceLifetime, "service_linked_role_arn": g.ServiceLinkedRoleARN,
		"default_instance_warmup": g.DefaultInstanceWarmup, "desired_capacity_type": g.DesiredCapacityType,
		"enabled_metrics":     list(g.EnabledMetrics, func(m types.EnabledMetric) *string { return m.Metric }),
		"suspended_processes": list(g.SuspendedProcesses, func(p types.SuspendedProcess) *string { return p.ProcessName }),
		"tag":                 []obj{},
	}
	// The default is what the provider leaves out.
	if p := g.TerminationPolicies; len(p) == 1 && p[0] == "Default" {
		attrs["termination_policies"] = []string{}
	} else {
		attrs["termination_policies"] = p
	}
	own := []obj{}
	for _, t := range g.Tags {
		if k := aws.ToString(t.Key); !strings.HasPrefix(k, "aws:") {
			own = append(own, obj{"key": k, "value": t.Value, "propagate_at_launch": t.PropagateAtLaunch})
		}
	}
	attrs["tag"] = own
	template := func(t *types.LaunchTemplateSpecification) []obj {
		if t == nil {
			return []obj{}
		}
		return block(obj{"id": t.LaunchTemplateId, "name": t.LaunchTemplateName, "version": t.Version})
	}
	var uses []key
	use := func(t *types.LaunchTemplateSpecification) {
		if t != nil {
			uses = append(uses, key{"aws_launch_template", aws.ToString(t.LaunchTemplateId)})
		}
	}
	use(g.LaunchTemplate)
	attrs["launch_template"] = template(g.LaunchTemplate)
	if m := g.MixedInstancesPolicy; m != nil {
		o := obj{}
		if d := m.InstancesDistribution; d != nil {
			o["instances_distribution"] = block(obj{
				"on_demand_allocation_strategy": d.OnDemandAllocationStrategy, "on_demand_base_capacity": d.OnDemandBaseCapacity,
				"on_demand_percentage_above_base_capacity": d.OnDemandPercentageAboveBaseCapacity, "spot_allocation_strategy": d.SpotAllocationStrategy,
				"spot_instance_pools": d.SpotInstancePools, "spot_max_price": d.SpotMaxPrice,
			})
		}
		if l := m.LaunchTemplate; l != nil {
			use(l.LaunchTemplateSpecification)
			spec := []obj{}
			if s := l.LaunchTemplateSpecification; s != nil {
				spec = block(obj{"launch_template_id": s.LaunchTemplateId, "launch_template_name": s.LaunchTemplateName, "version": s.Version})
			}
			o["launch_template"] = block(obj{
				"launch_template_specification": spec,
				"override": blocks(l.Overrides, func(x types.LaunchTemplateOverrides) obj {
					return obj{"instance_type": x.InstanceType, "weighted_capacity": x.WeightedCapacity}
				}),
			})
		}
		attrs["mixed_instances_policy"] = block(o)
	} else {
		attrs["mixed_instances_policy"] = []obj{}
	}
	uses = append(uses, key{"aws_launch_configuration", aws.ToString(g.LaunchConfigurationName)})
	for _, arn := range g.TargetGroupARNs {
		uses = append(uses, key{"aws_lb_target_group", arn})
	}
	rec := r.add(record{typ: "aws_autoscaling_group", name: aws.ToString(g.AutoScalingGroupName), tags: tags, attrs: attrs, uses: uses})
	rec.ownTags = true
	zones := several{}
	for _, i := range g.Instances {
		rec.instances = append(rec.instances, aws.ToString(i.InstanceId))
		zones[aws.ToString(i.AvailabilityZone)] = true
	}
	slices.Sort(rec.instances)
	rec.tell("zones", zones.list())
}

func addLaunchConfiguration(r *reader, c types.LaunchConfiguration) {
	attrs := obj{
		"id": c.LaunchConfigurationName, "arn": c.LaunchConfigurationARN, "name": c.LaunchConfigurationName, "image_id": c.ImageId, "instance_type": c.InstanceType,
		"key_name": c.KeyName, "security_groups": c.SecurityGroups, "iam_instance_profile": c.IamInstanceProfile, "ebs_optimized": c.EbsOptimized,
		"associate_public_ip_address": c.AssociatePublicIpAddress, "spot_price": c.SpotPrice,
	}
	if m := c.InstanceMonitoring; m != nil {
		attrs["enable_monitoring"] = m.Enabled
	}
	if m := c.MetadataOptions; m != nil {
		attrs["metadata_options"] = block(obj{"http_endpoint": m.HttpEndpoint, "http_tokens": m.HttpTokens, "http_put_response_hop_limit": m.HttpPutResponseHopLimit})
	}
	r.add(record{typ: "aws_launch_configuration", name: aws.ToString(c.LaunchConfigurationName), attrs: attrs})
}
