package parity_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/parity/source"
)

// A mutation is one change of the candidate, a true scale model, and what
// exactly must be found of it.
type mutation struct {
	name string
	with edit // what both environments have beforehand
	do   edit
	want []string // see line
}

func one(s ...string) []string { return s }

// What both environments can have besides the shop itself.
var (
	sidecar = containers(func(list []any) []any {
		return append(list, map[string]any{
			"name": "otel", "image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.40.0", "essential": false,
			"command": []any{"--config", "/etc/otel.yaml", "--verbose"},
			"environment": []any{
				map[string]any{"name": "OTEL_LEVEL", "value": "detailed"},
			},
			"secrets": []any{},
		})
	})
	layer      = set("aws_lambda_function.jobs", "layers", []any{"arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:38"})
	threeNodes = set("aws_elasticache_replication_group.main", "num_cache_clusters", 3)
	jobsPolicy = do(
		add("aws_iam_role_policy.jobs", map[string]any{"id": "shop-ENV-jobs:jobs", "name": "jobs", "role": "shop-ENV-jobs", "policy": `{
			"Version": "2012-10-17", "Statement": [
				{"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
				 "Resource": ["arn:aws:s3:::shop-ENV-assets", "arn:aws:s3:::shop-ENV-assets/*"]},
				{"Sid": "Table", "Effect": "Allow", "Action": "dynamodb:GetItem",
				 "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/shop-ENV-sessions",
				 "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}},
				{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}]}`}),
	)
	listenerRule = do(
		add("aws_lb_listener_rule.api", map[string]any{
			"arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/app/shop-ENV-web/ENV/rule", "priority": 10,
			"condition": []any{map[string]any{"path_pattern": []any{map[string]any{"values": []any{"/api/*", "/v2/*"}}}}},
			"action":    []any{map[string]any{"type": "forward", "order": 1}},
		}),
		point("aws_lb_listener_rule.api", "listener_arn", "aws_lb_listener.web", "arn"),
		point("aws_lb_listener_rule.api", "action.0.target_group_arn", "aws_lb_target_group.web", "arn"),
	)
	mail = do(
		add("aws_sqs_queue.dead", map[string]any{
			"id": "https://sqs.us-east-1.amazonaws.com/123456789012/shop-ENV-dead", "name": "shop-ENV-dead",
			"arn": "arn:aws:sqs:us-east-1:123456789012:shop-ENV-dead", "visibility_timeout_seconds": 30,
		}),
		add("aws_sqs_queue.mail", map[string]any{
			"id": "https://sqs.us-east-1.amazonaws.com/123456789012/shop-ENV-mail", "name": "shop-ENV-mail",
			"arn": "arn:aws:sqs:us-east-1:123456789012:shop-ENV-mail", "visibility_timeout_seconds": 60, "message_retention_seconds": 345600,
			"redrive_policy": `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:shop-ENV-dead","maxReceiveCount":4}`,
		}),
	)
	workload = do(
		add("aws_eks_cluster.apps", map[string]any{
			"id": "shop-ENV-apps", "name": "shop-ENV-apps", "arn": "arn:aws:eks:us-east-1:123456789012:cluster/shop-ENV-apps", "version": "1.29",
			"enabled_cluster_log_types": []any{"api", "audit"},
		}),
		add("aws_eks_addon.cni", map[string]any{
			"id": "shop-ENV-apps:vpc-cni", "cluster_name": "shop-ENV-apps", "addon_name": "vpc-cni", "addon_version": "v1.16.0-eksbuild.1",
		}),
	)
	jobsService = do( // a second service, on a cluster of its own
		clone("aws_ecs_cluster.api", "aws_ecs_cluster.batch", "staging-api", "staging-batch", "production-api", "production-batch"),
		clone("aws_ecs_task_definition.api", "aws_ecs_task_definition.batch", "staging-api", "staging-batch", "production-api", "production-batch"),
		clone("aws_ecs_service.api", "aws_ecs_service.batch", "staging-api", "staging-batch", "production-api", "production-batch"),
	)
	observed = do( // all that can be watched, is
		set("aws_db_instance.main", "performance_insights_enabled", true),
		set("aws_db_instance.main", "monitoring_interval", 30),
		set("aws_db_instance.main", "enabled_cloudwatch_logs_exports", []any{"postgresql", "upgrade"}),
		set("aws_ecs_cluster.api", "setting.0.value", "enabled"),
		set("aws_lambda_function.jobs", "tracing_config.0.mode", "Active"),
		set("aws_lb.web", "access_logs.0.enabled", true),
		point("aws_lb.web", "access_logs.0.bucket", "aws_s3_bucket.assets", "bucket"),
		set("aws_instance.worker", "monitoring", true),
		set("aws_autoscaling_group.web", "enabled_metrics", []any{"GroupInServiceInstances", "GroupDesiredCapacity"}),
	)
	ownHosts = do( // what is where, by name
		environment("DATABASE_HOST", func(s *state) string { return s.text("aws_db_instance.main", "address") }),
		environment("ASSETS", func(s *state) string { return s.text("aws_s3_bucket.assets", "bucket") }),
		environment("ALERTS", func(s *state) string { return s.text("aws_sns_topic.alerts", "arn") }),
	)
)

// containers changes the API's container definitions.
func containers(f func(list []any) []any) edit {
	return editJSON("aws_ecs_task_definition.api", "container_definitions", func(doc any) any { return f(doc.([]any)) })
}

// container changes one of the API's containers.
func container(index int, f func(c map[string]any)) edit {
	return containers(func(list []any) []any {
		f(list[index].(map[string]any))
		return list
	})
}

// environment gives the API's container an environment variable, new or not.
func environment(name string, value func(s *state) string) edit {
	return func(s *state) {
		container(0, func(c map[string]any) {
			for _, e := range c["environment"].([]any) {
				if m := e.(map[string]any); m["name"] == name {
					m["value"] = value(s)
					return
				}
			}
			c["environment"] = append(c["environment"].([]any), map[string]any{"name": name, "value": value(s)})
		})(s)
	}
}

func constant(text string) func(*state) string { return func(*state) string { return text } }

// withoutEnvironment takes an environment variable from the API's container.
func withoutEnvironment(name string) edit {
	return container(0, func(c map[string]any) {
		var rest []any
		for _, e := range c["environment"].([]any) {
			if e.(map[string]any)["name"] != name {
				rest = append(rest, e)
			}
		}
		c["environment"] = rest
	})
}

// statements changes the statements of the jobs' policy.
func statements(f func(list []any) []any) edit {
	return editJSON("aws_iam_role_policy.jobs", "policy", func(doc any) any {
		d := doc.(map[string]any)
		d["Statement"] = f(d["Statement"].([]any))
		return d
	})
}

func statement(index int, key string, value any) edit {
	return statements(func(list []any) []any {
		list[index].(map[string]any)[key] = value
		return list
	})
}

func assumeRole(f func(statement map[string]any)) edit {
	return editJSON("aws_iam_role.jobs", "assume_role_policy", func(doc any) any {
		f(doc.(map[string]any)["Statement"].([]any)[0].(map[string]any))
		return doc
	})
}

// tag sets a tag as the provider writes it: in tags and in tags_all.
func tag(address, key string, value any) edit {
	own := modify(address, "tags", func(_ *state, old any) any {
		if old == nil {
			return map[string]any{}
		}
		return old
	})
	return do(own, give(address, "tags."+key, value), give(address, "tags_all."+key, value))
}

func script(text string) any { return base64.StdEncoding.EncodeToString([]byte(text)) }

// taint marks a resource as half made.
func taint(address string) edit {
	return func(s *state) { s.instances(address)[0]["status"] = "tainted" }
}

// depose leaves an old object beside a resource's own.
func depose(address string) edit {
	return func(s *state) {
		var old map[string]any
		require.NoError(s.t, decodeJSON(encodeJSON(s.t, s.instances(address)[0]), &old))
		old["deposed"] = "5f0c1b2a"
		block := s.block(address)
		block["instances"] = append(block["instances"].([]any), old)
	}
}

const (
	app     = "aws_ecs_task_definition.api"
	web     = "aws_autoscaling_group.web"
	db      = "aws_db_instance.main"
	cache   = "aws_elasticache_replication_group.main"
	jobs    = "aws_lambda_function.jobs"
	worker  = "aws_instance.worker"
	balance = "aws_lb.web"
	target  = "aws_lb_target_group.web"
	alarm   = "aws_cloudwatch_metric_alarm.web_5xx[0]"
	cpu     = "aws_cloudwatch_metric_alarm.db_cpu[0]"
)

