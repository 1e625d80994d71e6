package provision

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
)

func number(text string) parity.Value { return parity.Value{Kind: parity.Number, Text: text} }

func boolean(b bool) parity.Value {
	return parity.Value{Kind: parity.Bool, Text: fmt.Sprint(b)}
}

func object(pairs ...any) parity.Value {
	var keys []string
	var items []parity.Value
	for i := 0; i < len(pairs); i += 2 {
		keys, items = append(keys, pairs[i].(string)), append(items, pairs[i+1].(parity.Value))
	}
	return parity.ObjectOf(keys, items)
}

func resource(typ, name string, attributes ...any) parity.Resource {
	return parity.NewResource(parity.Declaration{Type: typ, Name: name}, parity.Place{}, object(attributes...))
}

// sides are two environments in which all that rules can come upon differs.
func sides() (base, cand *parity.Snapshot) {
	base = &parity.Snapshot{Environment: "production", Resources: []parity.Resource{
		resource("aws_ebs_volume", "data", "encrypted", boolean(true), "size", number("100"), "type", parity.Text("gp3"),
			"kms_key_id", parity.Text("key-1"), "tags", object("Name", parity.Text("production-data"))),
		resource("aws_ebs_volume", "logs", "encrypted", boolean(true), "size", number("50")),
		resource("aws_ebs_volume", "alone", "encrypted", boolean(true), "size", number("8")),
		resource("aws_db_instance", "main", "password", parity.Text(canary), "username", parity.Text("shop"), "address", parity.Text("db.example.com")),
		resource("aws_ssm_parameter", "flag", "type", parity.Text("String"), "value", parity.Value{Kind: parity.String, Masked: true, Text: canary + "-masked"}),
	}}
	cand = &parity.Snapshot{Environment: "staging", Resources: []parity.Resource{
		resource("aws_ebs_volume", "data", "encrypted", boolean(false), "size", number("30"), "type", parity.Text("gp2"),
			"tags", object("Name", parity.Text("staging-data"))),
		resource("aws_ebs_volume", "logs", "encrypted", boolean(true), "size", parity.Value{Kind: parity.Unknown}),
		resource("aws_db_instance", "main", "password", parity.Text(canary+"-other"), "username", parity.Text("shop"), "address", parity.Text("db2.example.com")),
		resource("aws_ssm_parameter", "flag", "type", parity.Text("String"), "value", parity.Value{Kind: parity.String, Masked: true, Text: canary + "-masked"}),
	}}
	return base, cand
}

func catalogue(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors(), diags.Error())
	return cat
}

func ruleText(match, condition, message string) string {
	return "rule \"custom/mine\" {\n  match {\n    " + match + "\n  }\n  condition = " + condition + "\n  message   = " + message + "\n}\n"
}

func rulesOf(t testing.TB, text string) []parity.CustomRule {
	t.Helper()
	file := File{Name: "/project/policy.hcl", Data: []byte(text)}
	policy, diags := ParsePolicy(file)
	require.Empty(t, policyMessages(file, diags))
	return CustomRules(policy.Rules, func(name string) string { return strings.TrimPrefix(name, "/project/") })
}

// ask compares with one rule, and returns what it found: messages with their subjects, and gaps.
func ask(t testing.TB, text string) []string {
	t.Helper()
	base, cand := sides()
	opt := parity.DefaultOptions()
	opt.Custom, opt.Only = rulesOf(t, text), []string{"custom/*"}
	report := parity.Compare(base, cand, catalogue(t), opt)
	var said []string
	for _, f := range report.Findings {
		said = append(said, f.Subject.Baseline+" "+f.Subject.Candidate+": "+f.Message)
	}
	for _, g := range report.Incomplete {
		said = append(said, "? "+g.Reason)
	}
	assert.NotContains(t, fmt.Sprintf("%+v", report), canary)
	return said
}

