package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kafka"
	kafkatypes "github.com/aws/aws-sdk-go-v2/service/kafka/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/aws-sdk-go-v2/service/mq"
	mqtypes "github.com/aws/aws-sdk-go-v2/service/mq/types"
)

type kafkaAPI interface {
	ListClustersV2(context.Context, *kafka.ListClustersV2Input, ...func(*kafka.Options)) (*kafka.ListClustersV2Output, error)
}

func readKafka(ctx context.Context, r *reader) {
	var api kafkaAPI = kafka.NewFromConfig(r.cfg)
	pages(ctx, r, kafka.NewListClustersV2Paginator(api, &kafka.ListClustersV2Input{MaxResults: aws.Int32(100)}), func(out *kafka.ListClustersV2Output) {
		for _, c := range out.ClusterInfoList {
			if c.Provisioned != nil {
				addKafka(r, c, *c.Provisioned)
			}
		}
	})
}

func addKafka(r *reader, c kafkatypes.Cluster, p kafkatypes.Provisioned) {
	attrs := obj{
		"id": c.ClusterArn, "arn": c.ClusterArn, "cluster_name": c.ClusterName, "number_of_broker_nodes": p.NumberOfBrokerNodes, "enhanced_monitoring": p.EnhancedMonitoring,
		"storage_mode": p.StorageMode, "current_version": c.CurrentVersion, "zookeeper_connect_string": p.ZookeeperConnectString,
	}
	if s := p.CurrentBrokerSoftwareInfo; s != nil {
		attrs["kafka_version"], attrs["configuration_info"] = s.KafkaVersion, []obj{}
		if aws.ToString(s.ConfigurationArn) != "" {
			attrs["configuration_info"] = block(obj{"arn": s.ConfigurationArn, "revision": s.ConfigurationRevision})
		}
	}
	if b := p.BrokerNodeGroupInfo; b != nil {
		o := obj{"instance_type": b.InstanceType, "client_subnets": b.ClientSubnets, "security_groups": b.SecurityGroups, "az_distribution": b.BrokerAZDistribution}
		if s := b.StorageInfo; s != nil && s.EbsStorageInfo != nil {
			o["storage_info"] = block(obj{"ebs_storage_info": block(obj{"volume_size": s.EbsStorageInfo.VolumeSize})})
		}
		attrs["broker_node_group_info"] = block(o)
	}
	if e := p.EncryptionInfo; e != nil {
		o := obj{}
		if e.EncryptionAtRest != nil {
			o["encryption_at_rest_kms_key_arn"] = e.EncryptionAtRest.DataVolumeKMSKeyId
		}
		if t := e.EncryptionInTransit; t != nil {
			o["encryption_in_transit"] = block(obj{"client_broker": t.ClientBroker, "in_cluster": t.InCluster})
		}
		attrs["encryption_info"] = block(o)
	}
	r.add(record{typ: "aws_msk_cluster", name: aws.ToString(c.ClusterName), tags: c.Tags, attrs: attrs})
}

type kinesisAPI interface {
	DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error)
	ListStreams(context.Context, *kinesis.ListStreamsInput, ...func(*kinesis.Options)) (*kinesis.ListStreamsOutput, error)
	ListTagsForStream(context.Context, *kinesis.ListTagsForStreamInput, ...func(*kinesis.Options)) (*kinesis.ListTagsForStreamOutput, error)
}