// meaningful are mutations that somebody must hear of.
var meaningful = []mutation{
	// Versions.
	{
		name: "database engine version", do: do(set(db, "engine_version", "14.11"), set(db, "engine_version_actual", "14.11")),
		want: one("error version/engine aws_db_instance.main engine_version"),
	},
	{
		name: "minor version of the database", do: do(set(db, "engine_version", "15.7"), set(db, "engine_version_actual", "15.7")),
		want: one("error version/engine aws_db_instance.main engine_version"),
	},
	{
		name: "database engine", do: set(db, "engine", "mariadb"),
		want: one("error version/engine aws_db_instance.main engine"),
	},
	{
		name: "one replica is ahead", do: set("aws_db_instance.replica[1]", "engine_version", "16.2"),
		want: one("error version/engine aws_db_instance.replica -> aws_db_instance.replica[1] engine_version"),
	},
	{
		name: "parameter group family", do: set("aws_db_parameter_group.main", "family", "postgres14"),
		want: one("error version/engine aws_db_parameter_group.main family"),
	},
	{
		name: "certificate authority", do: set(db, "ca_cert_identifier", "rds-ca-2019"),
		want: one("error version/ca aws_db_instance.main ca_cert_identifier"),
	},
	{
		name: "cache engine version", do: do(set(cache, "engine_version", "6.2"), set(cache, "engine_version_actual", "6.2.6")),
		want: one("error version/engine aws_elasticache_replication_group.main engine_version"),
	},
	{
		name: "machine image of the web servers", do: set("aws_launch_template.web", "image_id", "ami-03cf127a"),
		want: one("error version/image aws_launch_template.web image_id"),
	},
	{
		name: "machine image of one worker", do: set(worker+"[1]", "ami", "ami-03cf127a"),
		want: one("error version/image aws_instance.worker -> aws_instance.worker[1] ami"),
	},
	{
		name: "machine image of all workers", do: set(worker, "ami", "ami-03cf127a"),
		want: one("error version/image aws_instance.worker ami"),
	},
	{name: "another region has other ids of images", do: replace("us-east-1", "eu-west-1", "use1", "euw1", "ami-12c6146b", "ami-0e1d30f2"), want: one(
		"info version/image aws_launch_template.web image_id",
		"info version/image aws_instance.worker ami")},
	{
		name: "runtime of the function", do: set(jobs, "runtime", "nodejs18.x"),
		want: one("error version/runtime aws_lambda_function.jobs runtime"),
	},
	{
		name: "processor of the function", do: set(jobs, "architectures", []any{"arm64"}),
		want: one("error version/platform aws_lambda_function.jobs architectures"),
	},
	{
		name: "layer version", with: layer, do: set(jobs, "layers.0", "arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:21"),
		want: one("error version/layer aws_lambda_function.jobs layers"),
	},
	{
		name: "layer missing", with: layer, do: set(jobs, "layers", []any{}),
		want: one("error version/layer aws_lambda_function.jobs layers"),
	},
	{
		name: "code of the function", do: set(jobs, "source_code_hash", "b1JmQ2x2d0FBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="),
		want: one("info version/release aws_lambda_function.jobs source_code_hash"),
	},
	{
		name: "own release", do: container(0, func(c map[string]any) { c["image"] = "registry.example.com/shop/api:2026.12.0" }),
		want: one("info version/release aws_ecs_task_definition.api container_definitions.image"),
	},
	{name: "own release by digest", do: container(0, func(c map[string]any) {
		c["image"] = "registry.example.com/shop/api@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	}), want: one("info version/release aws_ecs_task_definition.api container_definitions.image")},
	{
		name: "another image altogether", do: container(0, func(c map[string]any) { c["image"] = "registry.example.com/shop/api-rewrite:2026.11.3" }),
		want: one("error version/image aws_ecs_task_definition.api container_definitions.image"),
	},
	{name: "public sidecar image", with: sidecar, do: container(1, func(c map[string]any) {
		c["image"] = "public.ecr.aws/aws-observability/aws-otel-collector:v0.38.1"
	}), want: one(`error version/image aws_ecs_task_definition.api container_definitions["otel"].image`)},
	{name: "own release beside a sidecar", with: sidecar, do: container(0, func(c map[string]any) {
		c["image"] = "registry.example.com/shop/api:2026.12.0"
	}), want: one(`info version/release aws_ecs_task_definition.api container_definitions["api"].image`)},
	{
		name: "Fargate platform", with: set("aws_ecs_service.api", "platform_version", "1.4.0"), do: set("aws_ecs_service.api", "platform_version", "1.3.0"),
		want: one("error version/platform aws_ecs_service.api platform_version"),
	},
	{
		name: "Kubernetes version", with: workload, do: set("aws_eks_cluster.apps", "version", "1.28"),
		want: one("error version/platform aws_eks_cluster.apps version"),
	},
	{
		name: "add-on version", with: workload, do: set("aws_eks_addon.cni", "addon_version", "v1.15.1-eksbuild.1"),
		want: one("error version/addon aws_eks_addon.cni addon_version"),
	},
	{
		name: "provider, by its schema", do: func(s *state) { s.instances(db)[0]["schema_version"] = 1 },
		want: one("error version/provider hashicorp/aws hashicorp/aws"),
	},
	{
		name: "Terraform", do: func(s *state) { s.doc["terraform_version"] = "1.9.8" },
		want: one("info version/terraform terraform terraform_version"),
	},

	// Members: one box, and proportions.
	{
		name: "one web server", do: do(set(web, "desired_capacity", 1), set(web, "min_size", 1)),
		want: one("error one-box/single-member aws_autoscaling_group.web desired_capacity"),
	},
	{
		name: "two web servers", do: do(set(web, "desired_capacity", 2), set(web, "min_size", 2)),
		want: one("warning topology/proportion aws_autoscaling_group.web desired_capacity"),
	},
	{
		name: "three web servers are within the tolerance", do: do(set(web, "desired_capacity", 3), set(web, "min_size", 3)),
		want: one("info topology/proportion aws_autoscaling_group.web desired_capacity"),
	},
	{
		name: "nine web servers", do: do(set(web, "desired_capacity", 9), set(web, "max_size", 18)),
		want: one("warning topology/proportion aws_autoscaling_group.web desired_capacity"),
	},
	{
		name: "no web server", do: do(set(web, "desired_capacity", 0), set(web, "min_size", 0)),
		want: one("error one-box/missing-tier aws_autoscaling_group.web desired_capacity"),
	},
	{
		name: "one task", do: set("aws_ecs_service.api", "desired_count", 1),
		want: one("error one-box/single-member aws_ecs_service.api desired_count"),
	},
	{
		name: "no task", do: set("aws_ecs_service.api", "desired_count", 0),
		want: one("error one-box/missing-tier aws_ecs_service.api desired_count"),
	},
	{
		name: "as many tasks as production", do: set("aws_ecs_service.api", "desired_count", 9),
		want: one("warning topology/proportion aws_ecs_service.api desired_count"),
	},
	{name: "one worker", do: drop(worker + "[1]"), want: one(
		"error one-box/single-member aws_instance.worker -> aws_instance.worker[0] members",
		"error one-box/single-zone aws_instance.worker -> aws_instance.worker[0] zones")},
	{
		name: "two NAT gateways", do: drop("aws_nat_gateway.main[2]"),
		want: one("warning topology/proportion aws_nat_gateway.main members"),
	},
	{
		name: "one NAT gateway", do: drop("aws_nat_gateway.main[1]", "aws_nat_gateway.main[2]"),
		want: one("error one-box/single-member aws_nat_gateway.main -> aws_nat_gateway.main[0] members"),
	},
	{
		name: "one replica", do: drop("aws_db_instance.replica[1]"),
		want: one("error one-box/single-member aws_db_instance.replica -> aws_db_instance.replica[0] members"),
	},
	{
		name: "no replica", do: drop("aws_db_instance.replica"),
		want: one("error one-box/no-replica aws_db_instance.replica -> aws_db_instance.main replicas"),
	},
	{
		name: "one cache node", with: threeNodes, do: set(cache, "num_cache_clusters", 1),
		want: one("error one-box/single-member aws_elasticache_replication_group.main num_cache_clusters"),
	},
	{
		name: "next to no capacity to read", do: set("aws_dynamodb_table.sessions", "read_capacity", 4),
		want: one("warning topology/proportion aws_dynamodb_table.sessions read_capacity"),
	},
	{
		name: "more capacity than production", do: set("aws_dynamodb_table.sessions", "write_capacity", 100),
		want: one("warning topology/proportion aws_dynamodb_table.sessions write_capacity"),
	},
	{
		name: "hardly any concurrency", do: set(jobs, "reserved_concurrent_executions", 1),
		want: one("warning topology/proportion aws_lambda_function.jobs reserved_concurrent_executions"),
	},

	// Standby, zones, balancer.
	{
		name: "no standby", do: set(db, "multi_az", false),
		want: one("error one-box/no-replica aws_db_instance.main multi_az"),
	},
	{
		name: "no failover", do: set(cache, "automatic_failover_enabled", false),
		want: one("error one-box/no-replica aws_elasticache_replication_group.main automatic_failover_enabled"),
	},
	{
		name: "cache in one zone", with: set(cache, "multi_az_enabled", true), do: set(cache, "multi_az_enabled", false),
		want: one("error one-box/no-replica aws_elasticache_replication_group.main multi_az_enabled"),
	},
	{name: "web servers in one zone", do: func(s *state) {
		set(web, "availability_zones", []any{"us-east-1a"})(s)
		set(web, "vpc_zone_identifier", []any{s.text("aws_subnet.private[0]", "id")})(s)
	}, want: one("error one-box/single-zone aws_autoscaling_group.web zones")},
	{
		name: "workers in one zone", do: do(set(worker+"[1]", "availability_zone", "us-east-1a"),
			point(worker+"[1]", "subnet_id", "aws_subnet.private[0]", "id")),
		want: one("error one-box/single-zone aws_instance.worker zones"),
	},
	{name: "tasks in one zone", do: func(s *state) {
		set("aws_ecs_service.api", "network_configuration.0.subnets", []any{s.text("aws_subnet.private[2]", "id")})(s)
	}, want: one("error one-box/single-zone aws_ecs_service.api zones")},
	{name: "public subnets in one zone", do: do(set("aws_subnet.public[1]", "availability_zone", "us-east-1a"),
		set("aws_subnet.public[2]", "availability_zone", "us-east-1a")), want: one(
		"error one-box/single-zone aws_subnet.public zones",
		"error one-box/single-zone aws_lb.web zones")},
	{name: "everything in one zone", do: replace("us-east-1b", "us-east-1a", "us-east-1c", "us-east-1a"), want: one(
		"error one-box/single-zone aws_autoscaling_group.web zones",
		"error one-box/single-zone aws_ecs_service.api zones",
		"error one-box/single-zone aws_instance.worker zones",
		"error one-box/single-zone aws_lb.web zones",
		"error one-box/single-zone aws_subnet.private zones",
		"error one-box/single-zone aws_subnet.public zones")},
	{name: "two public subnets", do: func(s *state) {
		kept := []any{s.text("aws_subnet.public[0]", "id"), s.text("aws_subnet.public[1]", "id")}
		drop("aws_subnet.public[2]", "aws_route_table_association.public[2]")(s)
		set(balance, "subnets", kept)(s)
		modify(balance, "subnet_mapping", func(s *state, old any) any {
			return slices.DeleteFunc(old.([]any), func(m any) bool { return !slices.Contains(kept, m.(map[string]any)["subnet_id"]) })
		})(s)
		point("aws_nat_gateway.main[2]", "subnet_id", "aws_subnet.public[1]", "id")(s)
	}, want: one("warning topology/proportion aws_subnet.public zones")},
	{
		name: "web servers behind no balancer", do: set(web, "target_group_arns", []any{}),
		want: one("error one-box/no-balancer aws_autoscaling_group.web balancer"),
	},
	{name: "no balancer at all", do: do(drop(balance, target, "aws_lb_listener.web", alarm), set(web, "target_group_arns", []any{})), want: one(
		"error one-box/no-balancer aws_autoscaling_group.web balancer",
		"error monitoring/alarm aws_cloudwatch_metric_alarm.web_5xx[0] -> -")},
	{name: "two services on one cluster", with: jobsService, do: do(
		point("aws_ecs_service.batch", "cluster", "aws_ecs_cluster.api", "id"), drop("aws_ecs_cluster.batch")), want: one(
		"error one-box/collapsed aws_ecs_service.api, aws_ecs_service.batch -> aws_ecs_cluster.api host")},

	// Tiers and supporting resources, missing or more.
	{
		name: "no web servers", do: drop(web),
		want: one("error one-box/missing-tier aws_autoscaling_group.web -> - members"),
	},
	{
		name: "no workers", do: drop(worker),
		want: one("error one-box/missing-tier aws_instance.worker -> - members"),
	},
	{
		name: "no service", do: drop("aws_ecs_service.api"),
		want: one("error one-box/missing-tier aws_ecs_service.api -> - members"),
	},
	{
		name: "no function", do: drop(jobs),
		want: one("error one-box/missing-tier aws_lambda_function.jobs -> - members"),
	},
	{
		name: "no table", do: drop("aws_dynamodb_table.sessions"),
		want: one("error one-box/missing-tier aws_dynamodb_table.sessions -> - members"),
	},
	{
		name: "no cache", do: drop(cache),
		want: one("error one-box/missing-tier aws_elasticache_replication_group.main -> - members"),
	},
	{
		name: "no topic", do: do(drop("aws_sns_topic.alerts"), set("aws_cloudwatch_metric_alarm.web_5xx", "alarm_actions", []any{}), set(cpu, "alarm_actions", []any{})),
		want: one("error one-box/missing-tier aws_sns_topic.alerts -> - members"),
	},
	{name: "no bucket", do: drop("aws_s3_bucket.assets", "aws_s3_bucket_versioning.assets"), want: one(
		"error one-box/missing-tier aws_s3_bucket.assets -> - members",
		"error config/missing-resource aws_s3_bucket_versioning.assets -> -")},
	{name: "no bucket, and a policy that names it", with: jobsPolicy, do: drop("aws_s3_bucket.assets", "aws_s3_bucket_versioning.assets"), want: one(
		"error one-box/missing-tier aws_s3_bucket.assets -> - members",
		"error config/missing-resource aws_s3_bucket_versioning.assets -> -")},
	{
		name: "no NAT gateway", do: drop("aws_nat_gateway.main"),
		want: one("error one-box/missing-tier aws_nat_gateway.main -> - members"),
	},
	{name: "a queue more", do: mail, want: one(
		"info topology/extra-tier - -> aws_sqs_queue.dead members",
		"info topology/extra-tier - -> aws_sqs_queue.mail members")},
	{
		name: "a function more", do: clone(jobs, "aws_lambda_function.thumbnails", "shop-staging-jobs", "shop-staging-thumbnails"),
		want: one("info topology/extra-tier - -> aws_lambda_function.thumbnails members"),
	},
	{
		name: "no security group for the data", do: drop("aws_security_group.data"),
		want: one("error config/missing-resource aws_security_group.data -> -"),
	},
	{
		name: "no role", do: drop("aws_iam_role.jobs"),
		want: one("error config/missing-resource aws_iam_role.jobs -> -"),
	},
	{
		name: "no internet gateway", do: drop("aws_internet_gateway.main"),
		want: one("error config/missing-resource aws_internet_gateway.main -> -"),
	},
	{
		name: "one public subnet has no route", do: drop("aws_route_table_association.public[2]"),
		want: one("error config/missing-resource aws_route_table_association.public[2] -> -"),
	},
	{
		name: "no policy", with: jobsPolicy, do: drop("aws_iam_role_policy.jobs"),
		want: one("error config/missing-resource aws_iam_role_policy.jobs -> -"),
	},
	{
		name: "no listener rule", with: listenerRule, do: drop("aws_lb_listener_rule.api"),
		want: one("error config/missing-resource aws_lb_listener_rule.api -> -"),
	},
	{
		name: "a security group more", do: clone("aws_security_group.data", "aws_security_group.debug", "shop-staging-data", "shop-staging-debug", "sg-bed077ffbdf4c2738", "sg-0123456789abcdef0"),
		want: one("info config/extra-resource - -> aws_security_group.debug"),
	},
	{
		name: "no versioning of the bucket", do: drop("aws_s3_bucket_versioning.assets"),
		want: one("error config/missing-resource aws_s3_bucket_versioning.assets -> -"),
	},

	// Sizes.
	{
		name: "smaller web servers", do: set("aws_launch_template.web", "instance_type", "m5.large"),
		want: one("warning topology/size-family aws_launch_template.web instance_type"),
	},
	{
		name: "web servers of another family", do: set("aws_launch_template.web", "instance_type", "t3.2xlarge"),
		want: one("warning topology/size-family aws_launch_template.web instance_type"),
	},
	{
		name: "one smaller worker", do: set(worker+"[0]", "instance_type", "c5.large"),
		want: one("warning topology/size-family aws_instance.worker -> aws_instance.worker[0] instance_type"),
	},
	{
		name: "database of another family", do: set(db, "instance_class", "db.t3.medium"),
		want: one("warning topology/size-family aws_db_instance.main instance_class"),
	},
	{
		name: "smaller replicas", do: set("aws_db_instance.replica", "instance_class", "db.r5.large"),
		want: one("warning topology/size-family aws_db_instance.replica instance_class"),
	},
	{
		name: "cache of another family", do: set(cache, "node_type", "cache.t3.small"),
		want: one("warning topology/size-family aws_elasticache_replication_group.main node_type"),
	},
	{
		name: "half the processor of a task", do: set(app, "cpu", "512"),
		want: one("warning topology/size-family aws_ecs_task_definition.api cpu"),
	},
	{
		name: "half the memory of a task", do: set(app, "memory", "1024"),
		want: one("warning topology/size-family aws_ecs_task_definition.api memory"),
	},
	{
		name: "half the memory of the function", do: set(jobs, "memory_size", 512),
		want: one("warning topology/size-family aws_lambda_function.jobs memory_size"),
	},
	{
		name: "hardly any storage", do: set(db, "allocated_storage", 20),
		want: one("info topology/storage aws_db_instance.main allocated_storage"),
	},

	// Settings, at the top and in blocks.
	{
		name: "backups for a day", do: set(db, "backup_retention_period", 1),
		want: one("warning config/setting aws_db_instance.main backup_retention_period"),
	},
	{
		name: "no encryption", do: set(db, "storage_encrypted", false),
		want: one("warning config/setting aws_db_instance.main storage_encrypted"),
	},
	{
		name: "open to the world", do: set(db, "publicly_accessible", true),
		want: one("warning config/setting aws_db_instance.main publicly_accessible"),
	},
	{
		name: "another port", do: set(db, "port", 5433),
		want: one("warning config/setting aws_db_instance.main port"),
	},
	{
		name: "another kind of storage", do: set(db, "storage_type", "gp2"),
		want: one("warning config/setting aws_db_instance.main storage_type"),
	},
	{
		name: "another user", do: set(db, "username", "root"),
		want: one("warning config/setting aws_db_instance.main username"),
	},
	{
		name: "no host names in the network", do: set("aws_vpc.main", "enable_dns_hostnames", false),
		want: one("warning config/setting aws_vpc.main enable_dns_hostnames"),
	},
	{
		name: "idle timeout", do: set(balance, "idle_timeout", 30),
		want: one("warning config/setting aws_lb.web idle_timeout"),
	},
	{
		name: "draining", do: set(target, "deregistration_delay", "5"),
		want: one("warning config/setting aws_lb_target_group.web deregistration_delay"),
	},
	{
		name: "sticky sessions", do: set(target, "stickiness.0.enabled", true),
		want: one("warning config/setting aws_lb_target_group.web stickiness.enabled"),
	},
	{
		name: "function timeout", do: set(jobs, "timeout", 60),
		want: one("warning config/setting aws_lambda_function.jobs timeout"),
	},
	{
		name: "function handler", do: set(jobs, "handler", "main.handler"),
		want: one("warning config/setting aws_lambda_function.jobs handler"),
	},
	{
		name: "rolling deploy", do: set("aws_ecs_service.api", "deployment_minimum_healthy_percent", 0),
		want: one("warning config/setting aws_ecs_service.api deployment_minimum_healthy_percent"),
	},
	{
		name: "public addresses for tasks", do: set("aws_ecs_service.api", "network_configuration.0.assign_public_ip", true),
		want: one("warning config/setting aws_ecs_service.api network_configuration.assign_public_ip"),
	},
	{
		name: "volume type of one worker", do: set(worker+"[1]", "root_block_device.0.volume_type", "gp2"),
		want: one("warning config/setting aws_instance.worker -> aws_instance.worker[1] root_block_device.volume_type"),
	},
	{
		name: "encrypted volumes of the workers", do: set(worker, "root_block_device.0.encrypted", true),
		want: one("warning config/setting aws_instance.worker root_block_device.encrypted"),
	},
	{
		name: "metadata of the web servers", do: set("aws_launch_template.web", "metadata_options.0.http_tokens", "optional"),
		want: one("warning config/setting aws_launch_template.web metadata_options.http_tokens"),
	},
	{
		name: "metadata of the workers", do: set(worker, "metadata_options.0.http_tokens", "required"),
		want: one("warning config/setting aws_instance.worker metadata_options.http_tokens"),
	},
	{
		name: "what the listener does", do: set("aws_lb_listener.web", "default_action.0.type", "redirect"),
		want: one("warning config/setting aws_lb_listener.web default_action.type"),
	},
	{
		name: "priority of a listener rule", with: listenerRule, do: set("aws_lb_listener_rule.api", "priority", 500),
		want: one("warning config/setting aws_lb_listener_rule.api priority"),
	},
	{
		name: "condition of a listener rule", with: listenerRule, do: set("aws_lb_listener_rule.api", "condition.0.path_pattern.0.values", []any{"/api/*"}),
		want: one("warning config/setting aws_lb_listener_rule.api condition.path_pattern.values"),
	},
	{
		name: "billing of the table", do: set("aws_dynamodb_table.sessions", "billing_mode", "PAY_PER_REQUEST"),
		want: one("warning config/setting aws_dynamodb_table.sessions billing_mode"),
	},
	{
		name: "recovery of the table", do: set("aws_dynamodb_table.sessions", "point_in_time_recovery.0.enabled", true),
		want: one("warning config/setting aws_dynamodb_table.sessions point_in_time_recovery.enabled"),
	},
	{
		name: "versioning is suspended", do: set("aws_s3_bucket_versioning.assets", "versioning_configuration.0.status", "Suspended"),
		want: one("warning config/setting aws_s3_bucket_versioning.assets versioning_configuration.status"),
	},
	{
		name: "route", do: set("aws_route_table.public", "route.0.cidr_block", "192.168.0.0/16"),
		want: one("warning config/setting aws_route_table.public route.cidr_block"),
	},
	{
		name: "visibility of a queue", with: mail, do: set("aws_sqs_queue.mail", "visibility_timeout_seconds", 600),
		want: one("warning config/setting aws_sqs_queue.mail visibility_timeout_seconds"),
	},
	{name: "attempts before the dead-letter queue", with: mail, do: editJSON("aws_sqs_queue.mail", "redrive_policy", func(doc any) any {
		doc.(map[string]any)["maxReceiveCount"] = 1
		return doc
	}), want: one("warning config/setting aws_sqs_queue.mail redrive_policy.maxReceiveCount")},
	{
		name: "start-up script", do: set("aws_launch_template.web", "user_data", script("#!/bin/sh\nexport APP_ENV=staging\nexec /opt/shop/web --debug\n")),
		want: one("warning config/script aws_launch_template.web user_data"),
	},
	{
		name: "order of a command", with: sidecar, do: container(1, func(c map[string]any) { c["command"] = []any{"--verbose", "--config", "/etc/otel.yaml"} }),
		want: one(`warning config/order aws_ecs_task_definition.api container_definitions["otel"].command`),
	},
	{
		name: "no sidecar", with: sidecar, do: containers(func(list []any) []any { return list[:1] }),
		want: one(`error config/missing-key aws_ecs_task_definition.api container_definitions["otel"]`),
	},
	{name: "container port", do: container(0, func(c map[string]any) {
		c["portMappings"].([]any)[0].(map[string]any)["containerPort"] = 9001
	}), want: one("warning config/setting aws_ecs_task_definition.api container_definitions.portMappings.containerPort")},

	// Environment, parameters.
	{
		name: "environment variable of a container", do: environment("DB_POOL", constant("5")),
		want: one(`warning config/environment aws_ecs_task_definition.api container_definitions.environment["DB_POOL"]`),
	},
	{
		name: "environment variable of a container missing", do: withoutEnvironment("RATE_LIMIT"),
		want: one(`error config/missing-key aws_ecs_task_definition.api container_definitions.environment["RATE_LIMIT"]`),
	},
	{
		name: "environment variable of a container more", do: environment("DEBUG", constant("1")),
		want: one(`error config/missing-key aws_ecs_task_definition.api container_definitions.environment["DEBUG"]`),
	},
	{
		name: "environment variable of a container empty", do: environment("RATE_LIMIT", constant("")),
		want: one(`warning config/environment aws_ecs_task_definition.api container_definitions.environment["RATE_LIMIT"]`),
	},
	{name: "environment variable of the sidecar", with: sidecar, do: container(1, func(c map[string]any) {
		c["environment"].([]any)[0].(map[string]any)["value"] = "basic"
	}), want: one(`warning config/environment aws_ecs_task_definition.api container_definitions["otel"].environment["OTEL_LEVEL"]`)},
	{
		name: "environment variable of the function", do: set(jobs, "environment.0.variables.SESSION_TTL", "60"),
		want: one("warning config/environment aws_lambda_function.jobs environment.variables.SESSION_TTL"),
	},
	{
		name: "environment variable of the function missing", do: unset(jobs, "environment.0.variables.RATE_LIMIT"),
		want: one("error config/missing-key aws_lambda_function.jobs environment.variables.RATE_LIMIT"),
	},
	{
		name: "environment variable of the function more", do: give(jobs, "environment.0.variables.DRY_RUN", "true"),
		want: one("error config/missing-key aws_lambda_function.jobs environment.variables.DRY_RUN"),
	},
	{
		name: "parameter", do: set(`aws_ssm_parameter.config["DB_POOL"]`, "value", "5"),
		want: one(`warning config/parameter aws_ssm_parameter.config["DB_POOL"] value`),
	},
	{
		name: "flag", do: set(`aws_ssm_parameter.flags["dark_mode"]`, "value", "on"),
		want: one(`warning config/parameter aws_ssm_parameter.flags["dark_mode"] value`),
	},
	{
		name: "flag missing", do: drop(`aws_ssm_parameter.flags["fast_search"]`),
		want: one(`error config/missing-key aws_ssm_parameter.flags["fast_search"] -> -`),
	},
	{
		name: "flag more", do: clone(`aws_ssm_parameter.flags["dark_mode"]`, `aws_ssm_parameter.flags["one_click"]`, "dark_mode", "one_click"),
		want: one(`error config/missing-key - -> aws_ssm_parameter.flags["one_click"]`),
	},
	{
		name: "engine parameter", do: set("aws_db_parameter_group.main", "parameter.1.value", "4096"),
		want: one(`warning config/parameter aws_db_parameter_group.main parameter["work_mem"].value`),
	},
	{
		name: "engine parameter missing", do: modify("aws_db_parameter_group.main", "parameter", func(_ *state, old any) any { return old.([]any)[1:] }),
		want: one(`error config/missing-key aws_db_parameter_group.main parameter["log_min_duration_statement"]`),
	},
	{name: "engine parameter more", do: modify("aws_db_parameter_group.main", "parameter", func(_ *state, old any) any {
		return append(old.([]any), map[string]any{"apply_method": "immediate", "name": "random_page_cost", "value": "1.1"})
	}), want: one(`error config/missing-key aws_db_parameter_group.main parameter["random_page_cost"]`)},

	{
		name: "the only engine parameter is another", with: modify("aws_db_parameter_group.main", "parameter", func(_ *state, old any) any { return old.([]any)[:1] }),
		do: set("aws_db_parameter_group.main", "parameter.0.name", "log_statement_sample_rate"), want: one(
			`error config/missing-key aws_db_parameter_group.main parameter["log_min_duration_statement"]`,
			`error config/missing-key aws_db_parameter_group.main parameter["log_statement_sample_rate"]`),
	},
	{name: "the only variable of the sidecar is another", with: sidecar, do: container(1, func(c map[string]any) {
		c["environment"].([]any)[0].(map[string]any)["name"] = "OTEL_MODE"
	}), want: one(
		`error config/missing-key aws_ecs_task_definition.api container_definitions["otel"].environment["OTEL_LEVEL"]`,
		`error config/missing-key aws_ecs_task_definition.api container_definitions["otel"].environment["OTEL_MODE"]`)},

	// Rules and rights.
	{
		name: "port of a rule", do: set("aws_security_group.app", "ingress.0.to_port", 8090),
		want: one("warning config/setting aws_security_group.app ingress.to_port"),
	},
	{
		name: "protocol of a rule", do: set("aws_security_group.data", "ingress.0.protocol", "udp"),
		want: one("warning config/setting aws_security_group.data ingress.protocol"),
	},
	{
		name: "addresses of a rule", do: set("aws_security_group.lb", "ingress.0.cidr_blocks", []any{"192.0.2.0/24"}),
		want: one("warning config/setting aws_security_group.lb ingress.cidr_blocks"),
	},
	{
		name: "rule missing", do: set("aws_security_group.data", "ingress", []any{}),
		want: one("warning config/setting aws_security_group.data ingress"),
	},
	{name: "rule more", do: modify("aws_security_group.app", "ingress", func(_ *state, old any) any {
		return append(old.([]any), map[string]any{
			"cidr_blocks": []any{"0.0.0.0/0"}, "description": "", "from_port": 22, "to_port": 22,
			"protocol": "tcp", "ipv6_cidr_blocks": []any{}, "prefix_list_ids": []any{}, "security_groups": []any{}, "self": false,
		})
	}), want: one("warning config/setting aws_security_group.app ingress")},
	{
		name: "source of a rule", do: point("aws_security_group.app", "ingress.0.security_groups.0", "aws_security_group.data", "id"),
		want: one("warning config/reference aws_security_group.app ingress.security_groups"),
	},
	{
		name: "who may assume the role", do: assumeRole(func(s map[string]any) { s["Principal"] = map[string]any{"Service": "ec2.amazonaws.com"} }),
		want: one("warning config/policy aws_iam_role.jobs assume_role_policy.Statement.Principal.Service"),
	},
	{
		name: "how the role is assumed", do: assumeRole(func(s map[string]any) { s["Action"] = "sts:AssumeRoleWithWebIdentity" }),
		want: one("warning config/policy aws_iam_role.jobs assume_role_policy.Statement.Action"),
	},
	{
		name: "one action less", with: jobsPolicy, do: statement(0, "Action", []any{"s3:GetObject"}),
		want: one("warning config/policy aws_iam_role_policy.jobs policy.Statement.Action"),
	},
	{
		name: "another effect", with: jobsPolicy, do: statement(2, "Effect", "Allow"),
		want: one("warning config/policy aws_iam_role_policy.jobs policy.Statement.Effect"),
	},
	{
		name: "any resource", with: jobsPolicy, do: statement(1, "Resource", "*"),
		want: one("warning config/policy aws_iam_role_policy.jobs policy.Statement.Resource"),
	},
	{
		name: "another condition", with: jobsPolicy, do: statement(1, "Condition", map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "999999999999"}}),
		want: one("warning config/policy aws_iam_role_policy.jobs policy.Statement.Condition.StringEquals.aws:SourceAccount"),
	},
	{
		name: "one statement less", with: jobsPolicy, do: statements(func(list []any) []any { return list[:2] }),
		want: one("warning config/policy aws_iam_role_policy.jobs policy.Statement"),
	},
	{name: "one statement more", with: jobsPolicy, do: statements(func(list []any) []any {
		return append(list, map[string]any{"Effect": "Allow", "Action": "*", "Resource": "*"})
	}), want: one("warning config/policy aws_iam_role_policy.jobs policy.Statement")},

	// Wiring.
	{name: "workers in the balancer's security group", do: func(s *state) {
		set(worker, "vpc_security_group_ids", []any{s.text("aws_security_group.lb", "id")})(s)
	}, want: one("warning config/reference aws_instance.worker vpc_security_group_ids")},
	{name: "tasks in the data's security group", do: func(s *state) {
		set("aws_ecs_service.api", "network_configuration.0.security_groups", []any{s.text("aws_security_group.data", "id")})(s)
	}, want: one("warning config/reference aws_ecs_service.api network_configuration.security_groups")},
	{name: "web servers in public subnets", do: func(s *state) {
		set(web, "vpc_zone_identifier", []any{s.text("aws_subnet.public[0]", "id"), s.text("aws_subnet.public[1]", "id"), s.text("aws_subnet.public[2]", "id")})(s)
	}, want: one("warning config/reference aws_autoscaling_group.web vpc_zone_identifier")},
	{
		name: "one of two security groups is production's", with: func(s *state) {
			set(worker, "vpc_security_group_ids", []any{s.text("aws_security_group.app", "id"), s.text("aws_security_group.data", "id")})(s)
		}, do: foreign(worker, "vpc_security_group_ids.1", "aws_security_group.data", "id"),
		want: one("warning config/foreign-reference aws_instance.worker vpc_security_group_ids"),
	},
	{
		name: "role of production", do: foreign(jobs, "role", "aws_iam_role.jobs", "arn"),
		want: one("warning config/foreign-reference aws_lambda_function.jobs role"),
	},
	{
		name: "alarms go to production's topic", do: foreign(cpu, "alarm_actions.0", "aws_sns_topic.alerts", "arn"),
		want: one("warning config/foreign-reference aws_cloudwatch_metric_alarm.db_cpu[0] alarm_actions"),
	},
	{
		name: "security group of production", do: foreign(worker, "vpc_security_group_ids.0", "aws_security_group.app", "id"),
		want: one("warning config/foreign-reference aws_instance.worker vpc_security_group_ids"),
	},
	{
		name: "container calls production's feed", do: environment("FEED_URL", constant("https://feed.production.shop.internal")),
		want: one(`warning config/foreign-reference aws_ecs_task_definition.api container_definitions.environment["FEED_URL"]`),
	},
	{
		name: "function calls production's feed", do: set(jobs, "environment.0.variables.FEED_URL", "https://feed.production.shop.internal"),
		want: one("warning config/foreign-reference aws_lambda_function.jobs environment.variables.FEED_URL"),
	},
	{
		name: "parameter names production's feed", do: set(`aws_ssm_parameter.config["FEED_URL"]`, "value", "https://feed.production.shop.internal"),
		want: one(`warning config/foreign-reference aws_ssm_parameter.config["FEED_URL"] value`),
	},
	{
		name: "container uses production's database", with: ownHosts, do: environment("DATABASE_HOST", constant("shop-production.aaaaaaaaaa.us-east-1.rds.amazonaws.com")),
		want: one(`warning config/foreign-reference aws_ecs_task_definition.api container_definitions.environment["DATABASE_HOST"]`),
	},
	{
		name: "container uses production's topic", with: ownHosts, do: environment("ALERTS", constant("arn:aws:sns:us-east-1:123456789012:shop-production-alerts")),
		want: one(`warning config/foreign-reference aws_ecs_task_definition.api container_definitions.environment["ALERTS"]`),
	},
	{
		name: "container uses production's bucket", with: ownHosts, do: environment("ASSETS", constant("shop-production-assets")),
		want: one(`warning config/foreign-reference aws_ecs_task_definition.api container_definitions.environment["ASSETS"]`),
	},
	{
		name: "policy opens production's bucket", with: jobsPolicy, do: statement(0, "Resource", []any{"arn:aws:s3:::shop-production-assets", "arn:aws:s3:::shop-production-assets/*"}),
		want: one("warning config/foreign-reference aws_iam_role_policy.jobs policy.Statement.Resource"),
	},
	{
		name: "policy opens production's table", with: jobsPolicy, do: statement(1, "Resource", "arn:aws:dynamodb:us-east-1:123456789012:table/shop-production-sessions"),
		want: one("warning config/foreign-reference aws_iam_role_policy.jobs policy.Statement.Resource"),
	},

	// Secrets.
	{
		name: "password of production", do: foreign(db, "password", db, "password"),
		want: one("info config/shared-secret aws_db_instance.main password"),
	},
	{
		name: "secret parameter of production", do: foreign("aws_ssm_parameter.db_password", "value", "aws_ssm_parameter.db_password", "value"),
		want: one("info config/shared-secret aws_ssm_parameter.db_password value"),
	},
	{
		name: "secret parameter missing", do: drop("aws_ssm_parameter.db_password"),
		want: one("error config/missing-key aws_ssm_parameter.db_password -> -"),
	},
	{
		name: "secret kept in the open", do: set("aws_ssm_parameter.db_password", "type", "String"),
		want: one("warning config/setting aws_ssm_parameter.db_password type"),
	},

	// Monitoring.
	{
		name: "alarm missing", do: drop("aws_cloudwatch_metric_alarm.web_5xx"),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.web_5xx[0] -> -"),
	},
	{
		name: "alarm threshold weaker", do: set(alarm, "threshold", 50),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.web_5xx[0] threshold"),
	},
	{
		name: "alarm threshold stricter", do: set(alarm, "threshold", 5),
		want: one("info monitoring/alarm aws_cloudwatch_metric_alarm.web_5xx[0] threshold"),
	},
	{
		name: "alarm waits longer", do: set(cpu, "evaluation_periods", 10),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.db_cpu[0] evaluation_periods"),
	},
	{
		name: "alarm waits less", do: set(cpu, "evaluation_periods", 2),
		want: one("info monitoring/alarm aws_cloudwatch_metric_alarm.db_cpu[0] evaluation_periods"),
	},
	{
		name: "alarm looks less often", do: set(cpu, "period", 300),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.db_cpu[0] period"),
	},
	{
		name: "alarm compares the other way", do: set(cpu, "comparison_operator", "LessThanThreshold"),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.db_cpu[0] comparison_operator"),
	},
	{
		name: "alarm on another statistic", do: set(cpu, "statistic", "Minimum"),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.db_cpu[0] statistic"),
	},
	{
		name: "alarm holds missing data for good", do: set(cpu, "treat_missing_data", "notBreaching"),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.db_cpu[0] treat_missing_data"),
	},
	{
		name: "alarm is silent", do: set(alarm, "actions_enabled", false),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.web_5xx[0] actions_enabled"),
	},
	{
		name: "alarm tells nobody", do: set(alarm, "alarm_actions", []any{}),
		want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.web_5xx[0] alarm_actions"),
	},
	{name: "alarm watches another thing", do: func(s *state) {
		set(cpu, "dimensions.DBInstanceIdentifier", s.text("aws_db_instance.replica[0]", "identifier"))(s)
	}, want: one("error monitoring/alarm aws_cloudwatch_metric_alarm.db_cpu[0] dimensions.DBInstanceIdentifier")},
	{
		name: "logs kept for a week", do: set("aws_cloudwatch_log_group.web", "retention_in_days", 7),
		want: one("error monitoring/retention aws_cloudwatch_log_group.web retention_in_days"),
	},
	{
		name: "logs kept for longer", do: set("aws_cloudwatch_log_group.web", "retention_in_days", 90),
		want: one("info monitoring/retention aws_cloudwatch_log_group.web retention_in_days"),
	},
	{
		name: "logs kept for ever", do: set("aws_cloudwatch_log_group.web", "retention_in_days", 0),
		want: one("info monitoring/retention aws_cloudwatch_log_group.web retention_in_days"),
	},
	{
		name: "no log group", do: drop("aws_cloudwatch_log_group.web"),
		want: one("error monitoring/log-group aws_cloudwatch_log_group.web -> -"),
	},
	{
		name: "health check asks less often", do: set(target, "health_check.0.interval", 60),
		want: one("error monitoring/health-check aws_lb_target_group.web health_check.interval"),
	},
	{
		name: "health check asks more often", do: set(target, "health_check.0.interval", 10),
		want: one("info monitoring/health-check aws_lb_target_group.web health_check.interval"),
	},
	{
		name: "health check of another page", do: set(target, "health_check.0.path", "/"),
		want: one("error monitoring/health-check aws_lb_target_group.web health_check.path"),
	},
	{
		name: "health check takes any answer", do: set(target, "health_check.0.matcher", "200-499"),
		want: one("error monitoring/health-check aws_lb_target_group.web health_check.matcher"),
	},
	{
		name: "health check forgives more", do: set(target, "health_check.0.unhealthy_threshold", 8),
		want: one("error monitoring/health-check aws_lb_target_group.web health_check.unhealthy_threshold"),
	},
	{
		name: "health check is off", do: set(target, "health_check.0.enabled", false),
		want: one("error monitoring/health-check aws_lb_target_group.web health_check.enabled"),
	},
	{
		name: "health check of machines only", do: set(web, "health_check_type", "EC2"),
		want: one("error monitoring/health-check aws_autoscaling_group.web health_check_type"),
	},
	{
		name: "no container insights", with: observed, do: set("aws_ecs_cluster.api", "setting.0.value", "disabled"),
		want: one("error monitoring/metrics aws_ecs_cluster.api setting[\"containerInsights\"]"),
	},
	{
		name: "container insights more", do: set("aws_ecs_cluster.api", "setting.0.value", "enabled"),
		want: one("info monitoring/metrics aws_ecs_cluster.api setting[\"containerInsights\"]"),
	},
	{
		name: "no performance insights", with: observed, do: set(db, "performance_insights_enabled", false),
		want: one("error monitoring/metrics aws_db_instance.main performance_insights_enabled"),
	},
	{
		name: "performance insights more", do: set(db, "performance_insights_enabled", true),
		want: one("info monitoring/metrics aws_db_instance.main performance_insights_enabled"),
	},
	{
		name: "no enhanced monitoring", with: observed, do: set(db, "monitoring_interval", 0),
		want: one("error monitoring/metrics aws_db_instance.main monitoring_interval"),
	},
	{
		name: "no export of the database's log", with: observed, do: set(db, "enabled_cloudwatch_logs_exports", []any{"upgrade"}),
		want: one("error monitoring/log-group aws_db_instance.main enabled_cloudwatch_logs_exports"),
	},
	{
		name: "one log export more", with: observed, do: set(db, "enabled_cloudwatch_logs_exports", []any{"postgresql", "upgrade", "slowquery"}),
		want: one("info monitoring/log-group aws_db_instance.main enabled_cloudwatch_logs_exports"),
	},
	{
		name: "no access log", with: observed, do: set(balance, "access_logs.0.enabled", false),
		want: one("error monitoring/log-group aws_lb.web access_logs.enabled"),
	},
	{
		name: "no tracing", with: observed, do: set(jobs, "tracing_config.0.mode", "PassThrough"),
		want: one("error monitoring/tracing aws_lambda_function.jobs tracing_config.mode"),
	},
	{
		name: "tracing more", do: set(jobs, "tracing_config.0.mode", "Active"),
		want: one("info monitoring/tracing aws_lambda_function.jobs tracing_config.mode"),
	},
	{
		name: "no detailed metrics of the workers", with: observed, do: set(worker, "monitoring", false),
		want: one("error monitoring/metrics aws_instance.worker monitoring"),
	},
	{
		name: "no metrics of the group", with: observed, do: set(web, "enabled_metrics", []any{}),
		want: one("error monitoring/metrics aws_autoscaling_group.web enabled_metrics"),
	},

	// Tags, and how the environment is kept.
	{name: "tag", do: tag(worker, "Role", "batch"), want: one("info config/tag aws_instance.worker tags_all.Role")},
	{name: "tag more", do: tag(worker, "Temporary", "yes"), want: one("info config/tag aws_instance.worker tags_all.Temporary")},
	{name: "tag of the provider", do: set(db, "tags_all.Project", "store"), want: one("info config/tag aws_db_instance.main tags_all.Project")},
	{
		name: "tainted", do: taint(worker + "[1]"),
		want: one("warning management/tainted - -> aws_instance.worker[1] aws_instance.worker[1]"),
	},
	{
		name: "deposed", do: depose(jobs),
		want: one("info management/deposed - -> aws_lambda_function.jobs aws_lambda_function.jobs"),
	},
	{name: "plain machines instead of a group", do: do(drop(web),
		clone(worker+"[0]", "aws_instance.web[0]", "worker", "web"), clone(worker+"[1]", "aws_instance.web[1]", "worker", "web"),
		clone(worker+"[0]", "aws_instance.web[2]", "worker", "web"), clone(worker+"[1]", "aws_instance.web[3]", "worker", "web")), want: one(
		"warning management/method aws_autoscaling_group.web -> aws_instance.web type",
		"error one-box/no-balancer aws_autoscaling_group.web -> aws_instance.web balancer")},
	{
		name: "in a module", do: func(s *state) { s.each(func(r map[string]any) { r["module"] = "module.shop" }) },
		want: one("info management/method aws_autoscaling_group.web -> module.shop.aws_autoscaling_group.web module"),
	},
}

// everything is all that both environments can have.
var everything = do(sidecar, layer, threeNodes, jobsPolicy, listenerRule, mail, workload, jobsService, observed, ownHosts)

// rehash makes another id of one, the same each time.
func rehash(id string) string {
	i := strings.LastIndexByte(id, '-') + 1
	out := []byte(id)
	for k := i; k < len(out); k++ {
		if n := strings.IndexByte("0123456789abcdef", out[k]); n >= 0 {
			out[k] = "83b1f60d2c7ea594"[n]
		}
	}
	return string(out)
}

// blocks calls f with every block of the state and the number it has.
func blocks(f func(i int, r map[string]any)) edit {
	return func(s *state) {
		for i, r := range s.resources() {
			f(i, r.(map[string]any))
		}
	}
}

// eachInstance calls f with every instance of the state.
func eachInstance(f func(i map[string]any)) edit {
	return blocks(func(_ int, r map[string]any) {
		for _, i := range r["instances"].([]any) {
			f(i.(map[string]any))
		}
	})
}

// attributes changes the attributes at the top of every resource.
func attributes(f func(name string, v any) any) edit {
	return eachInstance(func(i map[string]any) {
		m := i["attributes"].(map[string]any)
		for k := range m {
			m[k] = f(k, m[k])
		}
	})
}

func reversed(v any) any {
	if list, ok := v.([]any); ok {
		for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
			list[i], list[j] = list[j], list[i]
		}
	}
	return v
}