func TestRules(t *testing.T) {
	const volumes, databases, parameters = `type = "aws_ebs_volume"`, `type = "aws_db_instance"`, `type = "aws_ssm_parameter"`
	for name, test := range map[string]struct {
		match, condition, message string
		want                      []string
	}{
		"attributes": {
			volumes, `candidate.encrypted == baseline.encrypted`, `"${candidate.address} of ${type}, ${kind}, is not encrypted as ${baseline.address} is"`,
			[]string{"aws_ebs_volume.data aws_ebs_volume.data: aws_ebs_volume.data of aws_ebs_volume, storage, is not encrypted as aws_ebs_volume.data is"},
		},
		"an attribute called as one of ours": {databases, `candidate.attributes.address == "db2.example.com" && candidate.address == "aws_db_instance.main"`, `"x"`, nil},
		"type is the attribute":              {volumes, `candidate.type == null || candidate.type == "gp2"`, `"x"`, nil},
		"canonical":                          {volumes, `candidate.canonical.tags == baseline.canonical.tags`, `"x"`, nil},
		"raw": {
			`address = "*.data"`, `candidate.tags == baseline.tags`, `"${candidate.tags.Name}, not ${baseline.tags.Name}"`,
			[]string{"aws_ebs_volume.data aws_ebs_volume.data: staging-data, not production-data"},
		},
		"unknown": {volumes, `candidate.size >= 20`, `"x"`, []string{
			"? aws_ebs_volume.logs: policy.hcl:5:15: the condition depends on what is not known yet, as a plan leaves it open or a snapshot does not keep it",
		}},
		"null where others of the type have it": {volumes, `candidate.kms_key_id == null`, `"x"`, nil},
		"arithmetic with null": {volumes, `length(candidate.kms_key_id) > 0`, `"x"`, []string{
			`? aws_ebs_volume.data and 1 more: policy.hcl:5:22: Invalid function argument: Invalid value for "value" parameter: argument must not be null.`,
		}},
		"absent": {volumes, `candidate.encryptd`, `"x"`, []string{
			`? aws_ebs_volume.data and 1 more: policy.hcl:5:24: no aws_ebs_volume here has an attribute "encryptd". Did you mean "encrypted"?`,
		}},
		"absent, where the other side of the operator holds": {volumes, `candidate.encryptd || true`, `"x"`, []string{
			`? aws_ebs_volume.data and 1 more: policy.hcl:5:24: no aws_ebs_volume here has an attribute "encryptd". Did you mean "encrypted"?`,
		}},
		"absent, by default": {`address = "*.data"`, `lookup(candidate.attributes, "snapshot", "") == ""`, `"x"`, nil},
		"wrong type": {volumes, `candidate.type`, `"x"`, []string{
			"? aws_ebs_volume.logs: policy.hcl:5:15: the condition is null, and neither true nor false",
			"? aws_ebs_volume.data: policy.hcl:5:15: the condition must be true or false, and is a text",
		}},
		"missing ones too": {
			volumes + "\n present = \"baseline\"", `candidate != null`, `"${baseline.address} of ${baseline.size} GB is missing"`,
			[]string{"aws_ebs_volume.alone : aws_ebs_volume.alone of 8 GB is missing"},
		},
		"no counterpart": {volumes + "\n present = \"either\"", `candidate.encrypted || true`, `"x"`, []string{
			"? aws_ebs_volume.alone: policy.hcl:6:24: it has no counterpart, so that candidate is null: ask first whether it is, as in candidate == null || …",
		}},
		"no counterpart, asked first": {volumes + "\n present = \"either\"", `candidate == null || baseline.encrypted`, `"x"`, nil},
		"members":                     {volumes, `members.candidate == 1 && members.baseline == 1`, `"x"`, nil},
		"secrets differ":              {databases, `candidate.password != baseline.password && candidate.password != null`, `"x"`, nil},
		"secrets are the same": {databases, `candidate.password == baseline.password`, `"two passwords"`, []string{
			"aws_db_instance.main aws_db_instance.main: two passwords",
		}},
		"a secret is compared with a text": {databases, `candidate.password != "changeme"`, `"x"`, []string{
			"? aws_db_instance.main: policy.hcl:5:15: Operation failed: Error during operation: a secret can be compared with another secret and with null, and with nothing else.",
		}},
		"a secret is looked for": {databases, `!contains(["changeme"], candidate.password)`, `"x"`, []string{
			"? aws_db_instance.main: policy.hcl:5:16: Error in function call: Call to function \"contains\" failed: a secret cannot be looked into; it can be compared with another one by ==.",
		}},
		"a secret is written": {databases, `jsonencode(candidate) == ""`, `"x"`, []string{
			"? aws_db_instance.main: policy.hcl:5:15: Error in function call: Call to function \"jsonencode\" failed: a secret cannot be looked into; it can be compared with another one by ==.",
		}},
		"a secret is shown": {databases, `false`, `"it is ${candidate.password}"`, []string{
			"aws_db_instance.main aws_db_instance.main: the condition does not hold",
			"? aws_db_instance.main: policy.hcl:6:24: a secret would be shown, or looked into; it can be compared with another one by ==, and no more",
		}},
		"what is masked is compared": {parameters, `candidate.value == baseline.value && length(candidate.value) > 3 && candidate.value != "on"`, `"x"`, nil},
		"what is masked is shown": {parameters, `false`, `"it is ${upper(candidate.value)}"`, []string{
			"aws_ssm_parameter.flag aws_ssm_parameter.flag: the condition does not hold",
			"? aws_ssm_parameter.flag: policy.hcl:6:15: the message would show a secret",
		}},
		"what is masked is told by what is said": {parameters, `false`, `candidate.value == "on" ? "on" : "off"`, []string{
			"aws_ssm_parameter.flag aws_ssm_parameter.flag: the condition does not hold",
			"? aws_ssm_parameter.flag: policy.hcl:6:15: the message would show a secret",
		}},
		"what is masked is in an error": {parameters, `tonumber(candidate.value) > 1`, `"x"`, []string{
			"? aws_ssm_parameter.flag: policy.hcl:5:24: Invalid function argument; the reason is not shown, as sensitive values are among what the rule sees",
		}},
		"heredoc": {databases, `false`, "<<EOT\n  user ${candidate.username}\nEOT", []string{
			"aws_db_instance.main aws_db_instance.main: user shop",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, ask(t, ruleText(test.match, test.condition, test.message)))
		})
	}
}

