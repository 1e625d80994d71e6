package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"
)

type cloudwatchAPI interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
	ListTagsForResource(context.Context, *cloudwatch.ListTagsForResourceInput, ...func(*cloudwatch.Options)) (*cloudwatch.ListTagsForResourceOutput, error)
}

func readCloudWatch(ctx context.Context, r *reader) {
	var api cloudwatchAPI = cloudwatch.NewFromConfig(r.cfg, func(o *cloudwatch.Options) {
		if o.BaseEndpoint != nil {
			o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801) // emulators speak the older protocol; AWS both
		}
	})
	tagged := func(arn *string) func() map[string]string {
		return r.tagged(ctx, aws.ToString(arn), func() map[string]string {
			out, ok := call(ctx, r, api.ListTagsForResource, &cloudwatch.ListTagsForResourceInput{ResourceARN: arn})
			if !ok {
				return nil
			}
			return tagMap(out.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
		})
	}
	in := &cloudwatch.DescribeAlarmsInput{MaxRecords: aws.Int32(100), AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm}}
	pages(ctx, r, cloudwatch.NewDescribeAlarmsPaginator(api, in), func(out *cloudwatch.DescribeAlarmsOutput) {
		each(ctx, out.MetricAlarms, func(a types.MetricAlarm) { addAlarm(r, a, tagged(a.AlarmArn)) })
		each(ctx, out.CompositeAlarms, func(a types.CompositeAlarm) {
			r.add(record{typ: "aws_cloudwatch_composite_alarm", name: aws.ToString(a.AlarmName), told: tagged(a.AlarmArn), attrs: obj{
				"id": a.AlarmName, "arn": a.AlarmArn, "alarm_name": a.AlarmName, "alarm_description": a.AlarmDescription, "alarm_rule": a.AlarmRule, "actions_enabled": a.ActionsEnabled,
				"alarm_actions": a.AlarmActions, "ok_actions": a.OKActions, "insufficient_data_actions": a.InsufficientDataActions,
			}})
		})
	})
}

func addAlarm(r *reader, a types.MetricAlarm, told func() map[string]string) {
	missing := aws.ToString(a.TreatMissingData)
	if missing == "" {
		missing = "missing"
	}
	dimensions := func(ds []types.Dimension) map[string]string {
		return tagMap(ds, func(d types.Dimension) (*string, *string) { return d.Name, d.Value })
	}
	r.add(record{typ: "aws_cloudwatch_metric_alarm", name: aws.ToString(a.AlarmName), told: told, attrs: obj{
		"id": a.AlarmName, "arn": a.AlarmArn, "alarm_name": a.AlarmName, "alarm_description": a.AlarmDescription, "actions_enabled": a.ActionsEnabled,
		"alarm_actions": a.AlarmActions, "ok_actions": a.OKActions, "insufficient_data_actions": a.InsufficientDataActions, "comparison_operator": a.ComparisonOperator,
		"evaluation_periods": a.EvaluationPeriods, "datapoints_to_alarm": a.DatapointsToAlarm, "metric_name": a.MetricName, "namespace": a.Namespace, "period": a.Period,
		"statistic": a.Statistic, "extended_statistic": a.ExtendedStatistic, "threshold": a.Threshold, "threshold_metric_id": a.ThresholdMetricId, "treat_missing_data": missing,
		"unit": a.Unit, "evaluate_low_sample_count_percentiles": a.EvaluateLowSampleCountPercentile, "dimensions": dimensions(a.Dimensions),
		"metric_query": blocks(a.Metrics, func(q types.MetricDataQuery) obj {
			o := obj{"id": q.Id, "expression": q.Expression, "label": q.Label, "return_data": q.ReturnData, "period": q.Period, "account_id": q.AccountId, "metric": []obj{}}
			if s := q.MetricStat; s != nil && s.Metric != nil {
				o["metric"] = block(obj{
					"metric_name": s.Metric.MetricName, "namespace": s.Metric.Namespace, "dimensions": dimensions(s.Metric.Dimensions), "period": s.Period, "stat": s.Stat, "unit": s.Unit,
				})
			}
			return o
		}),
	}})
}
