package live

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

type ecsAPI interface {
	DescribeClusters(context.Context, *ecs.DescribeClustersInput, ...func(*ecs.Options)) (*ecs.DescribeClustersOutput, error)
	DescribeServices(context.Context, *ecs.DescribeServicesInput, ...func(*ecs.Options)) (*ecs.DescribeServicesOutput, error)
	DescribeTaskDefinition(context.Context, *ecs.DescribeTaskDefinitionInput, ...func(*ecs.Options)) (*ecs.DescribeTaskDefinitionOutput, error)
	DescribeTasks(context.Context, *ecs.DescribeTasksInput, ...func(*ecs.Options)) (*ecs.DescribeTasksOutput, error)
	ListClusters(context.Context, *ecs.ListClustersInput, ...func(*ecs.Options)) (*ecs.ListClustersOutput, error)
	ListServices(context.Context, *ecs.ListServicesInput, ...func(*ecs.Options)) (*ecs.ListServicesOutput, error)
	ListTasks(context.Context, *ecs.ListTasksInput, ...func(*ecs.Options)) (*ecs.ListTasksOutput, error)
}

func ecsTags(tags []types.Tag) map[string]string {
	return tagMap(tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
}

func readECS(ctx context.Context, r *reader) {
	var api ecsAPI = ecs.NewFromConfig(r.cfg)
	var clusters []string
	pages(ctx, r, ecs.NewListClustersPaginator(api, &ecs.ListClustersInput{}), func(out *ecs.ListClustersOutput) {
		clusters = append(clusters, out.ClusterArns...)
	})
	batches(ctx, clusters, 100, func(some []string) {
		out, ok := call(ctx, r, api.DescribeClusters, &ecs.DescribeClustersInput{
			Clusters: some, Include: []types.ClusterField{types.ClusterFieldTags, types.ClusterFieldSettings, types.ClusterFieldConfigurations},
		})
		if !ok {
			return
		}
		for _, c := range out.Clusters {
			r.add(record{typ: "aws_ecs_cluster", name: aws.ToString(c.ClusterName), tags: ecsTags(c.Tags), attrs: obj{
				"id": c.ClusterArn, "arn": c.ClusterArn, "name": c.ClusterName,
				"setting": blocks(c.Settings, func(s types.ClusterSetting) obj { return obj{"name": s.Name, "value": s.Value} }),
			}})
		}
	})
	each(ctx, clusters, func(cluster string) { readECSServices(ctx, r, api, cluster) })
	// Of revisions, those in use are read, and those that somebody knows of.
	each(ctx, r.known.arns("aws_ecs_task_definition", r.region), func(arn string) { readTaskDefinition(ctx, r, api, arn, "") })
}

func readECSServices(ctx context.Context, r *reader, api ecsAPI, cluster string) {
	var services []string
	pages(ctx, r, ecs.NewListServicesPaginator(api, &ecs.ListServicesInput{Cluster: &cluster, MaxResults: aws.Int32(100)}), func(out *ecs.ListServicesOutput) {
		services = append(services, out.ServiceArns...)
	})
	batches(ctx, services, 10, func(some []string) {
		out, ok := call(ctx, r, api.DescribeServices, &ecs.DescribeServicesInput{Cluster: &cluster, Services: some, Include: []types.ServiceField{types.ServiceFieldTags}})
		if !ok {
			return
		}
		for _, s := range out.Services {
			if aws.ToString(s.Status) != "INACTIVE" {
				addECSService(ctx, r, api, s)
			}
		}
	})
}

func addECSService(ctx context.Context, r *reader, api ecsAPI, s types.Service) {
	task := aws.ToString(s.TaskDefinition)
	attrs := obj{
		"id": s.ServiceArn, "name": s.ServiceName, "cluster": s.ClusterArn, "desired_count": s.DesiredCount, "launch_type": s.LaunchType, "task_definition": s.TaskDefinition,
		"platform_version": s.PlatformVersion, "scheduling_strategy": s.SchedulingStrategy, "propagate_tags": s.PropagateTags, "enable_ecs_managed_tags": s.EnableECSManagedTags,
		"enable_execute_command": s.EnableExecuteCommand, "health_check_grace_period_seconds": s.HealthCheckGracePeriodSeconds,
		"capacity_provider_strategy": blocks(s.CapacityProviderStrategy, func(c types.CapacityProviderStrategyItem) obj {
			return obj{"capacity_provider": c.CapacityProvider, "base": c.Base, "weight": c.Weight}
		}),
		"load_balancer": blocks(s.LoadBalancers, func(l types.LoadBalancer) obj {
			return obj{"target_group_arn": l.TargetGroupArn, "elb_name": l.LoadBalancerName, "container_name": l.ContainerName, "container_port": l.ContainerPort}
		}),
		"service_registries": blocks(s.ServiceRegistries, func(x types.ServiceRegistry) obj {
			return obj{"registry_arn": x.RegistryArn, "port": x.Port, "container_name": x.ContainerName, "container_port": x.ContainerPort}
		}),
		"ordered_placement_strategy": blocks(s.PlacementStrategy, func(p types.PlacementStrategy) obj { return obj{"type": p.Type, "field": p.Field} }),
		"placement_constraints":      blocks(s.PlacementConstraints, func(p types.PlacementConstraint) obj { return obj{"type": p.Type, "expression": p.Expression} }),
	}
	if d := s.DeploymentConfiguration; d != nil {
		attrs["deployment_maximum_percent"], attrs["deployment_minimum_healthy_percent"] = d.MaximumPercent, d.MinimumHealthyPercent
		attrs["deployment_circuit_breaker"] = []obj{}
		if c := d.DeploymentCircuitBreaker; c != nil && (c.Enable || c.Rollback) {
			attrs["deployment_circuit_breaker"] = block(obj{"enable": c.Enable, "rollback": c.Rollback})
		}
	}
	if c := s.DeploymentController; c != nil {
		attrs["deployment_controller"] = block(obj{"type": c.Type})
	}
	if n := s.NetworkConfiguration; n != nil && n.AwsvpcConfiguration != nil {
		v := n.AwsvpcConfiguration
		attrs["network_configuration"] = block(obj{"assign_public_ip": v.AssignPublicIp == types.AssignPublicIpEnabled, "security_groups": v.SecurityGroups, "subnets": v.Subnets})
	}
	// A service's revision is whatever runs; it comes with the service.
	r.add(record{typ: "aws_ecs_service", name: aws.ToString(s.ServiceName), tags: ecsTags(s.Tags), attrs: attrs, uses: []key{{"aws_ecs_cluster", aws.ToString(s.ClusterArn)}}, detail: func() {
		readTaskDefinition(ctx, r, api, task, aws.ToString(s.ServiceArn))
	}})
}

func readTaskDefinition(ctx context.Context, r *reader, api ecsAPI, arn, service string) {
	if arn == "" || r.recorded(key{"aws_ecs_task_definition", arn}) {
		return
	}
	out, ok := ask(ctx, r, api.DescribeTaskDefinition, &ecs.DescribeTaskDefinitionInput{TaskDefinition: &arn, Include: []types.TaskDefinitionField{types.TaskDefinitionFieldTags}}, "ClientException")
	if !ok || out == nil || out.TaskDefinition == nil || service == "" && out.TaskDefinition.Status == types.TaskDefinitionStatusInactive {
		return
	}
	if !r.claim(key{"aws_ecs_task_definition", arn}) {
		return // another service was faster
	}
	d := out.TaskDefinition
	revisionless := arn[:strings.LastIndex(arn, ":")]
	attrs := obj{
		"id": d.Family, "arn": d.TaskDefinitionArn, "arn_without_revision": revisionless, "family": d.Family, "revision": d.Revision, "cpu": d.Cpu, "memory": d.Memory,
		"network_mode": d.NetworkMode, "requires_compatibilities": d.RequiresCompatibilities, "execution_role_arn": d.ExecutionRoleArn, "task_role_arn": d.TaskRoleArn,
		"ipc_mode": d.IpcMode, "pid_mode": d.PidMode, "container_definitions": containers(d.ContainerDefinitions),
		"volume": blocks(d.Volumes, func(v types.Volume) obj { return obj{"name": v.Name} }),
	}
	if p := d.RuntimePlatform; p != nil {
		attrs["runtime_platform"] = block(obj{"cpu_architecture": p.CpuArchitecture, "operating_system_family": p.OperatingSystemFamily})
	}
	if e := d.EphemeralStorage; e != nil {
		attrs["ephemeral_storage"] = block(obj{"size_in_gib": e.SizeInGiB})
	}
	r.add(record{typ: "aws_ecs_task_definition", name: aws.ToString(d.Family), tags: ecsTags(out.Tags), attrs: attrs, partOf: []key{{"aws_ecs_service", service}}, uses: []key{
		{"aws_iam_role", aws.ToString(d.ExecutionRoleArn)}, {"aws_iam_role", aws.ToString(d.TaskRoleArn)},
	}})
}

// containers writes definitions as the API does, with keys that begin small and
// without what is not set, as the provider stores them.
func containers(defs []types.ContainerDefinition) string {
	raw, err := json.Marshal(defs)
	if err != nil {
		return ""
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return ""
	}
	out, err := json.Marshal(lower(v, true))
	if err != nil {
		return ""
	}
	return string(out)
}

// userMaps are the members whose keys are the user's own.
var userMaps = map[string]bool{"dockerLabels": true, "options": true}

// lower gives the keys of a document a small first letter and drops what is null;
// what is empty too where it says nothing.
func lower(v any, keys bool) any {
	switch x := v.(type) {
	case []any:
		for i := range x {
			x[i] = lower(x[i], keys)
		}
		return x
	case map[string]any:
		out := map[string]any{}
		for k, it := range x {
			if it == nil || it == "" {
				continue
			}
			if keys {
				k = strings.ToLower(k[:1]) + k[1:]
			}
			out[k] = lower(it, keys && !userMaps[k])
		}
		return out
	}
	return v
}