// A rule behaves as those that are built in: it is counted, waived, ignored, left out, and its findings keep their IDs.
func TestRulesAreRules(t *testing.T) {
	compare := func(change func(*parity.Options)) *parity.Report {
		base, cand := sides()
		opt := parity.DefaultOptions()
		opt.Custom = rulesOf(t, "rule \"custom/mine\" {\n match {\n type = \"aws_ebs_volume\"\n}\n condition = candidate.encrypted\n message = \"open\"\n severity = \"warning\"\n dimension = \"management\"\n help = \"Encrypt it.\"\n}\n"+
			strings.Replace(ruleText(`kind = "nothing*"`, "false", `"x"`), "custom/mine", "custom/empty", 1))
		change(&opt)
		return parity.Compare(base, cand, catalogue(t), opt)
	}
	find := func(r *parity.Report) *parity.Finding {
		for i := range r.Findings {
			if r.Findings[i].Rule == "custom/mine" {
				return &r.Findings[i]
			}
		}
		return nil
	}
	plain, without := compare(func(*parity.Options) {}), compare(func(o *parity.Options) { o.Custom = nil })
	f := find(plain)
	require.NotNil(t, f)
	assert.Equal(t, parity.Warning, f.Severity)
	assert.Equal(t, "management", f.Dimension)
	assert.Equal(t, "Encrypt it.", f.Help)
	assert.NotEmpty(t, f.ID)
	assert.Equal(t, without.Summary.Warning+1, plain.Summary.Warning)
	assert.Equal(t, without.Dimensions["management"].Compared+2, plain.Dimensions["management"].Compared)
	assert.Equal(t, without.Dimensions["management"].Different+1, plain.Dimensions["management"].Different)
	assert.Equal(t, []parity.CustomResult{{Rule: "custom/empty"}, {Rule: "custom/mine", Matched: 2, Failed: 1}}, plain.Custom)
	assert.Nil(t, without.Custom)
	assert.Equal(t, f.ID, find(compare(func(o *parity.Options) { o.Tolerance = 1 })).ID)

	waived := compare(func(o *parity.Options) {
		o.Waive = []parity.Waive{{Rule: "custom/*", Waiver: parity.Waiver{Reason: "known"}}}
	})
	assert.NotNil(t, find(waived).Waiver)
	waived = compare(func(o *parity.Options) {
		o.Waive = []parity.Waive{{Rule: "management", Waiver: parity.Waiver{Reason: "known"}}}
	})
	assert.NotNil(t, find(waived).Waiver, "by its dimension")
	assert.Nil(t, find(compare(func(o *parity.Options) { o.Ignore = []parity.Ignore{{Type: "aws_ebs_volume"}} })))
	assert.Nil(t, find(compare(func(o *parity.Options) { o.Skip = []string{"custom"} })))
	assert.Nil(t, find(compare(func(o *parity.Options) { o.Only = []string{"configuration"} })))
	assert.NotNil(t, find(compare(func(o *parity.Options) { o.Only = []string{"management"} })))
}