// backwards writes a document with the keys of all objects in reverse order
// and with other white space.
func backwards(t testing.TB, v any) string {
	switch x := v.(type) {
	case map[string]any:
		var keys []string
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		slices.Reverse(keys)
		parts := make([]string, len(keys))
		for i, k := range keys {
			parts[i] = string(encodeJSON(t, k)) + " : " + backwards(t, x[k])
		}
		return "{\n\t" + strings.Join(parts, ",\n\t") + "\n}"
	case []any:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = backwards(t, x[i])
		}
		return "[ " + strings.Join(parts, " , ") + " ]"
	}
	return string(encodeJSON(t, v))
}

// documents changes every JSON document that an attribute holds as text.
func documents(f func(s *state, doc any) string) edit {
	return func(s *state) {
		n := 0
		everywhere(func(v any) any {
			text, ok := v.(string)
			if !ok || len(text) < 2 || text[0] != '{' && text[0] != '[' {
				return v
			}
			var doc any
			if decodeJSON([]byte(text), &doc) != nil {
				return v
			}
			n++
			return f(s, doc)
		})(s)
		require.Positive(s.t, n)
	}
}

// rewriteDocument applies f to every value of a document, from within.
func rewriteDocument(v any, f func(key string, v any) any) any {
	switch x := v.(type) {
	case map[string]any:
		for k := range x {
			x[k] = f(k, rewriteDocument(x[k], f))
		}
	case []any:
		for i := range x {
			x[i] = rewriteDocument(x[i], f)
		}
	}
	return v
}

