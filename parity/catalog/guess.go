package catalog

import (
	"regexp"
	"strings"
)

// kindPatterns guess a type's kind from its name; the first match wins.
var kindPatterns = []struct {
	kind  string
	scale Scale
	re    *regexp.Regexp
}{
	{"utility", NotCounted, regexp.MustCompile(`^(random|null|time|tls|local|archive|template|external|http|terraform)_`)},
	{"alarm", NotCounted, regexp.MustCompile(`alarm|alert|monitor_|_monitor$`)},
	{"dashboard", NotCounted, regexp.MustCompile(`dashboard`)},
	{"health_check", NotCounted, regexp.MustCompile(`health_check|uptime_check`)},
	{"attachment", NotCounted, regexp.MustCompile(`attachment$|association$|_binding$|_member$|_membership$`)},
	{"policy", NotCounted, regexp.MustCompile(`polic(y|ies)$|autoscaler$|schedule$`)},
	{"log", NotCounted, regexp.MustCompile(`_log_|_logs?$|logging|flow_log`)},
	{"parameter_group", NotCounted, regexp.MustCompile(`(parameter|option)_group|_configuration$`)},
	{"subnet_group", NotCounted, regexp.MustCompile(`subnet_group`)},
	{"nat", Fixed, regexp.MustCompile(`nat_gateway|_nat$`)},
	{"subnet", Fixed, regexp.MustCompile(`subnet(work)?$`)},
	{"firewall", NotCounted, regexp.MustCompile(`security_group|firewall|network_acl|_ingress|_egress`)},
	{"target", NotCounted, regexp.MustCompile(`target_group|listener|backend_service|backend_pool|url_map|forwarding_rule`)},
	{"balancer", NotCounted, regexp.MustCompile(`_lb$|_alb$|_elb$|load_?balancer|application_gateway`)},
	{"template", NotCounted, regexp.MustCompile(`launch_template|launch_configuration|task_definition|instance_template`)},
	{"database", Quorum, regexp.MustCompile(`(rds|db|database|sql|docdb|neptune|redshift|aurora|postgres\w*|mysql|mariadb|spanner|cosmosdb|mongo\w*)_(\w+_)?(instance|cluster|server|account|node)s?$`)},
	{"cache", Quorum, regexp.MustCompile(`redis|memcache|elasticache|memorydb|_cache$|dax_cluster`)},
	{"search", Quorum, regexp.MustCompile(`opensearch|elasticsearch`)},
	{"stream", NotCounted, regexp.MustCompile(`kinesis|kafka|msk|eventhub|_stream$`)},
	{"topic", NotCounted, regexp.MustCompile(`topic`)},
	{"queue", NotCounted, regexp.MustCompile(`queue|subscription|_mq_|rabbitmq|servicebus`)},
	{"function", NotCounted, regexp.MustCompile(`lambda_function|cloudfunctions|function_app|_function$`)},
	{"cluster", NotCounted, regexp.MustCompile(`(ecs|eks|container|kubernetes)_cluster$`)},
	{"compute", Proportional, regexp.MustCompile(`_instance$|_instances$|autoscaling_group|instance_group_manager|scale_set|virtual_machine|_service$|_node_group$|node_pool|_deployment$|_droplet$|_server$`)},
	{"storage", NotCounted, regexp.MustCompile(`bucket$|storage_account|_volume$|_disk$|_table$`)},
	{"filesystem", NotCounted, regexp.MustCompile(`file_system|_efs_|_fsx_|filestore`)},
	{"secret", NotCounted, regexp.MustCompile(`secret`)},
	{"parameter", NotCounted, regexp.MustCompile(`parameter|app_?config|_config_map|_variable$`)},
	{"certificate", NotCounted, regexp.MustCompile(`certificate|_acm_`)},
	{"identity", NotCounted, regexp.MustCompile(`_iam_|_role$|_user$|service_account|managed_identity`)},
	{"key", NotCounted, regexp.MustCompile(`_kms_|_key$|key_vault`)},
	{"address", NotCounted, regexp.MustCompile(`_eip$|public_ip|_address$|network_interface`)},
	{"dns", NotCounted, regexp.MustCompile(`route53|dns_|_record$|_zone$`)},
	{"cdn", NotCounted, regexp.MustCompile(`cloudfront|_cdn_`)},
	{"api", NotCounted, regexp.MustCompile(`api_?gateway|apigateway|_api$|appsync`)},
	{"network", NotCounted, regexp.MustCompile(`vpc|network|route|gateway|_vnet`)},
}

