package live

import (
	"context"
	"reflect"
	"slices"
	"strings"
)

// service is how one AWS service is read.
type service struct {
	name   string // as users and gaps name it
	iam    string // prefix of its permissions, where that is another
	global bool   // of no region
	rate   float64
	// indexed says that its lists tell no tags, so that they are looked up in the index.
	indexed bool
	types   []string // of resources that it yields
	// api is the interface of the calls that are made. There are no others.
	api func() reflect.Type
	// permits are the permissions of calls that are named otherwise than the call.
	permits map[string]string
	// read lists what there is; batch asks, several at once, what is asked of
	// chosen ones only.
	read  func(context.Context, *reader)
	batch func(context.Context, *reader, []*record)
	// after looks up what the chosen ones name and nothing else tells.
	after func(context.Context, *reader, []*record)
}

// services are all services that are read, in the order of their names.
var services = []service{
	{name: "acm", rate: 5, indexed: true, types: []string{"aws_acm_certificate"}, api: reflect.TypeFor[acmAPI], read: readACM},
	{
		name: "apigatewayv2", iam: "apigateway", rate: 5, types: []string{"aws_apigatewayv2_api", "aws_apigatewayv2_integration", "aws_apigatewayv2_route", "aws_apigatewayv2_stage"},
		api: reflect.TypeFor[apigatewayv2API], read: readAPIGatewayV2, permits: map[string]string{"GetApis": "GET", "GetIntegrations": "GET", "GetRoutes": "GET", "GetStages": "GET"},
	},
	{name: "application-autoscaling", rate: 10, types: []string{"aws_appautoscaling_policy", "aws_appautoscaling_target"}, api: reflect.TypeFor[appautoscalingAPI], read: readAppAutoscaling},
	{name: "autoscaling", rate: 10, types: []string{"aws_autoscaling_group", "aws_autoscaling_policy", "aws_autoscaling_schedule", "aws_launch_configuration"}, api: reflect.TypeFor[autoscalingAPI], read: readAutoscaling},
	{name: "cloudformation", rate: 5, api: reflect.TypeFor[cloudformationAPI], read: readStack},
	{name: "cloudfront", global: true, rate: 10, types: []string{"aws_cloudfront_distribution"}, api: reflect.TypeFor[cloudfrontAPI], read: readCloudFront},
	{name: "cloudwatch", rate: 9, indexed: true, types: []string{"aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"}, api: reflect.TypeFor[cloudwatchAPI], read: readCloudWatch},
	{name: "dynamodb", rate: 10, indexed: true, types: []string{"aws_dynamodb_table"}, api: reflect.TypeFor[dynamodbAPI], read: readDynamoDB},
	{
		name: "ec2", rate: 20, types: []string{
			"aws_ebs_volume", "aws_eip", "aws_instance", "aws_internet_gateway", "aws_launch_template", "aws_nat_gateway", "aws_network_acl", "aws_route_table",
			"aws_route_table_association", "aws_security_group", "aws_subnet", "aws_vpc", "aws_vpc_endpoint", "aws_vpc_peering_connection",
		}, api: reflect.TypeFor[ec2API], read: readEC2, batch: creditsOfInstances, after: imagesThatRun,
	},
	{name: "ecr", rate: 10, indexed: true, types: []string{"aws_ecr_lifecycle_policy", "aws_ecr_repository"}, api: reflect.TypeFor[ecrAPI], read: readECR, after: digestsOfTags},
	{name: "ecs", rate: 20, types: []string{"aws_ecs_cluster", "aws_ecs_service", "aws_ecs_task_definition"}, api: reflect.TypeFor[ecsAPI], read: readECS, after: runningTasks},
	{name: "efs", iam: "elasticfilesystem", rate: 10, types: []string{"aws_efs_file_system", "aws_efs_mount_target"}, api: reflect.TypeFor[efsAPI], read: readEFS},
	{name: "eks", rate: 10, types: []string{"aws_eks_addon", "aws_eks_cluster", "aws_eks_fargate_profile", "aws_eks_node_group"}, api: reflect.TypeFor[eksAPI], read: readEKS},
	{name: "elasticache", rate: 10, indexed: true, types: []string{"aws_elasticache_cluster", "aws_elasticache_parameter_group", "aws_elasticache_replication_group", "aws_elasticache_subnet_group"}, api: reflect.TypeFor[elasticacheAPI], read: readElastiCache, after: updatesOfCaches},
	{name: "elbv2", iam: "elasticloadbalancing", rate: 10, types: []string{"aws_lb", "aws_lb_listener", "aws_lb_listener_rule", "aws_lb_target_group", "aws_lb_target_group_attachment"}, api: reflect.TypeFor[elbv2API], read: readELBv2, batch: tagsOfELBv2},
	{name: "iam", global: true, rate: 15, types: []string{"aws_iam_instance_profile", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment"}, api: reflect.TypeFor[iamAPI], read: readIAM},
	{name: "kafka", rate: 5, types: []string{"aws_msk_cluster"}, api: reflect.TypeFor[kafkaAPI], read: readKafka},
	{name: "kinesis", rate: 5, indexed: true, types: []string{"aws_kinesis_stream"}, api: reflect.TypeFor[kinesisAPI], read: readKinesis},
	{name: "kms", rate: 20, indexed: true, types: []string{"aws_kms_alias", "aws_kms_key"}, api: reflect.TypeFor[kmsAPI], read: readKMS},
	{
		name: "lambda", rate: 10, indexed: true, types: []string{"aws_lambda_alias", "aws_lambda_event_source_mapping", "aws_lambda_function", "aws_lambda_layer_version"}, api: reflect.TypeFor[lambdaAPI], read: readLambda,
	},
	{name: "logs", rate: 10, indexed: true, types: []string{"aws_cloudwatch_log_group", "aws_cloudwatch_log_metric_filter"}, api: reflect.TypeFor[logsAPI], read: readLogs},
	{name: "memorydb", rate: 10, indexed: true, types: []string{"aws_memorydb_cluster", "aws_memorydb_subnet_group"}, api: reflect.TypeFor[memorydbAPI], read: readMemoryDB},
	{name: "mq", rate: 5, types: []string{"aws_mq_broker"}, api: reflect.TypeFor[mqAPI], read: readMQ},
	{name: "opensearch", iam: "es", rate: 5, indexed: true, types: []string{"aws_opensearch_domain"}, api: reflect.TypeFor[opensearchAPI], read: readOpenSearch},
	{name: "rds", rate: 10, indexed: true, types: []string{"aws_db_instance", "aws_db_parameter_group", "aws_db_subnet_group", "aws_rds_cluster", "aws_rds_cluster_instance", "aws_rds_cluster_parameter_group"}, api: reflect.TypeFor[rdsAPI], read: readRDS, after: maintenanceOfDatabases},
	{name: "route53", global: true, rate: 5, types: []string{"aws_route53_record", "aws_route53_zone", "aws_route53_health_check"}, api: reflect.TypeFor[route53API], read: readRoute53},
	{
		name: "s3", rate: 50, indexed: true, types: []string{"aws_s3_bucket", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_policy", "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning"},
		api: reflect.TypeFor[s3API], read: readS3, permits: map[string]string{
			"ListBuckets": "ListAllMyBuckets", "GetBucketEncryption": "GetEncryptionConfiguration", "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
			"GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
		},
	},
	{name: "secretsmanager", rate: 10, types: []string{"aws_secretsmanager_secret", "aws_secretsmanager_secret_rotation"}, api: reflect.TypeFor[secretsmanagerAPI], read: readSecretsManager},
	{name: "sns", rate: 20, indexed: true, types: []string{"aws_sns_topic", "aws_sns_topic_subscription"}, api: reflect.TypeFor[snsAPI], read: readSNS},
	{name: "sqs", rate: 50, indexed: true, types: []string{"aws_sqs_queue"}, api: reflect.TypeFor[sqsAPI], read: readSQS},
	{name: "ssm", rate: 15, indexed: true, types: []string{"aws_ssm_parameter"}, api: reflect.TypeFor[ssmAPI], read: readSSM, batch: valuesOfSSM, after: inventoryOfMachines},
	{name: "tag", rate: 15, api: reflect.TypeFor[taggingAPI], read: readTags},
	{name: "wafv2", rate: 5, indexed: true, types: []string{"aws_wafv2_web_acl"}, api: reflect.TypeFor[wafv2API], read: readWAFv2},
}

func serviceNamed(name string) *service {
	for i := range services {
		if services[i].name == name {
			return &services[i]
		}
	}
	return nil
}

// shows are the types of the resources that the run can show.
func (r *run) shows() []string {
	types := []string{}
	for _, s := range services {
		if r.source.Without[s.name] == "" {
			types = append(types, s.types...)
		}
	}
	slices.Sort(types)
	return types
}

// Reading is what is read of one service.
type Reading struct {
	Service     string   `json:"service"`
	Global      bool     `json:"global,omitempty"`
	Types       []string `json:"types"`
	Calls       []string `json:"calls"`
	Permissions []string `json:"permissions"`
}

// Readings lists what is read, by service.
func Readings() []Reading {
	out := make([]Reading, 0, len(services)+1)
	for i := range services {
		s := &services[i]
		r := Reading{Service: s.name, Global: s.global, Types: append([]string{}, s.types...), Calls: []string{}, Permissions: []string{}}
		for m := range s.api().NumMethod() {
			call := s.api().Method(m).Name
			r.Calls = append(r.Calls, call)
			r.Permissions = append(r.Permissions, s.permission(call))
		}
		slices.Sort(r.Permissions)
		r.Permissions = slices.Compact(r.Permissions)
		out = append(out, r)
	}
	out = append(out, Reading{Service: "sts", Types: []string{}, Calls: []string{"GetCallerIdentity"}, Permissions: []string{"sts:GetCallerIdentity"}})
	slices.SortFunc(out, func(a, b Reading) int { return strings.Compare(a.Service, b.Service) })
	return out
}

// prefix is what its permissions begin with, and what its ARNs say it is.
func (s *service) prefix() string {
	if s.iam != "" {
		return s.iam
	}
	return s.name
}

func (s *service) permission(call string) string {
	if p := s.permits[call]; p != "" {
		call = p
	}
	if strings.Contains(call, ":") {
		return call
	}
	return s.prefix() + ":" + call
}

// Policy is an IAM policy, as IAM writes it.
type Policy struct {
	Version   string
	Statement []Statement
}

// Statement allows actions.
type Statement struct {
	Sid, Effect string
	Action      []string
	Resource    string
}

// MinimalPolicy allows what reading needs and nothing else.
func MinimalPolicy() Policy {
	var actions []string
	for _, r := range Readings() {
		actions = append(actions, r.Permissions...)
	}
	slices.Sort(actions)
	return Policy{"2012-10-17", []Statement{{"MaquetteReads", "Allow", slices.Compact(actions), "*"}}}
}