// byKey makes a for_each of a count, with keys of another kind.
func byKey(address string, key func(n int) string) edit {
	return func(s *state) {
		for n, i := range s.block(address)["instances"].([]any) {
			i.(map[string]any)["index_key"] = key(n)
		}
	}
}

// renamed are other names for the blocks of the shop.
var renamed = edit(func(s *state) {
	names := map[string]string{
		"main": "this", "web": "frontend", "api": "backend", "jobs": "tasks", "worker": "consumer", "data": "storage",
		"app": "servers", "lb": "public_lb", "alerts": "notify", "assets": "files", "sessions": "visits", "replica": "reader", "nat": "egress",
		"public": "dmz", "private": "inner", "web_5xx": "errors", "db_cpu": "load", "config": "settings", "flags": "features", "db_password": "db_secret",
	}
	s.each(func(r map[string]any) {
		name := names[r["name"].(string)]
		require.NotEmpty(s.t, name, "%s", r["name"])
		r["name"] = name
	})
})

// meaningless are mutations that say nothing.
var meaningless = []mutation{
	// Identity.
	{name: "other ids", do: replaceRegexp(`\b(subnet|sg|vpc|eipalloc|eni|i|vol|lt|nat|igw|rtb|rtbassoc|acl)-[0-9a-f]{17}\b`, rehash)},
	{name: "other identifiers of databases", do: replaceRegexp(`\bdb-[A-Z0-9]{26}\b`, func(id string) string { return "db-" + strings.ToUpper(rehash(strings.ToLower(id[3:]))) })},
	{name: "another account", do: replace("123456789012", "210987654321")},
	{name: "another region", do: replace("us-east-1", "eu-west-1", "use1", "euw1")},
	{name: "other zones", do: replace("us-east-1a", "us-east-1b", "us-east-1b", "us-east-1d", "us-east-1c", "us-east-1f", "use1-az6", "use1-az2")},
	{name: "timestamps", do: replaceRegexp(`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`, func(string) string { return "2031-01-02T03:04:05Z" })},
	{name: "other suffixes of balancers", do: replace("f94b54fceb0d8744", "0123456789abcdef", "59154181ec88f225", "fedcba9876543210")},
	{name: "other suffixes of endpoints", do: replace("aaaaaaaaaa.us-east-1", "c9qwxyz12abc.us-east-1", "ejhiny", "k3v9zq", "shop-staging-web-1.us", "shop-staging-web-1870230152.us")},
	{name: "a suffix in the bucket's name", do: replace("shop-staging-assets", "shop-staging-assets-4f9a1c2be07d")},
	{name: "another network", do: replace("10.20.", "172.30.", "10-20-", "172-30-")},
	{name: "other public addresses", do: replaceRegexp(`\b127[.-]10[.-]\d+[.-]\d+\b`, func(a string) string {
		return strings.Replace(strings.Replace(a, "127.10", "198.51", 1), "127-10", "198-51", 1)
	})},
	{name: "other passwords", do: do(set(db, "password", "an0ther-Pa55phrase"), set("aws_ssm_parameter.db_password", "value", "an0ther-Pa55phrase"))},
	{name: "revision of the task definition", do: do(replace("task-definition/shop-staging-api:1", "task-definition/shop-staging-api:17"), set(app, "revision", 17))},
	{name: "version of the launch template", do: do(set("aws_launch_template.web", "latest_version", 9), set("aws_launch_template.web", "default_version", 3), set(web, "launch_template.0.version", "9"))},
	{name: "version of the parameters", do: set("aws_ssm_parameter.config", "version", 12)},
	{name: "windows", do: do(set(db, "backup_window", "03:00-03:30"), set(db, "maintenance_window", "sun:05:00-sun:05:30"), set(cache, "snapshot_window", "01:00-02:00"), set(cache, "maintenance_window", "mon:02:00-mon:03:00"))},
	{name: "when the function was deployed", do: set(jobs, "last_modified", "2030-05-05T05:05:05.000+0000")},
	{name: "where the archive lay", do: set(jobs, "filename", "../build/jobs.zip")},

	// The environment's name.
	{name: "stage", do: replace("staging", "stage", script("#!/bin/sh\nexport APP_ENV=staging\nexec /opt/shop/web\n").(string), script("#!/bin/sh\nexport APP_ENV=stage\nexec /opt/shop/web\n").(string))},
	{name: "stg", do: replace("staging", "stg", script("#!/bin/sh\nexport APP_ENV=staging\nexec /opt/shop/web\n").(string), script("#!/bin/sh\nexport APP_ENV=stg\nexec /opt/shop/web\n").(string))},
	{name: "uat", do: replace("staging", "uat", script("#!/bin/sh\nexport APP_ENV=staging\nexec /opt/shop/web\n").(string), script("#!/bin/sh\nexport APP_ENV=uat\nexec /opt/shop/web\n").(string))},
	{name: "preprod", do: replace("staging", "preprod", script("#!/bin/sh\nexport APP_ENV=staging\nexec /opt/shop/web\n").(string), script("#!/bin/sh\nexport APP_ENV=preprod\nexec /opt/shop/web\n").(string))},
	{name: "a name of its own", do: replace("staging", "osprey", script("#!/bin/sh\nexport APP_ENV=staging\nexec /opt/shop/web\n").(string), script("#!/bin/sh\nexport APP_ENV=osprey\nexec /opt/shop/web\n").(string))},
	{name: "tag in capitals", do: replace(`"Environment":"staging"`, `"Environment":"STAGING"`)},
	{name: "name in front", do: replace("shop-staging", "staging-shop")},
	{name: "tag names it otherwise", do: replace(`"Environment":"staging"`, `"Environment":"stg"`)},

	// Order and form.
	{name: "sets in another order", do: attributes(func(_ string, v any) any { return reversed(v) })},
	{name: "rules in another order", with: set("aws_security_group.lb", "ingress", []any{
		map[string]any{"cidr_blocks": []any{"0.0.0.0/0"}, "from_port": 443, "to_port": 443, "protocol": "tcp"},
		map[string]any{"cidr_blocks": []any{"0.0.0.0/0", "198.51.100.0/24"}, "from_port": 80, "to_port": 80, "protocol": "tcp"},
	}), do: modify("aws_security_group.lb", "ingress", func(_ *state, old any) any {
		reversed(old.([]any)[1].(map[string]any)["cidr_blocks"])
		return reversed(old)
	})},
	{name: "environment variables in another order", do: container(0, func(c map[string]any) { reversed(c["environment"]) })},
	{name: "containers in another order", with: sidecar, do: containers(func(list []any) []any { return reversed(list).([]any) })},
	{name: "keys of documents in another order", with: everything, do: documents(func(s *state, doc any) string { return backwards(s.t, doc) })},
	{name: "statements in another order", with: jobsPolicy, do: statements(func(list []any) []any { return reversed(list).([]any) })},
	{name: "actions in another order", with: jobsPolicy, do: statement(0, "Action", []any{"s3:ListBucket", "s3:GetObject"})},
	{name: "one action as a list", with: jobsPolicy, do: statement(1, "Action", []any{"dynamodb:GetItem"})},
	{name: "a list of one as an action", do: assumeRole(func(s map[string]any) {
		s["Action"] = []any{"sts:AssumeRole"}
		s["Principal"] = map[string]any{"Service": []any{"lambda.amazonaws.com"}}
	})},
	{name: "one statement without a list", do: editJSON("aws_iam_role.jobs", "assume_role_policy", func(doc any) any {
		d := doc.(map[string]any)
		d["Statement"] = d["Statement"].([]any)[0]
		return d
	})},
	{name: "an empty statement id", do: assumeRole(func(s map[string]any) { s["Sid"] = "" })},
	{name: "nulls as empty texts", do: attributes(func(_ string, v any) any {
		if v == nil {
			return ""
		}
		return v
	})},
	{name: "nulls left out", do: eachInstance(func(i map[string]any) {
		for k, v := range i["attributes"].(map[string]any) {
			if v == nil {
				delete(i["attributes"].(map[string]any), k)
			}
		}
	})},
	{name: "empty texts as nulls", do: attributes(func(_ string, v any) any {
		if v == "" {
			return nil
		}
		return v
	})},
	{name: "empty lists as nulls", do: attributes(func(_ string, v any) any {
		if list, ok := v.([]any); ok && len(list) == 0 {
			return nil
		}
		return v
	})},
	{name: "false as null", do: attributes(func(_ string, v any) any {
		if v == false {
			return nil
		}
		return v
	})},
	{name: "numbers as texts", do: attributes(func(_ string, v any) any {
		if n, ok := v.(json.Number); ok {
			return n.String()
		}
		return v
	})},
	{name: "numbers as texts in documents", with: everything, do: documents(func(s *state, doc any) string {
		return string(encodeJSON(s.t, rewriteDocument(doc, func(_ string, v any) any {
			if n, ok := v.(json.Number); ok {
				return n.String()
			}
			return v
		})))
	})},
	{name: "defaults left out of documents", do: container(0, func(c map[string]any) {
		delete(c, "cpu")
		delete(c, "mountPoints")
		delete(c, "volumesFrom")
	})},
	{name: "threshold as 10.0", do: set(alarm, "threshold", json.Number("10.0"))},
	{name: "tags null", do: set(db, "tags", map[string]any{})},

	// The file.
	{name: "resources in another order", do: func(s *state) { reversed(s.resources()) }},
	{name: "instances in another order", do: blocks(func(_ int, r map[string]any) { reversed(r["instances"]) })},
	{name: "indented", do: func(s *state) {
		var err error
		s.raw, err = json.MarshalIndent(s.doc, "", "    ")
		require.NoError(s.t, err)
	}},
	{name: "serial, lineage, outputs", do: func(s *state) {
		s.doc["serial"], s.doc["lineage"], s.doc["outputs"] = 1, "00000000-0000-0000-0000-000000000000", map[string]any{}
	}},
	{name: "private data and dependencies", do: eachInstance(func(i map[string]any) {
		i["private"], i["create_before_destroy"] = "bnVsbA==", true
		delete(i, "dependencies")
	})},
	{name: "a data source", do: func(s *state) {
		s.doc["resources"] = append(s.resources(), map[string]any{
			"mode": "data", "type": "aws_caller_identity", "name": "current",
			"provider":  `provider["registry.terraform.io/hashicorp/aws"]`,
			"instances": []any{map[string]any{"schema_version": 0, "attributes": map[string]any{"account_id": "123456789012", "id": "123456789012"}}},
		})
	}},

	// Addresses.
	{name: "one block renamed", do: rename(db, "primary")},
	{name: "blocks renamed", do: renamed},
	{name: "a role renamed", do: do(rename("aws_iam_role.jobs", "tasks"), replace("role/shop-staging-jobs", "role/shop-staging-tasks"),
		set("aws_iam_role.tasks", "name", "shop-staging-tasks"), set("aws_iam_role.tasks", "id", "shop-staging-tasks"))},
	{name: "blocks and things renamed", do: do(renamed, replace("shop-staging-web", "shop-staging-frontend", "shop-staging-api", "shop-staging-backend",
		"function:shop-staging-jobs", "function:shop-staging-tasks", "shop-staging-worker", "shop-staging-consumer", "shop-staging-sessions", "shop-staging-visits",
		"shop-staging-alerts", "shop-staging-notify", "shop-staging-data", "shop-staging-storage", "shop-staging-app", "shop-staging-servers"),
		set("aws_lambda_function.tasks", "function_name", "shop-staging-tasks"), set("aws_lambda_function.tasks", "id", "shop-staging-tasks"))},
	{name: "keys instead of indices", do: do(
		byKey(worker, func(n int) string { return fmt.Sprintf("worker-%c", 'a'+n) }),
		byKey("aws_subnet.private", func(n int) string { return fmt.Sprintf("us-east-1%c", 'a'+n) }),
		byKey("aws_nat_gateway.main", func(n int) string { return fmt.Sprintf("us-east-1%c", 'a'+n) }))},
	{name: "keys with the environment's name", do: do(
		rekey(`aws_ssm_parameter.flags["dark_mode"]`, "staging-dark_mode"),
		rekey(`aws_ssm_parameter.flags["fast_search"]`, "staging-fast_search"),
		rekey(`aws_ssm_parameter.flags["new_checkout"]`, "staging-new_checkout"))},
	{name: "blocks with the environment's name", do: do(rename(db, "staging"), rename(cache, "staging_main"), rename(jobs, "jobs_staging"))},

	{name: "members numbered otherwise", do: do(rekey(worker+"[1]", 7), replace("worker-1", "worker-7"))},

	// Within the scale.
	{name: "two cache nodes are a quorum", with: threeNodes, do: set(cache, "num_cache_clusters", 2)},
	{name: "bounds and capacity near the scale", do: do(set(web, "max_size", 9), set("aws_dynamodb_table.sessions", "read_capacity", 45), set(jobs, "reserved_concurrent_executions", 6))},
	{name: "storage near the scale", do: set(db, "allocated_storage", 160)},
	{name: "database version that is asked for in short", do: set(db, "engine_version", "15")},
	{name: "workers in other zones", do: func(s *state) {
		for n, zone := range []string{"us-east-1c", "us-east-1a"} {
			set(fmt.Sprintf("aws_instance.worker[%d]", n), "availability_zone", zone)(s)
			set(fmt.Sprintf("aws_instance.worker[%d]", n), "subnet_id", s.text(fmt.Sprintf("aws_subnet.private[%d]", 2-2*n), "id"))(s)
		}
	}},
}

