package catalog

import (
	"slices"
	"strings"
	"sync"

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

// attributeNames guess an aspect from the last name of a path; the first line that has it
// counts. A * stands for letters, digits and underscores.
var attributeNames = []struct {
	aspect Aspect
	names  string
}{
	{Aspect{Kind: Identity}, `
		id arn arns self_link etag fingerprint unique_id uid name name_prefix *_name_prefix identifier
		*identifier_prefix timeouts description comment creation_* created_* create_*date create_*time last_*
		updated_* modified_* *_timestamp status state owner_id account_id hostname fqdn dns_name endpoint
		*_endpoint *private_ip* *public_ip* ip_address mac_address apply_immediately skip_* force_* wait_for_*
		*maintenance_window *backup_window *snapshot_window final_snapshot_* triggers keepers repo_id node_id
		resource_version generation code_sha256
	`},
	{Aspect{Kind: Secret}, `
		*password *passwd *passphrase *secret *secret_key *secret_string *secret_value *secret_binary
		*private_key_pem *private_key_openssh *private_key *auth_token *access_token *api_key token *credentials
		*connection_string
	`},
	{Aspect{Kind: Setting, Detail: "tag"}, "tags tags_all labels volume_tags *_tags"},
	{Aspect{Kind: Setting, Detail: "opaque"}, "*_hash *_checksum *_sha1 *_sha256 *_md5 source_hash content_base64"},
	{Aspect{Kind: Version, Detail: "release"}, "s3_key s3_object_version image_uri app_version release git_commit commit"},
	{Aspect{Kind: Version, Detail: "image"}, "ami image image_id ami_id image_name docker_image source_image boot_image image_tag"},
	{Aspect{Kind: Version, Detail: "runtime"}, "*runtime *runtimes solution_stack_name"},
	{Aspect{Kind: Version, Detail: "platform"}, "platform platform_version kubernetes_version release_label ami_type os_type"},
	{Aspect{Kind: Version, Detail: "engine"}, "engine *engine_version database_version *_version version"},
	{Aspect{Kind: Setting, Detail: "environment"}, "environment environment_variables env env_vars app_settings variables"},
	{Aspect{Kind: Setting, Detail: "policy"}, "*policy policy_document *_policy_json"},
	{Aspect{Kind: Setting, Detail: "script"}, "user_data user_data_base64 startup_script custom_data metadata_startup_script"},
	{Aspect{Kind: Size, Detail: "machine"}, `
		instance_type instance_class node_type machine_type vm_size *instance_size* sku_name *_instance_type
		*node_class tier
	`},
	{Aspect{Kind: Size, Detail: "storage"}, `
		allocated_storage *volume_size *disk_size* storage_size* size_gb storage_gb *storage_capacity
		max_allocated_storage *size_in_gb*
	`},
	{Aspect{Kind: Size, Detail: "amount"}, "cpu memory memory_size memory_mb vcpus vcpu ram *memory_limit* *cpu_limit*"},
	{Aspect{Kind: Count, Detail: "bound"}, `
		min_size max_size min_capacity max_capacity min_count max_count minimum_*count minimum_*size
		minimum_*capacity maximum_*count maximum_*size maximum_*capacity min_replicas max_replicas *_min_capacity
		*_max_capacity
	`},
	{Aspect{Kind: Count, Detail: "members"}, `
		desired_* *node_count *instance_count *replica_count number_of_*nodes num_nodes num_cache_* replicas
		count target_size task_count
	`},
	{Aspect{Kind: Count, Detail: "capacity"}, `
		*_capacity *capacity_units shard_count shards iops *throughput *concurrency
		reserved_concurrent_executions partitions partition_count
	`},
	{Aspect{Kind: Placement, Detail: "zone"}, "*availability_zones *availability_zone availability_zone_id zones zone"},
	{Aspect{Kind: Placement, Detail: "standby"}, "multi_az* *failover_enabled zone_redundant* high_availability* availability_type"},
	{Aspect{Kind: Placement}, "region location *cidr_block outpost_arn address_space address_prefixes"},
	{Aspect{Kind: Monitoring, Detail: "retention", Stronger: "higher-or-zero"}, "retention_in_days log_retention* retention_days"},
	{Aspect{Kind: Monitoring, Detail: "health-check"}, "health_check health_check_* healthcheck liveness_probe readiness_probe probe"},
	{Aspect{Kind: Monitoring, Detail: "metrics"}, "*monitoring* performance_insights_enabled *metrics_enabled enhanced_monitoring enabled_metrics"},
	{Aspect{Kind: Monitoring, Detail: "log-group"}, "access_logs access_log *logging* *log_configuration enabled_cloudwatch_logs_exports *logs_exports*"},
	{Aspect{Kind: Reference}, `
		subnets security_groups role *_role bucket queue_url cluster vpc network subnetwork *subnet_group*
		*parameter_group* *option_group* function_name target_group load_balancer* kms_key topic *_role_name
		log_group_name destination*
	`},
}

// referenceEnds are what names of references end with, if they are none of attributeNames.
var referenceEnds = []string{"_id", "_ids", "_arn", "_arns", "_link", "_links"}

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

// guessByName is what an attribute's name says of it, or of what is below it; nil
// where it says nothing.
func guessByName(name string, nested bool) *Aspect {
	for i, names := range attributePatterns() {
		g := &attributeNames[i].aspect
		// Only a resource's own attributes name it; further down a name
		// or a status is a setting like any other.
		if names.have(name) && !(g.Kind == Identity && nested && name != "description" && name != "comment") {
			return g
		}
	}
	if slices.ContainsFunc(referenceEnds, func(end string) bool { return strings.HasSuffix(name, end) }) {
		return &Aspect{Kind: Reference}
	}
	return nil
}

// attributePatterns are attributeNames, taken apart.
var attributePatterns = sync.OnceValue(func() []patterns {
	all := make([]patterns, len(attributeNames))
	for i, line := range attributeNames {
		all[i] = patterns{whole: map[string]bool{}}
		for name := range strings.FieldsSeq(line.names) {
			parts := strings.Split(name, "*")
			switch len(parts) {
			case 1:
				all[i].whole[name] = true
			case 2:
				all[i].parts = append(all[i].parts, [3]string{parts[0], "", parts[1]})
			default:
				all[i].parts = append(all[i].parts, [3]string(parts))
			}
		}
	}
	return all
})

// patterns are names that are told whole, and others by what they begin with, what
// they hold, and what they end with.
type patterns struct {
	whole map[string]bool
	parts [][3]string
}

func (p patterns) have(name string) bool {
	return p.whole[name] || slices.ContainsFunc(p.parts, func(parts [3]string) bool {
		rest, ok := strings.CutPrefix(name, parts[0])
		if ok {
			rest, ok = strings.CutSuffix(rest, parts[2])
		}
		return ok && strings.Contains(rest, parts[1]) && !strings.ContainsFunc(rest, noWord)
	})
}

// noWord reports whether a character is none of those that a * stands for.
func noWord(c rune) bool {
	return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
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
