package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

type logsAPI interface {
	DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	DescribeMetricFilters(context.Context, *cloudwatchlogs.DescribeMetricFiltersInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeMetricFiltersOutput, error)
	ListTagsForResource(context.Context, *cloudwatchlogs.ListTagsForResourceInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.ListTagsForResourceOutput, error)
}

func readLogs(ctx context.Context, r *reader) {
	var api logsAPI = cloudwatchlogs.NewFromConfig(r.cfg)
	filters := false
	pages(ctx, r, cloudwatchlogs.NewDescribeLogGroupsPaginator(api, &cloudwatchlogs.DescribeLogGroupsInput{Limit: aws.Int32(50)}), func(out *cloudwatchlogs.DescribeLogGroupsOutput) {
		for _, g := range out.LogGroups {
			filters = filters || aws.ToInt32(g.MetricFilterCount) > 0
		}
		each(ctx, out.LogGroups, func(g types.LogGroup) {
			arn := strings.TrimSuffix(aws.ToString(g.Arn), ":*")
			r.add(record{
				typ: "aws_cloudwatch_log_group", name: aws.ToString(g.LogGroupName),
				told: r.tagged(ctx, arn, func() map[string]string {
					out, ok := call(ctx, r, api.ListTagsForResource, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
					if !ok {
						return nil
					}
					if out.Tags == nil {
						return map[string]string{}
					}
					return out.Tags
				}),
				attrs: obj{
					"id": g.LogGroupName, "arn": arn, "name": g.LogGroupName, "retention_in_days": g.RetentionInDays, "kms_key_id": g.KmsKeyId, "log_group_class": g.LogGroupClass,
				},
			})
		})
	})
	if !filters {
		return
	}
	pages(ctx, r, cloudwatchlogs.NewDescribeMetricFiltersPaginator(api, &cloudwatchlogs.DescribeMetricFiltersInput{}), func(out *cloudwatchlogs.DescribeMetricFiltersOutput) {
		for _, f := range out.MetricFilters {
			r.add(record{typ: "aws_cloudwatch_log_metric_filter", name: aws.ToString(f.FilterName), partOf: []key{{"aws_cloudwatch_log_group", aws.ToString(f.LogGroupName)}}, attrs: obj{
				"id": f.FilterName, "name": f.FilterName, "log_group_name": f.LogGroupName, "pattern": f.FilterPattern,
				"metric_transformation": blocks(f.MetricTransformations, func(t types.MetricTransformation) obj {
					return obj{"name": t.MetricName, "namespace": t.MetricNamespace, "value": t.MetricValue, "default_value": number(t.DefaultValue), "unit": t.Unit, "dimensions": t.Dimensions}
				}),
			}})
		}
	})
}