// mutate prepares both environments, and changes the candidate.
func mutate(t testing.TB, m mutation) (base, cand *state) {
	t.Helper()
	base, cand = shop(t)
	if m.with != nil {
		m.with(base)
		m.with(cand)
	}
	if m.do != nil {
		m.do(cand)
	}
	return base, cand
}

func compare(t testing.TB, cat *catalog.Catalog, m mutation) *parity.Report {
	t.Helper()
	base, cand := mutate(t, m)
	return parity.Compare(base.snapshot(), cand.snapshot(), cat, parity.DefaultOptions())
}

// TestMutations changes one thing at a time in a true scale model of
// production: each must give the findings expected of it, and no other.
func TestMutations(t *testing.T) {
	require.GreaterOrEqual(t, len(meaningful), 80)
	require.GreaterOrEqual(t, len(meaningless), 30)
	cat := loadCatalog(t)
	expected, found, right := 0, 0, 0
	seen := map[string]bool{}
	require.Empty(t, lines(compare(t, cat, mutation{})), "without a mutation")
	run := func(m mutation) {
		require.False(t, seen[m.name], "two mutations are called %q", m.name)
		seen[m.name] = true
		t.Run(m.name, func(t *testing.T) {
			if m.with != nil {
				require.Empty(t, lines(compare(t, cat, mutation{with: m.with})), "before the mutation")
			}
			report := compare(t, cat, m)
			got := lines(report)
			expected += len(m.want)
			found += len(got)
			right += common(m.want, got)
			assert.ElementsMatch(t, m.want, got)
			sound(t, report)
		})
	}
	for _, m := range meaningful {
		require.NotEmpty(t, m.want, m.name)
		run(m)
	}
	for _, m := range meaningless {
		require.Empty(t, m.want, m.name)
		run(m)
	}
	recall, precision := float64(right)/float64(expected), float64(right)/float64(found)
	t.Logf("mutations %d (%d with a meaning), expected findings %d, recall %.3f, precision %.3f",
		len(meaningful)+len(meaningless), len(meaningful), expected, recall, precision)
	assert.InDelta(t, 1, recall, 0)
	assert.InDelta(t, 1, precision, 0)
}

