package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type dynamodbAPI interface {
	DescribeContinuousBackups(context.Context, *dynamodb.DescribeContinuousBackupsInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeContinuousBackupsOutput, error)
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	DescribeTimeToLive(context.Context, *dynamodb.DescribeTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error)
	ListTables(context.Context, *dynamodb.ListTablesInput, ...func(*dynamodb.Options)) (*dynamodb.ListTablesOutput, error)
	ListTagsOfResource(context.Context, *dynamodb.ListTagsOfResourceInput, ...func(*dynamodb.Options)) (*dynamodb.ListTagsOfResourceOutput, error)
}

func readDynamoDB(ctx context.Context, r *reader) {
	var api dynamodbAPI = dynamodb.NewFromConfig(r.cfg)
	pages(ctx, r, dynamodb.NewListTablesPaginator(api, &dynamodb.ListTablesInput{}), func(out *dynamodb.ListTablesOutput) {
		each(ctx, out.TableNames, func(name string) {
			arn := r.arn("dynamodb", "table/"+name)
			attrs := obj{"id": name, "name": name, "arn": arn}
			r.add(record{
				typ: "aws_dynamodb_table", name: name, attrs: attrs,
				told: r.tagged(ctx, arn, func() map[string]string {
					out, ok := call(ctx, r, api.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: &arn})
					if !ok {
						return nil
					}
					return tagMap(out.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
				}),
				detail: func() { describeTable(ctx, r, api, name, attrs) },
			})
		})
	})
}

func describeTable(ctx context.Context, r *reader, api dynamodbAPI, name string, attrs obj) {
	out, ok := call(ctx, r, api.DescribeTable, &dynamodb.DescribeTableInput{TableName: &name})
	if !ok || out.Table == nil {
		return
	}
	t := out.Table
	hash, sort := keysOf(t.KeySchema)
	attrs["hash_key"], attrs["range_key"] = hash, sort
	attrs["attribute"] = blocks(t.AttributeDefinitions, func(a types.AttributeDefinition) obj { return obj{"name": a.AttributeName, "type": a.AttributeType} })
	attrs["billing_mode"] = types.BillingModeProvisioned
	if b := t.BillingModeSummary; b != nil && b.BillingMode != "" {
		attrs["billing_mode"] = b.BillingMode
	}
	if p := t.ProvisionedThroughput; p != nil {
		attrs["read_capacity"], attrs["write_capacity"] = p.ReadCapacityUnits, p.WriteCapacityUnits
	}
	attrs["table_class"] = types.TableClassStandard
	if c := t.TableClassSummary; c != nil && c.TableClass != "" {
		attrs["table_class"] = c.TableClass
	}
	attrs["deletion_protection_enabled"] = t.DeletionProtectionEnabled
	attrs["stream_enabled"], attrs["stream_view_type"], attrs["stream_arn"] = false, "", t.LatestStreamArn
	if s := t.StreamSpecification; s != nil {
		attrs["stream_enabled"], attrs["stream_view_type"] = s.StreamEnabled, s.StreamViewType
	}
	attrs["server_side_encryption"] = []obj{}
	if s := t.SSEDescription; s != nil && s.Status == types.SSEStatusEnabled {
		attrs["server_side_encryption"] = block(obj{"enabled": true, "kms_key_arn": s.KMSMasterKeyArn})
	}
	attrs["global_secondary_index"] = blocks(t.GlobalSecondaryIndexes, func(i types.GlobalSecondaryIndexDescription) obj {
		hash, sort := keysOf(i.KeySchema)
		o := obj{"name": i.IndexName, "hash_key": hash, "range_key": sort}
		if p := i.ProvisionedThroughput; p != nil {
			o["read_capacity"], o["write_capacity"] = p.ReadCapacityUnits, p.WriteCapacityUnits
		}
		projected(o, i.Projection)
		return o
	})
	attrs["local_secondary_index"] = blocks(t.LocalSecondaryIndexes, func(i types.LocalSecondaryIndexDescription) obj {
		_, sort := keysOf(i.KeySchema)
		o := obj{"name": i.IndexName, "range_key": sort}
		projected(o, i.Projection)
		return o
	})
	attrs["replica"] = blocks(t.Replicas, func(x types.ReplicaDescription) obj { return obj{"region_name": x.RegionName} })
	if out, ok := call(ctx, r, api.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: &name}); ok {
		enabled := false
		if d := out.ContinuousBackupsDescription; d != nil && d.PointInTimeRecoveryDescription != nil {
			enabled = d.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled
		}
		attrs["point_in_time_recovery"] = block(obj{"enabled": enabled})
	}
	if out, ok := call(ctx, r, api.DescribeTimeToLive, &dynamodb.DescribeTimeToLiveInput{TableName: &name}); ok {
		ttl := obj{"enabled": false, "attribute_name": ""}
		if d := out.TimeToLiveDescription; d != nil {
			ttl = obj{"enabled": d.TimeToLiveStatus == types.TimeToLiveStatusEnabled, "attribute_name": d.AttributeName}
		}
		attrs["ttl"] = block(ttl)
	}
}

func keysOf(schema []types.KeySchemaElement) (hash, sort string) {
	for _, k := range schema {
		if k.KeyType == types.KeyTypeHash {
			hash = aws.ToString(k.AttributeName)
		} else {
			sort = aws.ToString(k.AttributeName)
		}
	}
	return hash, sort
}

func projected(o obj, p *types.Projection) {
	if p != nil {
		o["projection_type"], o["non_key_attributes"] = p.ProjectionType, p.NonKeyAttributes
	}
}
