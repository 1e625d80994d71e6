package parity_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/stategen"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/source"
)

// generated is a large pair of states and what differs between them.
type generated struct {
	base, cand []byte
	changes    []stategen.Change
	cat        *catalog.Catalog
}

func generate(t testing.TB, copies int, changed float64) generated {
	t.Helper()
	template, err := os.ReadFile("../testdata/shop/production.tfstate")
	require.NoError(t, err)
	var base, cand bytes.Buffer
	changes, err := stategen.Generate(template, stategen.Options{Copies: copies, Changed: changed}, &base, &cand)
	require.NoError(t, err)
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors(), diags.Error())
	return generated{base.Bytes(), cand.Bytes(), changes, cat}
}

func (g generated) read(t testing.TB) (base, cand *parity.Snapshot) {
	t.Helper()
	base, err := source.Read("production", bytes.NewReader(g.base))
	require.NoError(t, err)
	cand, err = source.Read("staging", bytes.NewReader(g.cand))
	require.NoError(t, err)
	return base, cand
}

// leftOut are attributes that parity does not compare, and why. It is the
// list that the ground truth is held against, so that nothing gets lost for
// another reason.
var leftOut = map[string]string{
	"aws_autoscaling_group.force_delete":                           "how Terraform deletes",
	"aws_autoscaling_group.force_delete_warm_pool":                 "how Terraform deletes",
	"aws_autoscaling_group.ignore_failed_scaling_activities":       "how Terraform waits",
	"aws_autoscaling_group.wait_for_capacity_timeout":              "how Terraform waits",
	"aws_autoscaling_group.warm_pool_size":                         "computed",
	"aws_autoscaling_group.max_size":                               "a bound: judged by scale, within its tolerance",
	"aws_autoscaling_group.min_size":                               "a bound: judged by scale, within its tolerance",
	"aws_autoscaling_group.predicted_capacity":                     "computed",
	"aws_cloudwatch_log_group.skip_destroy":                        "how Terraform deletes",
	"aws_db_instance.address":                                      "computed",
	"aws_db_instance.apply_immediately":                            "how Terraform applies",
	"aws_db_instance.availability_zone":                            "zones are counted, not compared",
	"aws_db_instance.backup_window":                                "drawn by AWS for each instance",
	"aws_db_instance.delete_automated_backups":                     "what happens at deletion",
	"aws_db_instance.endpoint":                                     "computed",
	"aws_db_instance.engine_version_actual":                        "computed",
	"aws_db_instance.maintenance_window":                           "drawn by AWS for each instance",
	"aws_db_instance.skip_final_snapshot":                          "what happens at deletion",
	"aws_db_instance.status":                                       "computed",
	"aws_db_instance.identifier_prefix":                            "a name",
	"aws_db_instance.password":                                     "a secret: only whether both have one",
	"aws_db_parameter_group.description":                           "prose",
	"aws_db_subnet_group.description":                              "prose",
	"aws_dynamodb_table.stream_label":                              "computed",
	"aws_ecs_task_definition.revision":                             "computed",
	"aws_ecs_task_definition.skip_destroy":                         "how Terraform deletes",
	"aws_ecs_task_definition.track_latest":                         "how Terraform reads",
	"aws_eip.public_dns":                                           "computed",
	"aws_eip.public_ip":                                            "computed",
	"aws_eip.private_dns":                                          "computed",
	"aws_eip.vpc":                                                  "deprecated, follows domain",
	"aws_elasticache_replication_group.auth_token_update_strategy": "how Terraform applies",
	"aws_elasticache_replication_group.cluster_enabled":            "computed",
	"aws_elasticache_replication_group.description":                "prose",
	"aws_elasticache_replication_group.snapshot_window":            "drawn by AWS for each cluster",
	"aws_elasticache_replication_group.maintenance_window":         "drawn by AWS for each cluster",
	"aws_elasticache_replication_group.engine_version_actual":      "computed",
	"aws_elasticache_replication_group.auth_token":                 "a secret: only whether both have one",
	"aws_elasticache_subnet_group.description":                     "prose",
	"aws_iam_role.create_date":                                     "computed",
	"aws_instance.availability_zone":                               "zones are counted, not compared",
	"aws_instance.get_password_data":                               "how Terraform reads",
	"aws_instance.instance_state":                                  "computed",
	"aws_instance.placement_partition_number":                      "a place, not a property",
	"aws_instance.private_dns":                                     "computed",
	"aws_instance.private_ip":                                      "an address of its own",
	"aws_instance.user_data_replace_on_change":                     "how Terraform applies",
	"aws_db_instance.option_group_name":                            "the provider's default, whichever it is",
	"aws_ecs_service.wait_for_steady_state":                        "how Terraform waits",
	"aws_iam_role.force_detach_policies":                           "how Terraform deletes",
	"aws_lambda_function.filename":                                 "a path of the machine that applied",
	"aws_db_instance.latest_restorable_time":                       "computed",
	"aws_lambda_function.last_modified":                            "computed",
	"aws_lambda_function.publish":                                  "how Terraform applies",
	"aws_lambda_function.skip_destroy":                             "how Terraform deletes",
	"aws_lambda_function.source_code_size":                         "computed",
	"aws_lambda_function.version":                                  "computed",
	"aws_launch_template.default_version":                          "counts its revisions",
	"aws_launch_template.latest_version":                           "counts its revisions",
	"aws_lb.dns_name":                                              "computed",
	"aws_nat_gateway.private_ip":                                   "an address of its own",
	"aws_nat_gateway.public_ip":                                    "computed",
	"aws_s3_bucket.force_destroy":                                  "how Terraform deletes",
	"aws_s3_bucket.region":                                         "computed",
	"aws_security_group.description":                               "prose",
	"aws_security_group.revoke_rules_on_delete":                    "how Terraform deletes",
	"aws_ssm_parameter.tier":                                       "computed from the value's length",
	"aws_ssm_parameter.version":                                    "counts its revisions",
	"aws_subnet.availability_zone":                                 "zones are counted, not compared",
	"aws_subnet.cidr_block":                                        "an address of its own",
	"aws_vpc.cidr_block":                                           "an address of its own",
	"aws_vpc.ipv6_netmask_length":                                  "an address of its own",
	"aws_ecs_cluster.arn":                                          "computed",
}

