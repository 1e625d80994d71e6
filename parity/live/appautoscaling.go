package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	appautoscaling "github.com/aws/aws-sdk-go-v2/service/applicationautoscaling"
	"github.com/aws/aws-sdk-go-v2/service/applicationautoscaling/types"
)

type appautoscalingAPI interface {
	DescribeScalableTargets(context.Context, *appautoscaling.DescribeScalableTargetsInput, ...func(*appautoscaling.Options)) (*appautoscaling.DescribeScalableTargetsOutput, error)
	DescribeScalingPolicies(context.Context, *appautoscaling.DescribeScalingPoliciesInput, ...func(*appautoscaling.Options)) (*appautoscaling.DescribeScalingPoliciesOutput, error)
}

// scaled are the services whose targets are looked at: the others are asked for
// nothing that is compared.
var scaled = []types.ServiceNamespace{
	types.ServiceNamespaceEcs, types.ServiceNamespaceDynamodb, types.ServiceNamespaceRds, types.ServiceNamespaceLambda, types.ServiceNamespaceElasticache, types.ServiceNamespaceKafka,
}

func readAppAutoscaling(ctx context.Context, r *reader) {
	var api appautoscalingAPI = appautoscaling.NewFromConfig(r.cfg)
	each(ctx, scaled, func(namespace types.ServiceNamespace) {
		found := false
		pages(ctx, r, appautoscaling.NewDescribeScalableTargetsPaginator(api, &appautoscaling.DescribeScalableTargetsInput{ServiceNamespace: namespace}), func(out *appautoscaling.DescribeScalableTargetsOutput) {
			for _, t := range out.ScalableTargets {
				found = true
				r.add(record{typ: "aws_appautoscaling_target", name: lastPart(aws.ToString(t.ResourceId), "/"), partOf: r.scaledBy(t.ResourceId), attrs: obj{
					"id": t.ResourceId, "arn": t.ScalableTargetARN, "resource_id": t.ResourceId, "service_namespace": t.ServiceNamespace, "scalable_dimension": t.ScalableDimension,
					"min_capacity": t.MinCapacity, "max_capacity": t.MaxCapacity, "role_arn": t.RoleARN,
				}})
			}
		})
		if !found {
			return
		}
		pages(ctx, r, appautoscaling.NewDescribeScalingPoliciesPaginator(api, &appautoscaling.DescribeScalingPoliciesInput{ServiceNamespace: namespace}), func(out *appautoscaling.DescribeScalingPoliciesOutput) {
			for _, p := range out.ScalingPolicies {
				attrs := obj{
					"id": p.PolicyName, "arn": p.PolicyARN, "name": p.PolicyName, "policy_type": p.PolicyType, "resource_id": p.ResourceId, "service_namespace": p.ServiceNamespace,
					"scalable_dimension":                           p.ScalableDimension,
					"target_tracking_scaling_policy_configuration": []obj{}, "step_scaling_policy_configuration": []obj{},
				}
				if c := p.TargetTrackingScalingPolicyConfiguration; c != nil {
					attrs["target_tracking_scaling_policy_configuration"] = block(snaked(c))
				}
				if c := p.StepScalingPolicyConfiguration; c != nil {
					o := snaked(c)
					o["step_adjustment"] = o["step_adjustments"]
					delete(o, "step_adjustments")
					attrs["step_scaling_policy_configuration"] = block(o)
				}
				r.add(record{typ: "aws_appautoscaling_policy", name: aws.ToString(p.PolicyName), partOf: r.scaledBy(p.ResourceId), attrs: attrs})
			}
		})
	})
}

// scaledBy is what a scalable target scales: service/CLUSTER/NAME, table/NAME,
// cluster:NAME, function:NAME:ALIAS, replication-group/NAME.
func (r *reader) scaledBy(resource *string) []key {
	id := aws.ToString(resource)
	kind, name, _ := strings.Cut(strings.Replace(id, ":", "/", 1), "/")
	switch kind {
	case "service":
		return []key{{"aws_ecs_service", r.arn("ecs", id)}}
	case "table":
		table, _, _ := strings.Cut(name, "/")
		return []key{{"aws_dynamodb_table", table}}
	case "cluster":
		return []key{{"aws_rds_cluster", name}}
	case "function":
		function, _, _ := strings.Cut(name, ":")
		return []key{{"aws_lambda_function", function}}
	case "replication-group":
		return []key{{"aws_elasticache_replication_group", name}}
	}
	return []key{{"aws_msk_cluster", id}}
}