// common counts the lines that are in both lists.
func common(x, y []string) int {
	n := 0
	left := map[string]int{}
	for _, s := range x {
		left[s]++
	}
	for _, s := range y {
		if left[s] > 0 {
			left[s]--
			n++
		}
	}
	return n
}

// sound checks what holds for every report of complete evidence.
func sound(t *testing.T, r *parity.Report) {
	t.Helper()
	assert.Empty(t, r.Incomplete)
	ids := map[string]bool{}
	errors := 0
	for _, f := range r.Findings {
		assert.False(t, ids[f.ID], "two findings have the id %s", f.ID)
		ids[f.ID] = true
		assert.NotEmpty(t, f.Message, "%s", f.Rule)
		assert.NotEmpty(t, f.Help, "%s", f.Rule)
		if f.Severity == parity.Error {
			errors++
		}
		rule, known := parity.RuleFor(f.Rule)
		assert.True(t, known, "%s is no rule", f.Rule)
		assert.Equal(t, rule.Dimension(), f.Dimension)
	}
	assert.Equal(t, errors, r.Summary.Error)
	assert.Equal(t, errors > 0, r.Verdict == parity.Fail, "verdict %s with %d errors", r.Verdict, errors)
}

// TestFindingIDs holds findings' ids, by which waivers and trends know them,
// against everything that may change while the finding stays.
func TestFindingIDs(t *testing.T) {
	cat := loadCatalog(t)
	id := func(m mutation) string {
		t.Helper()
		report := compare(t, cat, m)
		require.Len(t, report.Findings, 1, "%v", lines(report))
		return report.Findings[0].ID
	}
	t.Run("values", func(t *testing.T) {
		for _, c := range []struct{ one, other mutation }{
			{one: mutation{do: set(db, "engine_version", "14.11")}, other: mutation{do: set(db, "engine_version", "16.1")}},
			{one: mutation{do: set(db, "port", 5433)}, other: mutation{do: set(db, "port", 15432)}},
			{one: mutation{do: environment("DB_POOL", constant("5"))}, other: mutation{do: environment("DB_POOL", constant("6"))}},
			{one: mutation{do: set(jobs, "environment.0.variables.RATE_LIMIT", "1")}, other: mutation{do: set(jobs, "environment.0.variables.RATE_LIMIT", "2")}},
			{one: mutation{do: set("aws_cloudwatch_log_group.web", "retention_in_days", 7)}, other: mutation{do: set("aws_cloudwatch_log_group.web", "retention_in_days", 365)}},
			{
				one:   mutation{do: set("aws_security_group.lb", "ingress.0.cidr_blocks", []any{"192.0.2.0/24"})},
				other: mutation{do: set("aws_security_group.lb", "ingress.0.cidr_blocks", []any{"198.51.100.0/24", "203.0.113.0/24"})},
			},
			{one: mutation{do: set(worker, "ami", "ami-03cf127a")}, other: mutation{do: set(worker+"[1]", "ami", "ami-11111111")}},
			{one: mutation{do: set("aws_ecs_service.api", "desired_count", 2)}, other: mutation{do: set("aws_ecs_service.api", "desired_count", 9)}},
			{one: mutation{with: jobsPolicy, do: statement(0, "Action", []any{"s3:GetObject"})}, other: mutation{with: jobsPolicy, do: statement(0, "Action", "s3:*")}},
		} {
			assert.Equal(t, id(c.one), id(c.other))
		}
	})
	t.Run("noise", func(t *testing.T) {
		if testing.Short() {
			t.Skip("compares every mutation twice")
		}
		noise := do(
			replaceRegexp(`\b(subnet|sg|vpc|eipalloc|eni|i|vol|lt|nat|igw|rtb|rtbassoc|acl)-[0-9a-f]{17}\b`, rehash),
			replace("10.20.", "172.30."),
			func(s *state) { reversed(s.resources()) })
		ids := func(r *parity.Report) (out []string) {
			for i := range r.Findings {
				out = append(out, r.Findings[i].ID+" "+line(&r.Findings[i]))
			}
			return out
		}
		for _, m := range meaningful {
			assert.Equal(t, ids(compare(t, cat, m)), ids(compare(t, cat, mutation{with: m.with, do: do(noise, m.do)})), "%s", m.name)
		}
	})
}