// None of these may fill the memory: each is too costly, or cheap.
func TestHostileRules(t *testing.T) {
	const doubled = "[for a in [for a in [for a in [for a in [for a in [for a in [for a in [for a in [for a in [for a in %s : %s] : %s] : %s] : %s] : %s] : %s] : %s] : %s] : %s] : %s]"
	nested := func(start, step string) string {
		text := fmt.Sprintf(strings.ReplaceAll(doubled, "in %s", "in "+start), step, step, step, step, step, step, step, step, step, step)
		return fmt.Sprintf(strings.ReplaceAll(doubled, "in %s", "in "+text), step, step, step, step, step, step, step, step, step, step)
	}
	for name, condition := range map[string]string{
		"loops":                     `length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : [a, b, c]]]]) > 0`,
		"texts that double":         `length(` + nested(`["xxxxxxxxxxxxxxxx"]`, `"${a}${a}${a}${a}"`) + `) > 0`,
		"lists that double":         `length(` + nested(`[["x"]]`, `[a, a, a, a]`) + `) > 0`,
		"lists that double in flat": `length(` + nested(`[["x"]]`, `concat(a, a, a, a)`) + `) > 0`,
		"a product":                 `length(setproduct(range(1000), range(1000), range(1000))) > 0`,
		"a wide format":             `length(format("%999999999d", 1)) > 0`,
		"many wide formats":         `length(formatlist("%90000d", range(1000))) > 0`,
		"a precise format":          `length(format("%.999999999f", 1)) > 0`,
		"an indentation":            `length(indent(999999999, "a\nb")) > 0`,
		"a replacement":             `length(replace(join("", [for i in range(1000) : "aaaa"]), "a", join("", [for i in range(1000) : "aaaa"]))) > 0`,
		"a number":                  `length("${1e300000000 * 1e300000000}") > 0`,
		"a number in a text":        `length(format("%d", "1e600000000")) > 0`,
		"a number of a text":        `floor("1e600000000") > 0`,
		"a joint":                   `length(join(format("%90000s", "x"), range(1000))) > 0`,
		"a number of an attribute":  `length("${candidate.size * 1e600000000}") > 0`,
		"a template that loops":     `"%{for a in range(1000)}%{for b in range(1000)}%{for c in range(1000)}xxxx%{endfor}%{endfor}%{endfor}" == ""`,
		"JSON that is deep":         `jsondecode(replace("x", "x", join("", [for i in range(1000) : "[[[[[[[[[["]))) == null`,
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			file := File{Name: "policy.hcl", Data: []byte(ruleText(`type = "aws_ebs_volume"`, condition, `"x"`))}
			policy, diags := ParsePolicy(file)
			said := policyMessages(file, diags)
			if !diags.HasErrors() {
				base, cand := sides()
				opt := parity.DefaultOptions()
				opt.Custom = CustomRules(policy.Rules, func(name string) string { return name })
				report := parity.Compare(base, cand, catalogue(t), opt)
				require.NotEmpty(t, report.Incomplete)
				said = report.Incomplete[0].Reason
			}
			runtime.ReadMemStats(&after)
			assert.NotEmpty(t, said)
			assert.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(300), said)
		})
	}
}

func manySides(n int) (base, cand *parity.Snapshot) {
	base, cand = &parity.Snapshot{Environment: "production"}, &parity.Snapshot{Environment: "staging"}
	for i := range n {
		for _, snap := range []*parity.Snapshot{base, cand} {
			snap.Resources = append(snap.Resources, resource("aws_ebs_volume", fmt.Sprintf("data_%c%c%c_x", 'a'+i/676%26, 'a'+i/26%26, 'a'+i%26),
				"id", parity.Text(fmt.Sprintf("vol-%s%08d", snap.Environment[:1], i)), "encrypted", boolean(i%100 != 0 || snap == base),
				"size", number("100"), "type", parity.Text("gp3"), "tags", object("Name", parity.Text(snap.Environment+"-data"))))
		}
	}
	return base, cand
}

// 10,000 resources and 20 rules; parity alone is the first.
func BenchmarkRules(b *testing.B) {
	var text strings.Builder
	for i := range 20 {
		text.WriteString(strings.Replace(ruleText(`type = "aws_ebs_volume"`,
			`candidate.encrypted == baseline.encrypted && candidate.size >= 20 && candidate.canonical.tags == baseline.canonical.tags`,
			`"volumes of ${tier} are not encrypted as ${baseline.address} is"`), "custom/mine", fmt.Sprintf("custom/mine-%d", i), 1))
	}
	for name, rules := range map[string][]parity.CustomRule{"none": nil, "20": rulesOf(b, text.String())} {
		b.Run(name, func(b *testing.B) {
			cat := catalogue(b)
			for b.Loop() {
				base, cand := manySides(10_000)
				opt := parity.DefaultOptions()
				opt.Custom = rules
				parity.Compare(base, cand, cat, opt)
			}
		})
	}
}

