package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

type snsAPI interface {
	GetTopicAttributes(context.Context, *sns.GetTopicAttributesInput, ...func(*sns.Options)) (*sns.GetTopicAttributesOutput, error)
	ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error)
	ListTagsForResource(context.Context, *sns.ListTagsForResourceInput, ...func(*sns.Options)) (*sns.ListTagsForResourceOutput, error)
	ListTopics(context.Context, *sns.ListTopicsInput, ...func(*sns.Options)) (*sns.ListTopicsOutput, error)
}

type sqsAPI interface {
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
	ListQueues(context.Context, *sqs.ListQueuesInput, ...func(*sqs.Options)) (*sqs.ListQueuesOutput, error)
	ListQueueTags(context.Context, *sqs.ListQueueTagsInput, ...func(*sqs.Options)) (*sqs.ListQueueTagsOutput, error)
}

func lastPart(s, sep string) string { return s[strings.LastIndex(s, sep)+1:] }

func readSNS(ctx context.Context, r *reader) {
	var api snsAPI = sns.NewFromConfig(r.cfg)
	pages(ctx, r, sns.NewListTopicsPaginator(api, &sns.ListTopicsInput{}), func(out *sns.ListTopicsOutput) {
		each(ctx, out.Topics, func(t snstypes.Topic) {
			arn := aws.ToString(t.TopicArn)
			name := lastPart(arn, ":")
			attrs := obj{"id": arn, "arn": arn, "name": name, "fifo_topic": strings.HasSuffix(name, ".fifo")}
			r.add(record{
				typ: "aws_sns_topic", name: name, attrs: attrs, detail: func() { describeTopic(ctx, r, api, arn, attrs) },
				told: r.tagged(ctx, arn, func() map[string]string {
					out, ok := call(ctx, r, api.ListTagsForResource, &sns.ListTagsForResourceInput{ResourceArn: &arn})
					if !ok {
						return nil
					}
					return tagMap(out.Tags, func(t snstypes.Tag) (*string, *string) { return t.Key, t.Value })
				}),
			})
		})
	})
}

func describeTopic(ctx context.Context, r *reader, api snsAPI, arn string, attrs obj) {
	if out, ok := call(ctx, r, api.GetTopicAttributes, &sns.GetTopicAttributesInput{TopicArn: &arn}); ok {
		a := out.Attributes
		attrs["display_name"], attrs["policy"], attrs["delivery_policy"], attrs["kms_master_key_id"], attrs["owner"] = a["DisplayName"], a["Policy"], a["DeliveryPolicy"], a["KmsMasterKeyId"], a["Owner"]
		attrs["content_based_deduplication"] = a["ContentBasedDeduplication"] == "true"
		attrs["tracing_config"] = a["TracingConfig"]
		if v := a["SignatureVersion"]; v != "" {
			attrs["signature_version"] = plain(v)
		}
	}
	pages(ctx, r, sns.NewListSubscriptionsByTopicPaginator(api, &sns.ListSubscriptionsByTopicInput{TopicArn: &arn}), func(out *sns.ListSubscriptionsByTopicOutput) {
		for _, s := range out.Subscriptions {
			r.add(record{typ: "aws_sns_topic_subscription", name: lastPart(arn, ":") + "-" + aws.ToString(s.Protocol), partOf: []key{{"aws_sns_topic", arn}}, attrs: obj{
				"id": s.SubscriptionArn, "arn": s.SubscriptionArn, "topic_arn": arn, "protocol": s.Protocol, "endpoint": s.Endpoint, "owner_id": s.Owner,
			}})
		}
	})
}

func readSQS(ctx context.Context, r *reader) {
	var api sqsAPI = sqs.NewFromConfig(r.cfg)
	pages(ctx, r, sqs.NewListQueuesPaginator(api, &sqs.ListQueuesInput{MaxResults: aws.Int32(1000)}), func(out *sqs.ListQueuesOutput) {
		each(ctx, out.QueueUrls, func(url string) {
			name := lastPart(url, "/")
			arn := r.arn("sqs", name)
			attrs := obj{"id": url, "url": url, "arn": arn, "name": name, "fifo_queue": strings.HasSuffix(name, ".fifo")}
			r.add(record{
				typ: "aws_sqs_queue", name: name, attrs: attrs, detail: func() { describeQueue(ctx, r, api, url, attrs) },
				told: r.tagged(ctx, arn, func() map[string]string {
					out, ok := call(ctx, r, api.ListQueueTags, &sqs.ListQueueTagsInput{QueueUrl: &url})
					if !ok {
						return nil
					}
					if out.Tags == nil {
						return map[string]string{}
					}
					return out.Tags
				}),
			})
		})
	})
}

func describeQueue(ctx context.Context, r *reader, api sqsAPI, url string, attrs obj) {
	out, ok := call(ctx, r, api.GetQueueAttributes, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameAll}})
	if !ok {
		return
	}
	names := map[string]string{
		"VisibilityTimeout": "visibility_timeout_seconds", "MessageRetentionPeriod": "message_retention_seconds", "MaximumMessageSize": "max_message_size", "DelaySeconds": "delay_seconds",
		"ReceiveMessageWaitTimeSeconds": "receive_wait_time_seconds", "KmsDataKeyReusePeriodSeconds": "kms_data_key_reuse_period_seconds",
	}
	a := out.Attributes
	for from, to := range names {
		if v, ok := a[from]; ok {
			attrs[to] = plain(v)
		}
	}
	attrs["policy"], attrs["redrive_policy"], attrs["redrive_allow_policy"], attrs["kms_master_key_id"] = a["Policy"], a["RedrivePolicy"], a["RedriveAllowPolicy"], a["KmsMasterKeyId"]
	attrs["sqs_managed_sse_enabled"] = a["SqsManagedSseEnabled"] == "true"
	attrs["content_based_deduplication"] = a["ContentBasedDeduplication"] == "true"
	attrs["deduplication_scope"], attrs["fifo_throughput_limit"] = a["DeduplicationScope"], a["FifoThroughputLimit"]
}
