package catalog

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// kindPatterns guess a type's kind from its name; the first match wins.
var kindPatterns = []struct {
	kind  string
	scale Scale
	re    *lazyregexp.Regexp
}{
	{"utility", NotCounted, lazyregexp.New(`^(random|null|time|tls|local|archive|template|external|http|terraform)_`)},
	{"alarm", NotCounted, lazyregexp.New(`alarm|alert|monitor_|_monitor$`)},
	{"dashboard", NotCounted, lazyregexp.New(`dashboard`)},
	{"health_check", NotCounted, lazyregexp.New(`health_check|uptime_check`)},
	{"attachment", NotCounted, lazyregexp.New(`attachment$|association$|_binding$|_member$|_membership$`)},
	{"policy", NotCounted, lazyregexp.New(`polic(y|ies)$|autoscaler$|schedule$`)},
	{"log", NotCounted, lazyregexp.New(`_log_|_logs?$|logging|flow_log`)},
	{"parameter_group", NotCounted, lazyregexp.New(`(parameter|option)_group|_configuration$`)},
	{"subnet_group", NotCounted, lazyregexp.New(`subnet_group`)},
	{"nat", Fixed, lazyregexp.New(`nat_gateway|_nat$`)},
	{"subnet", Fixed, lazyregexp.New(`subnet(work)?$`)},
	{"firewall", NotCounted, lazyregexp.New(`security_group|firewall|network_acl|_ingress|_egress`)},
	{"target", NotCounted, lazyregexp.New(`target_group|listener|backend_service|backend_pool|url_map|forwarding_rule`)},
	{"balancer", NotCounted, lazyregexp.New(`_lb$|_alb$|_elb$|load_?balancer|application_gateway`)},
	{"template", NotCounted, lazyregexp.New(`launch_template|launch_configuration|task_definition|instance_template`)},
	{"database", Quorum, lazyregexp.New(`(rds|db|database|sql|docdb|neptune|redshift|aurora|postgres\w*|mysql|mariadb|spanner|cosmosdb|mongo\w*)_(\w+_)?(instance|cluster|server|account|node)s?$`)},
	{"cache", Quorum, lazyregexp.New(`redis|memcache|elasticache|memorydb|_cache$|dax_cluster`)},
	{"search", Quorum, lazyregexp.New(`opensearch|elasticsearch`)},
	{"stream", NotCounted, lazyregexp.New(`kinesis|kafka|msk|eventhub|_stream$`)},
	{"topic", NotCounted, lazyregexp.New(`topic`)},
	{"queue", NotCounted, lazyregexp.New(`queue|subscription|_mq_|rabbitmq|servicebus`)},
	{"function", NotCounted, lazyregexp.New(`lambda_function|cloudfunctions|function_app|_function$`)},
	{"cluster", NotCounted, lazyregexp.New(`(ecs|eks|container|kubernetes)_cluster$`)},
	{"compute", Proportional, lazyregexp.New(`_instance$|_instances$|autoscaling_group|instance_group_manager|scale_set|virtual_machine|_service$|_node_group$|node_pool|_deployment$|_droplet$|_server$`)},
	{"storage", NotCounted, lazyregexp.New(`bucket$|storage_account|_volume$|_disk$|_table$`)},
	{"filesystem", NotCounted, lazyregexp.New(`file_system|_efs_|_fsx_|filestore`)},
	{"secret", NotCounted, lazyregexp.New(`secret`)},
	{"parameter", NotCounted, lazyregexp.New(`parameter|app_?config|_config_map|_variable$`)},
	{"certificate", NotCounted, lazyregexp.New(`certificate|_acm_`)},
	{"identity", NotCounted, lazyregexp.New(`_iam_|_role$|_user$|service_account|managed_identity`)},
	{"key", NotCounted, lazyregexp.New(`_kms_|_key$|key_vault`)},
	{"address", NotCounted, lazyregexp.New(`_eip$|public_ip|_address$|network_interface`)},
	{"dns", NotCounted, lazyregexp.New(`route53|dns_|_record$|_zone$`)},
	{"cdn", NotCounted, lazyregexp.New(`cloudfront|_cdn_`)},
	{"api", NotCounted, lazyregexp.New(`api_?gateway|apigateway|_api$|appsync`)},
	{"network", NotCounted, lazyregexp.New(`vpc|network|route|gateway|_vnet`)},
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
	re     *lazyregexp.Regexp
}{
	{Aspect{Kind: Identity}, lazyregexp.New(`^(id|arn|arns|self_link|etag|fingerprint|unique_id|uid|name|name_prefix|\w+_name_prefix|identifier|\w*identifier_prefix|timeouts|description|comment|creation_\w+|created_\w+|create_\w*(date|time)|last_\w+|updated_\w+|modified_\w+|\w+_timestamp|status|state|owner_id|account_id|hostname|fqdn|dns_name|endpoint|\w+_endpoint|\w*private_ip\w*|\w*public_ip\w*|ip_address|mac_address|apply_immediately|skip_\w+|force_\w+|wait_for_\w+|\w*(maintenance|backup|snapshot)_window|final_snapshot_\w+|triggers|keepers|repo_id|node_id|resource_version|generation|code_sha256)$`)},
	{Aspect{Kind: Secret}, lazyregexp.New(`^(\w*password|\w*passwd|\w*passphrase|\w*secret|\w*secret_(key|string|value|binary)|\w*private_key(_pem|_openssh)?|\w*auth_token|\w*access_token|\w*api_key|token|\w*credentials|\w*connection_string)$`)},
	{Aspect{Kind: Setting, Detail: "tag"}, lazyregexp.New(`^(tags|tags_all|labels|volume_tags|\w+_tags)$`)},
	{Aspect{Kind: Setting, Detail: "opaque"}, lazyregexp.New(`^(\w*_(hash|checksum|sha1|sha256|md5)|source_hash|content_base64)$`)},
	{Aspect{Kind: Version, Detail: "release"}, lazyregexp.New(`^(source_code_hash|s3_key|s3_object_version|image_uri|app_version|release|git_commit|commit)$`)},
	{Aspect{Kind: Version, Detail: "image"}, lazyregexp.New(`^(ami|image|image_id|ami_id|image_name|docker_image|source_image|boot_image|image_tag)$`)},
	{Aspect{Kind: Version, Detail: "runtime"}, lazyregexp.New(`^(\w*runtime|\w*runtimes|solution_stack_name)$`)},
	{Aspect{Kind: Version, Detail: "platform"}, lazyregexp.New(`^(platform|platform_version|kubernetes_version|release_label|ami_type|os_type)$`)},
	{Aspect{Kind: Version, Detail: "engine"}, lazyregexp.New(`^(engine|\w*engine_version|database_version|\w*_version|version)$`)},
	{Aspect{Kind: Setting, Detail: "environment"}, lazyregexp.New(`^(environment|environment_variables|env|env_vars|app_settings|variables)$`)},
	{Aspect{Kind: Setting, Detail: "policy"}, lazyregexp.New(`^(\w*policy|policy_document|\w+_policy_json)$`)},
	{Aspect{Kind: Setting, Detail: "script"}, lazyregexp.New(`^(user_data|user_data_base64|startup_script|custom_data|metadata_startup_script)$`)},
	{Aspect{Kind: Size, Detail: "machine"}, lazyregexp.New(`^(instance_type|instance_class|node_type|machine_type|vm_size|\w*instance_size\w*|sku_name|\w*_instance_type|\w*node_class|tier)$`)},
	{Aspect{Kind: Size, Detail: "storage"}, lazyregexp.New(`^(allocated_storage|\w*volume_size|\w*disk_size\w*|storage_size\w*|size_gb|storage_gb|\w*storage_capacity|max_allocated_storage|\w*size_in_gb\w*)$`)},
	{Aspect{Kind: Size, Detail: "amount"}, lazyregexp.New(`^(cpu|memory|memory_size|memory_mb|vcpus?|ram|\w*memory_limit\w*|\w*cpu_limit\w*)$`)},
	{Aspect{Kind: Count, Detail: "bound"}, lazyregexp.New(`^(min_size|max_size|min_capacity|max_capacity|min_count|max_count|minimum_\w*(count|size|capacity)|maximum_\w*(count|size|capacity)|min_replicas|max_replicas|\w*_min_capacity|\w*_max_capacity)$`)},
	{Aspect{Kind: Count, Detail: "members"}, lazyregexp.New(`^(desired_\w*|\w*node_count|\w*instance_count|\w*replica_count|number_of_\w*nodes|num_nodes|num_cache_\w+|replicas|count|target_size|task_count)$`)},
	{Aspect{Kind: Count, Detail: "capacity"}, lazyregexp.New(`^(\w*_capacity|\w*capacity_units|shard_count|shards|iops|\w*throughput|\w*concurrency|reserved_concurrent_executions|partitions|partition_count)$`)},
	{Aspect{Kind: Placement, Detail: "zone"}, lazyregexp.New(`^(\w*availability_zones?|availability_zone_id|zones?)$`)},
	{Aspect{Kind: Placement, Detail: "standby"}, lazyregexp.New(`^(multi_az\w*|\w*failover_enabled|zone_redundant\w*|high_availability\w*|availability_type)$`)},
	{Aspect{Kind: Placement}, lazyregexp.New(`^(region|location|\w*cidr_block|outpost_arn|address_space|address_prefixes)$`)},
	{Aspect{Kind: Monitoring, Detail: "retention", Stronger: "higher-or-zero"}, lazyregexp.New(`^(retention_in_days|log_retention\w*|retention_days)$`)},
	{Aspect{Kind: Monitoring, Detail: "health-check"}, lazyregexp.New(`^(health_check|health_check_\w+|healthcheck|liveness_probe|readiness_probe|probe)$`)},
	{Aspect{Kind: Monitoring, Detail: "metrics"}, lazyregexp.New(`^(\w*monitoring\w*|performance_insights_enabled|\w*metrics_enabled|enhanced_monitoring|enabled_metrics)$`)},
	{Aspect{Kind: Monitoring, Detail: "log-group"}, lazyregexp.New(`^(access_logs?|\w*logging\w*|\w*log_configuration|enabled_cloudwatch_logs_exports|\w*logs_exports\w*)$`)},
	{Aspect{Kind: Reference}, lazyregexp.New(`(_id|_ids|_arn|_arns|_link|_links)$|^(subnets|security_groups|role|\w+_role|bucket|queue_url|cluster|vpc|network|subnetwork|\w*subnet_group\w*|\w*parameter_group\w*|\w*option_group\w*|function_name|target_group|load_balancer\w*|kms_key|topic|\w*_role_name|log_group_name|destination\w*)$`)},
}