// guessType is what can be said of a type that no catalogue file names.
func guessType(name string) *Type {
	t := &Type{Name: name, Kind: "part"}
	for _, p := range kindPatterns {
		if p.re.MatchString(name) {
			t.Kind, t.Scale = p.kind, p.scale
			break
		}
	}
	return t
}

// attributePatterns guess an aspect from the last name of a path.
var attributePatterns = []struct {
	aspect Aspect
	re     *regexp.Regexp
}{
	{Aspect{Kind: Identity}, regexp.MustCompile(`^(id|arn|arns|self_link|etag|fingerprint|unique_id|uid|name|name_prefix|\w+_name_prefix|identifier|\w*identifier_prefix|timeouts|description|comment|creation_\w+|created_\w+|create_\w*(date|time)|last_\w+|updated_\w+|modified_\w+|\w+_timestamp|status|state|owner_id|account_id|hostname|fqdn|dns_name|endpoint|\w+_endpoint|\w*private_ip\w*|\w*public_ip\w*|ip_address|mac_address|apply_immediately|skip_\w+|force_\w+|wait_for_\w+|\w*(maintenance|backup|snapshot)_window|final_snapshot_\w+|triggers|keepers|repo_id|node_id|resource_version|generation|code_sha256)$`)},
	{Aspect{Kind: Secret}, regexp.MustCompile(`^(\w*password|\w*passwd|\w*passphrase|\w*secret|\w*secret_(key|string|value|binary)|\w*private_key(_pem|_openssh)?|\w*auth_token|\w*access_token|\w*api_key|token|\w*credentials|\w*connection_string)$`)},
	{Aspect{Kind: Setting, Detail: "tag"}, regexp.MustCompile(`^(tags|tags_all|labels|volume_tags|\w+_tags)$`)},
	{Aspect{Kind: Setting, Detail: "opaque"}, regexp.MustCompile(`^(\w*_(hash|checksum|sha1|sha256|md5)|source_hash|content_base64)$`)},
	{Aspect{Kind: Version, Detail: "release"}, regexp.MustCompile(`^(source_code_hash|s3_key|s3_object_version|image_uri|app_version|release|git_commit|commit)$`)},
	{Aspect{Kind: Version, Detail: "image"}, regexp.MustCompile(`^(ami|image|image_id|ami_id|image_name|docker_image|source_image|boot_image|image_tag)$`)},
	{Aspect{Kind: Version, Detail: "runtime"}, regexp.MustCompile(`^(\w*runtime|\w*runtimes|solution_stack_name)$`)},
	{Aspect{Kind: Version, Detail: "platform"}, regexp.MustCompile(`^(platform|platform_version|kubernetes_version|release_label|ami_type|os_type)$`)},
	{Aspect{Kind: Version, Detail: "engine"}, regexp.MustCompile(`^(engine|\w*engine_version|database_version|\w*_version|version)$`)},
	{Aspect{Kind: Setting, Detail: "environment"}, regexp.MustCompile(`^(environment|environment_variables|env|env_vars|app_settings|variables)$`)},
	{Aspect{Kind: Setting, Detail: "policy"}, regexp.MustCompile(`^(\w*policy|policy_document|\w+_policy_json)$`)},
	{Aspect{Kind: Setting, Detail: "script"}, regexp.MustCompile(`^(user_data|user_data_base64|startup_script|custom_data|metadata_startup_script)$`)},
	{Aspect{Kind: Size, Detail: "machine"}, regexp.MustCompile(`^(instance_type|instance_class|node_type|machine_type|vm_size|\w*instance_size\w*|sku_name|\w*_instance_type|\w*node_class|tier)$`)},
	{Aspect{Kind: Size, Detail: "storage"}, regexp.MustCompile(`^(allocated_storage|\w*volume_size|\w*disk_size\w*|storage_size\w*|size_gb|storage_gb|\w*storage_capacity|max_allocated_storage|\w*size_in_gb\w*)$`)},
	{Aspect{Kind: Size, Detail: "amount"}, regexp.MustCompile(`^(cpu|memory|memory_size|memory_mb|vcpus?|ram|\w*memory_limit\w*|\w*cpu_limit\w*)$`)},
	{Aspect{Kind: Count, Detail: "bound"}, regexp.MustCompile(`^(min_size|max_size|min_capacity|max_capacity|min_count|max_count|minimum_\w*(count|size|capacity)|maximum_\w*(count|size|capacity)|min_replicas|max_replicas|\w*_min_capacity|\w*_max_capacity)$`)},
	{Aspect{Kind: Count, Detail: "members"}, regexp.MustCompile(`^(desired_\w*|\w*node_count|\w*instance_count|\w*replica_count|number_of_\w*nodes|num_nodes|num_cache_\w+|replicas|count|target_size|task_count)$`)},
	{Aspect{Kind: Count, Detail: "capacity"}, regexp.MustCompile(`^(\w*_capacity|\w*capacity_units|shard_count|shards|iops|\w*throughput|\w*concurrency|reserved_concurrent_executions|partitions|partition_count)$`)},
	{Aspect{Kind: Placement, Detail: "zone"}, regexp.MustCompile(`^(\w*availability_zones?|availability_zone_id|zones?)$`)},
	{Aspect{Kind: Placement, Detail: "standby"}, regexp.MustCompile(`^(multi_az\w*|\w*failover_enabled|zone_redundant\w*|high_availability\w*|availability_type)$`)},
	{Aspect{Kind: Placement}, regexp.MustCompile(`^(region|location|\w*cidr_block|outpost_arn|address_space|address_prefixes)$`)},
	{Aspect{Kind: Monitoring, Detail: "retention", Stronger: "higher-or-zero"}, regexp.MustCompile(`^(retention_in_days|log_retention\w*|retention_days)$`)},
	{Aspect{Kind: Monitoring, Detail: "health-check"}, regexp.MustCompile(`^(health_check|health_check_\w+|healthcheck|liveness_probe|readiness_probe|probe)$`)},
	{Aspect{Kind: Monitoring, Detail: "metrics"}, regexp.MustCompile(`^(\w*monitoring\w*|performance_insights_enabled|\w*metrics_enabled|enhanced_monitoring|enabled_metrics)$`)},
	{Aspect{Kind: Monitoring, Detail: "log-group"}, regexp.MustCompile(`^(access_logs?|\w*logging\w*|\w*log_configuration|enabled_cloudwatch_logs_exports|\w*logs_exports\w*)$`)},
	{Aspect{Kind: Reference}, regexp.MustCompile(`(_id|_ids|_arn|_arns|_link|_links)$|^(subnets|security_groups|role|\w+_role|bucket|queue_url|cluster|vpc|network|subnetwork|\w*subnet_group\w*|\w*parameter_group\w*|\w*option_group\w*|function_name|target_group|load_balancer\w*|kms_key|topic|\w*_role_name|log_group_name|destination\w*)$`)},
}

// guessAspect reads an aspect off the names in a path: the last that says
// something, so that "health_check.path" is monitoring and "a.ami" an image.
func guessAspect(t *Type, path string) Aspect {
	for p := path; p != ""; p = parent(p) {
		last := p[strings.LastIndexByte(p, '.')+1:]
		for _, g := range attributePatterns {
			if !g.re.MatchString(last) {
				continue
			}
			// Only a resource's own attributes name it; further down a name
			// or a status is a setting like any other.
			if g.aspect.Kind == Identity && strings.Contains(path, ".") && last != "description" && last != "comment" {
				continue
			}
			return g.aspect
		}
	}
	return fallback(t)
}

// fallback is the aspect of an attribute of which nothing is known.
func fallback(t *Type) Aspect {
	switch t.Kind {
	case "utility":
		return Aspect{Kind: Identity}
	case "parameter", "parameter_group":
		return Aspect{Kind: Setting, Detail: "parameter"}
	}
	return Aspect{Kind: Setting}
}