// Every difference that was made is found, at its place, and no other.
func TestFindingsAreTheGroundTruth(t *testing.T) {
	g := generate(t, 17, 40)
	base, cand := g.read(t)
	opt := parity.DefaultOptions()
	opt.FailOn = parity.Info
	rep := parity.Compare(base, cand, g.cat, opt)

	want, block := map[string]bool{}, map[string]bool{}
	for _, c := range g.changes {
		if leftOut[c.Type+"."+c.Attribute] != "" {
			continue
		}
		attr := c.Attribute
		want[c.Address+" "+attr] = true
		block[withoutKey(c.Address)+" "+attr] = true
	}
	got := map[string]bool{}
	for _, f := range rep.Findings {
		path := strings.FieldsFunc(f.Path, func(r rune) bool { return r == '.' || r == '[' })[0]
		for _, address := range strings.Split(f.Subject.Candidate, ", ") {
			if leftOut[strings.Split(address, ".")[2]+"."+path] == "" {
				got[address+" "+path] = true
			}
		}
	}
	t.Logf("%d resources, %d changes, %d of them left out, %d findings", len(base.Resources), len(g.changes), len(g.changes)-len(want), len(rep.Findings))
	for w := range want {
		// Where all members differ, the block is named.
		address, attr, _ := strings.Cut(w, " ")
		assert.True(t, got[w] || got[withoutKey(address)+" "+attr], "not found: %s", w)
	}
	for x := range got {
		assert.True(t, want[x] || block[x], "was not changed: %s", x)
	}
	assert.Greater(t, len(want), 100)
}

func withoutKey(address string) string {
	block, _, _ := strings.Cut(address, "[")
	return block
}

// sizes are the instances of one state, by copies of the template of 60.
var sizes = []struct {
	name   string
	copies int
}{{"1k", 17}, {"10k", 167}}

func benchmark(b *testing.B, f func(b *testing.B, g generated)) {
	for _, s := range sizes {
		b.Run(s.name, func(b *testing.B) {
			g := generate(b, s.copies, 1)
			b.SetBytes(int64(len(g.base) + len(g.cand)))
			b.ReportAllocs()
			b.ResetTimer()
			f(b, g)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	benchmark(b, func(b *testing.B, g generated) {
		for range b.N {
			g.read(b)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	benchmark(b, func(b *testing.B, g generated) {
		for range b.N {
			b.StopTimer()
			base, cand := g.read(b)
			b.StartTimer()
			base.Seal(g.cat)
			cand.Seal(g.cat)
		}
	})
}

// Of snapshots that are sealed: names, units and references.
func BenchmarkCanonicalise(b *testing.B) {
	benchmark(b, func(b *testing.B, g generated) {
		base, cand := g.read(b)
		base.Seal(g.cat)
		cand.Seal(g.cat)
		canonicalise, _, _ := parity.Stages(base, cand, g.cat, parity.DefaultOptions())
		b.ResetTimer()
		for range b.N {
			canonicalise()
		}
	})
}

func BenchmarkPair(b *testing.B) {
	benchmark(b, func(b *testing.B, g generated) {
		base, cand := g.read(b)
		canonicalise, pair, _ := parity.Stages(base, cand, g.cat, parity.DefaultOptions())
		canonicalise()
		b.ResetTimer()
		for range b.N {
			pair()
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	benchmark(b, func(b *testing.B, g generated) {
		base, cand := g.read(b)
		canonicalise, pair, judge := parity.Stages(base, cand, g.cat, parity.DefaultOptions())
		canonicalise()
		pair()
		b.ResetTimer()
		for range b.N {
			if len(judge().Findings) == 0 {
				b.Fatal("nothing was found")
			}
		}
	})
}

func BenchmarkWhole(b *testing.B) {
	benchmark(b, func(b *testing.B, g generated) {
		for range b.N {
			base, cand := g.read(b)
			if rep := parity.Compare(base, cand, g.cat, parity.DefaultOptions()); len(rep.Findings) == 0 {
				b.Fatal("nothing was found")
			}
		}
	})
}