// TestSameBytes compares twenty times what differs in many ways.
func TestSameBytes(t *testing.T) {
	cat := loadCatalog(t)
	all := mutation{with: everything, do: func(s *state) {
		for _, name := range []string{
			"database engine version", "machine image of one worker", "two web servers", "no cache", "flag missing",
			"rule more", "one statement less", "environment variable of a container missing", "a function more", "tag", "alarm missing",
			"container uses production's topic", "password of production", "tainted",
		} {
			for _, m := range meaningful {
				if m.name == name {
					m.do(s)
				}
			}
		}
	}}
	var first []byte
	for range 20 {
		report, err := json.MarshalIndent(compare(t, cat, all), "", "  ")
		require.NoError(t, err)
		if first == nil {
			first = report
		}
		require.Equal(t, string(first), string(report))
	}
	require.Greater(t, strings.Count(string(first), `"rule"`), 10)
}

// canaries puts secrets where people and providers leave them, different in
// each environment.
func canaries(s *state) (planted []string) {
	secret := func(where string) string {
		text := "Canary-" + where + "-7Q2x-" + s.env
		planted = append(planted, text)
		return text
	}
	marked := secret("marked")
	set(jobs, "environment.0.variables.FEED_AUTH", marked)(s)
	s.instances(jobs)[0]["sensitive_attributes"] = []any{[]any{
		map[string]any{"type": "get_attr", "value": "environment"},
		map[string]any{"type": "index", "value": map[string]any{"value": 0, "type": "number"}},
		map[string]any{"type": "get_attr", "value": "variables"},
		map[string]any{"type": "index", "value": map[string]any{"value": "FEED_AUTH", "type": "string"}},
	}}
	environment("DATABASE_URL", constant("postgres://shop:"+secret("url")+"@db.example.com:5432/shop"))(s)
	environment("STRIPE_SECRET_KEY", constant(secret("named")))(s)
	environment("OPTIONS", constant("--verbose --password="+secret("option")+" --colour"))(s)
	container(0, func(c map[string]any) { c["command"] = []any{"serve", "--token", secret("argument")} })(s)
	environment("DSN_TEXT", constant("Server=db.example.com;User Id=shop;Password="+secret("dsn")+";Pooling=true"))(s)
	environment("SETTINGS", constant(`{"mail":{"user":"shop","password":"`+secret("nested")+`"}}`))(s)
	environment("HEADERS", constant("Authorization: Bearer "+secret("bearer")))(s)
	add("aws_secretsmanager_secret_version.mail", map[string]any{"id": "mail-ENV", "secret_id": "mail-ENV", "secret_string": `{"user":"shop","key":"` + secret("managed") + `"}`})(s)
	set("aws_launch_template.web", "user_data", script("#!/bin/sh\nexport APP_ENV="+s.env+"\nexport DB_PASSWORD="+secret("script")+"\nexport API_TOKEN='"+secret("quoted")+"'\npassword: "+secret("yaml")+"\nexec /opt/shop/web\n"))(s)
	secure := secret("secure")
	set("aws_ssm_parameter.db_password", "value", secure)(s)
	jobsPolicy(s)
	statement(1, "Condition", map[string]any{"StringEquals": map[string]any{
		"aws:RequestTag/api_token": secret("policy"), "aws:RequestTag/note": "as in " + secure,
	}})(s)
	// Unmarked, and equal to what is marked elsewhere.
	tag(balance, "Note", marked)(s)
	give("aws_ecs_service.api", "tags_all.Hint", "login with "+secure)(s)
	set("aws_security_group.app", "ingress.0.description", "shared with "+secure)(s)
	environment("COPY", constant(marked))(s)
	return planted
}