// guessAspect reads an aspect off the names in a path: the last that says
// something, so that "health_check.path" is monitoring and "a.ami" an image.
func guessAspect(t *Type, path string) Aspect {
	nested := strings.Contains(path, ".")
	for p := path; p != ""; p = parent(p) {
		if g := guessByName(p[strings.LastIndexByte(p, '.')+1:], nested); g != nil {
			return *g
		}
	}
	return fallback(t)
}

// guessed is what guessByName said; many types have attributes of one name.
var guessed struct {
	sync.Map
	count atomic.Int32
}

// guessByName is what an attribute's name says of it, or of what is below it; nil
// where it says nothing.
func guessByName(name string, nested bool) *Aspect {
	type question struct {
		name   string
		nested bool
	}
	if g, ok := guessed.Load(question{name, nested}); ok {
		return g.(*Aspect)
	}
	var found *Aspect
	for i := range attributePatterns {
		g := &attributePatterns[i]
		// Only a resource's own attributes name it; further down a name
		// or a status is a setting like any other.
		if g.re.MatchString(name) && !(g.aspect.Kind == Identity && nested && name != "description" && name != "comment") {
			found = &g.aspect
			break
		}
	}
	if guessed.count.Add(1) <= maxMemos {
		guessed.Store(question{name, nested}, found)
	}
	return found
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