func readKinesis(ctx context.Context, r *reader) {
	var api kinesisAPI = kinesis.NewFromConfig(r.cfg)
	pages(ctx, r, kinesis.NewListStreamsPaginator(api, &kinesis.ListStreamsInput{Limit: aws.Int32(100)}), func(out *kinesis.ListStreamsOutput) {
		each(ctx, out.StreamNames, func(name string) {
			arn := r.arn("kinesis", "stream/"+name)
			attrs := obj{"id": arn, "arn": arn, "name": name}
			r.add(record{
				typ: "aws_kinesis_stream", name: name, attrs: attrs,
				told: r.tagged(ctx, arn, func() map[string]string {
					out, ok := call(ctx, r, api.ListTagsForStream, &kinesis.ListTagsForStreamInput{StreamName: &name})
					if !ok {
						return nil
					}
					return tagMap(out.Tags, func(t kinesistypes.Tag) (*string, *string) { return t.Key, t.Value })
				}),
				detail: func() {
					out, ok := call(ctx, r, api.DescribeStreamSummary, &kinesis.DescribeStreamSummaryInput{StreamName: &name})
					if !ok || out.StreamDescriptionSummary == nil {
						return
					}
					s := out.StreamDescriptionSummary
					attrs["retention_period"], attrs["encryption_type"], attrs["kms_key_id"] = s.RetentionPeriodHours, s.EncryptionType, s.KeyId
					if s.EncryptionType == "" {
						attrs["encryption_type"] = kinesistypes.EncryptionTypeNone
					}
					attrs["shard_count"] = s.OpenShardCount
					if m := s.StreamModeDetails; m != nil {
						attrs["stream_mode_details"] = block(obj{"stream_mode": m.StreamMode})
						if m.StreamMode == kinesistypes.StreamModeOnDemand {
							attrs["shard_count"] = 0 // AWS's to choose
						}
					}
					metrics := []kinesistypes.MetricsName{}
					for _, m := range s.EnhancedMonitoring {
						metrics = append(metrics, m.ShardLevelMetrics...)
					}
					attrs["shard_level_metrics"] = metrics
				},
			})
		})
	})
}

type mqAPI interface {
	DescribeBroker(context.Context, *mq.DescribeBrokerInput, ...func(*mq.Options)) (*mq.DescribeBrokerOutput, error)
	ListBrokers(context.Context, *mq.ListBrokersInput, ...func(*mq.Options)) (*mq.ListBrokersOutput, error)
}

func readMQ(ctx context.Context, r *reader) {
	var api mqAPI = mq.NewFromConfig(r.cfg)
	pages(ctx, r, mq.NewListBrokersPaginator(api, &mq.ListBrokersInput{MaxResults: aws.Int32(100)}), func(out *mq.ListBrokersOutput) {
		each(ctx, out.BrokerSummaries, func(s mqtypes.BrokerSummary) {
			b, ok := call(ctx, r, api.DescribeBroker, &mq.DescribeBrokerInput{BrokerId: s.BrokerId})
			if !ok {
				return
			}
			attrs := obj{
				"id": b.BrokerId, "arn": b.BrokerArn, "broker_name": b.BrokerName, "engine_type": brokerEngine(b.EngineType), "engine_version": b.EngineVersion,
				"host_instance_type": b.HostInstanceType, "deployment_mode": b.DeploymentMode, "storage_type": strings.ToLower(string(b.StorageType)), "subnet_ids": b.SubnetIds,
				"security_groups": b.SecurityGroups, "publicly_accessible": b.PubliclyAccessible, "auto_minor_version_upgrade": b.AutoMinorVersionUpgrade,
				"authentication_strategy": strings.ToLower(string(b.AuthenticationStrategy)),
			}
			if e := b.EncryptionOptions; e != nil {
				attrs["encryption_options"] = block(obj{"use_aws_owned_key": e.UseAwsOwnedKey, "kms_key_id": e.KmsKeyId})
			}
			if l := b.Logs; l != nil {
				attrs["logs"] = block(obj{"general": l.General, "audit": boolText(l.Audit)})
			}
			if m := b.MaintenanceWindowStartTime; m != nil {
				attrs["maintenance_window_start_time"] = block(obj{"day_of_week": m.DayOfWeek, "time_of_day": m.TimeOfDay, "time_zone": m.TimeZone})
			}
			if c := b.Configurations; c != nil && c.Current != nil {
				attrs["configuration"] = block(obj{"id": c.Current.Id, "revision": c.Current.Revision})
			}
			r.add(record{typ: "aws_mq_broker", name: aws.ToString(b.BrokerName), tags: b.Tags, attrs: attrs})
		})
	})
}

// brokerEngine is the engine as the provider spells it.
func brokerEngine(e mqtypes.EngineType) string {
	return map[mqtypes.EngineType]string{mqtypes.EngineTypeActivemq: "ActiveMQ", mqtypes.EngineTypeRabbitmq: "RabbitMQ"}[e]
}