func FuzzRule(f *testing.F) {
	for _, seed := range [][2]string{
		{`candidate.encrypted == baseline.encrypted && candidate.size >= 20`, `"volumes of ${tier} are not encrypted as ${baseline.address} is"`},
		{`[for k, v in candidate.attributes : v if v != null] == []`, `jsonencode(candidate.canonical)`},
		{`candidate.password == baseline.password`, `"${candidate.password}"`},
		{`candidate.value == "x" || contains(values(candidate.tags), upper(tier))`, `candidate.value`},
		{`length([for a in range(1000) : [for b in range(1000) : a]]) > members.candidate`, `format("%*d %v %q", 1, candidate, tier)`},
		{`candidate["ty${"pe"}"] == one && candidate.tags[*].Name != null`, "<<-EOT\n%{for x in [1, 2]}${x}%{endfor}\nEOT"},
	} {
		f.Add(seed[0], seed[1])
	}
	cat := catalogue(f)
	f.Fuzz(func(t *testing.T, condition, message string) {
		if len(condition)+len(message) > 4<<10 {
			return
		}
		file := File{Name: "policy.hcl", Data: []byte(ruleText("type = \"*\"\n present = \"either\"", condition, message))}
		policy, diags := ParsePolicy(file)
		if diags.HasErrors() {
			_ = policyMessages(file, diags)
			return
		}
		base, cand := sides()
		opt := parity.DefaultOptions()
		opt.Custom = CustomRules(policy.Rules, func(name string) string { return name })
		opt.Only = []string{"custom"}
		report := parity.Compare(base, cand, cat, opt)
		judged := 0
		for _, c := range report.Custom {
			judged += c.Matched
		}
		if len(policy.Rules) > 0 && judged == 0 {
			t.Fatal("nothing was judged")
		}
		if said := fmt.Sprintf("%+v", report); strings.Contains(said, canary) && !strings.Contains(condition+message, canary) {
			t.Fatalf("a secret is shown:\n%s", said)
		}
	})
}

// Members of one tier make one finding, which says how many are meant; what a plan leaves open is not absent.
func TestRulesOfMembersAndPlans(t *testing.T) {
	cat := catalogue(t)
	side := func(name string, types ...string) *parity.Snapshot {
		snap := &parity.Snapshot{Environment: name}
		for i, typ := range types {
			r := resource("aws_instance", "web", "instance_type", parity.Text(typ), "ami", parity.Text("ami-0abc"))
			r.Place = &parity.Place{KeyKind: parity.CountKey, Key: fmt.Sprint(i)}
			snap.Resources = append(snap.Resources, r)
		}
		return snap
	}
	compare := func(base, cand *parity.Snapshot, condition string) *parity.Report {
		opt := parity.DefaultOptions()
		opt.Only = []string{"custom"}
		opt.Custom = rulesOf(t, ruleText("tier = \"web\"\n present = \"either\"", condition, `"${candidate.address} is ${candidate.instance_type}, of ${members.candidate} and ${members.baseline}"`))
		return parity.Compare(base, cand, cat, opt)
	}
	report := compare(side("production", "m5.large", "m5.large", "m5.large"), side("staging", "m5.large", "t3.large"), `candidate.instance_type == baseline.instance_type`)
	require.Len(t, report.Findings, 1)
	f := report.Findings[0]
	assert.Equal(t, "aws_instance.web[1] is t3.large, of 2 and 3 (1 of 2 members)", f.Message)
	assert.Equal(t, parity.Subject{Baseline: "aws_instance.web", Candidate: "aws_instance.web[1]"}, f.Subject)
	assert.Equal(t, "web", *f.Tier)
	both := compare(side("production", "m5.large", "m5.large"), side("staging", "t3.large", "t3.large"), `candidate.instance_type == baseline.instance_type`)
	require.Len(t, both.Findings, 1)
	assert.Equal(t, f.ID, both.Findings[0].ID, "whatever the values")
	assert.NotContains(t, both.Findings[0].Message, "members)")

	planned := side("staging", "m5.large")
	planned.Resources[0].Planned = true
	report = compare(side("production", "m5.large"), planned, `candidate.key_name == null`)
	require.Len(t, report.Incomplete, 1)
	assert.Contains(t, report.Incomplete[0].Reason, "not known yet")
	assert.Equal(t, []parity.CustomResult{{Rule: "custom/mine", Matched: 1, Unjudged: 1}}, report.Custom)
	assert.Equal(t, parity.Incomplete, report.Verdict)
}