// TestSecretsStayInside looks for the fixtures' passwords and for planted
// secrets in all that leaves the package.
func TestSecretsStayInside(t *testing.T) {
	cat := loadCatalog(t)
	secrets := []string{"prod-Sup3r-s3cret!", "stag-0ther-s3cret!"}
	check := func(t *testing.T, base, cand *state, secrets []string) {
		t.Helper()
		b, c := base.snapshot(), cand.snapshot()
		look := func(what string, data []byte) {
			t.Helper()
			for _, s := range secrets {
				assert.False(t, bytes.Contains(data, []byte(s)), "%s shows %s", what, s)
				for shift := range 3 { // the middle of it as base64 has it, wherever it begins
					text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + s))
					assert.False(t, bytes.Contains(data, []byte(text[4:len(text)-4])), "%s shows %s in base64", what, s)
				}
			}
		}
		save := func(what string, snap *parity.Snapshot) {
			t.Helper()
			var out bytes.Buffer
			require.NoError(t, source.Write(&out, snap))
			look(what, out.Bytes())
		}
		r := parity.Compare(b, c, cat, parity.DefaultOptions())
		for _, format := range report.Formats() {
			var out bytes.Buffer
			require.NoError(t, report.For(format)(&out, r, report.Style{All: true}))
			look("the report as "+format, out.Bytes())
		}
		save("the baseline's snapshot", b)
		save("the candidate's snapshot", c)
	}
	t.Run("fixtures", func(t *testing.T) {
		base, cand := shop(t)
		check(t, base, cand, secrets)
	})
	t.Run("a snapshot alone", func(t *testing.T) {
		_, cand := shop(t)
		all := append(canaries(cand), secrets...)
		snap := cand.snapshot()
		snap.Seal(cat)
		var out bytes.Buffer
		require.NoError(t, source.Write(&out, snap))
		for _, s := range all {
			assert.False(t, bytes.Contains(out.Bytes(), []byte(s)), "the snapshot shows %s", s)
		}
	})
	t.Run("canaries", func(t *testing.T) {
		base, cand := shop(t)
		all := append(append(secrets, canaries(base)...), canaries(cand)...)
		check(t, base, cand, all)
	})
	t.Run("canaries missing in the candidate", func(t *testing.T) {
		base, cand := shop(t)
		check(t, base, cand, append(secrets, canaries(base)...))
	})
	t.Run("canaries missing in the baseline", func(t *testing.T) {
		base, cand := shop(t)
		check(t, base, cand, append(secrets, canaries(cand)...))
	})
	t.Run("one's secret open in the other", func(t *testing.T) {
		base, cand := shop(t)
		all := append(secrets, canaries(base)...)
		tag(balance, "Note", all[len(all)-1])(cand)
		tag(balance, "Other", "prod-Sup3r-s3cret!")(cand)
		tag(db, "Old", "stag-0ther-s3cret!")(base)
		check(t, base, cand, all)
	})
}
