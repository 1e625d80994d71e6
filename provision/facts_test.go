package provision

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/source"
)

// shopFacts reads a state of the shop's, and has it changed first.
func shopFacts(t testing.TB, change func(*parity.Snapshot)) *Facts {
	data, err := os.ReadFile("../testdata/shop/production.tfstate")
	require.NoError(t, err)
	snap, err := source.Read("production.tfstate", strings.NewReader(string(data)))
	require.NoError(t, err)
	if change != nil {
		change(snap)
	}
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors())
	return NewFacts(snap, cat)
}

// following is a definition whose variable v has an expression.
func following(t testing.TB, expr string) *Definitions {
	text := fmt.Sprintf("environment \"production\" {\n  observe {\n    state {\n      file = \"p.tfstate\"\n    }\n  }\n}\n"+
		"environment \"staging\" {\n  model_of = \"production\"\n  scale {\n    ratio = \"1/4\"\n  }\n  terraform {\n    source = \"./x\"\n    variables = {\n      v = %s\n    }\n  }\n}\n", expr)
	defs, diags := Parse([]File{{Name: "/d/shop.hcl", Data: []byte(text)}})
	require.False(t, diags.HasErrors(), "%v", diags)
	return defs
}

func TestValuesFollowWhatIsObserved(t *testing.T) {
	facts := map[string]*Facts{"production": shopFacts(t, nil)}
	for expr, test := range map[string]struct {
		want  string
		facts []Fact
	}{
		`observed.production.tier.web.members`: {"12", []Fact{{"observed.production.tier.web.members", "12", FactTopology}}},
		`observed.production.tier["web"].size`: {"m5.2xlarge", []Fact{{`observed.production.tier["web"].size`, "m5.2xlarge", FactTopology}}},
		`observed.production.tier.web.zones`:   {"3", []Fact{{"observed.production.tier.web.zones", "3", FactTopology}}},
		`observed.production.aws_db_instance.main.engine_version`: {
			"15.6", []Fact{{"observed.production.aws_db_instance.main.engine_version", "15.6", FactVersions}},
		},
		`observed.production.aws_instance.worker.ami`:          {"ami-12c6146b", []Fact{{"observed.production.aws_instance.worker.ami", "ami-12c6146b", FactVersions}}},
		`"${observed.production.aws_instance.worker[2].ami}!"`: {"ami-12c6146b!", []Fact{{"observed.production.aws_instance.worker[2].ami", "ami-12c6146b", FactVersions}}},
		`version("production", "web", "image")`:                {"ami-12c6146b", []Fact{{`version("production", "web", "image")`, "ami-12c6146b", FactVersions}}},
		`version("production", "database", "engine")`:          {"15.6", []Fact{{`version("production", "database", "engine")`, "15.6", FactVersions}}},
		`version("production", "jobs", "runtime")`:             {"nodejs20.x", []Fact{{`version("production", "jobs", "runtime")`, "nodejs20.x", FactVersions}}},
		`observed.production.aws_launch_template.web.metadata_options[0].http_tokens`: {
			"required", []Fact{{"observed.production.aws_launch_template.web.metadata_options[0].http_tokens", "required", FactConfiguration}},
		},
		`tier.web.members`: {"3", []Fact{{"tier.web.members", "3 of 12", FactTopology}}},
		`tier.web.size`:    {"m5.2xlarge", []Fact{{"tier.web.size", "m5.2xlarge", FactTopology}}},
		`env.name`:         {"staging", nil},
		`"${observed.production.aws_db_instance.main.engine} ${observed.production.aws_db_instance.main.engine_version}"`: {
			"postgres 15.6", []Fact{{"observed.production.aws_db_instance.main.engine", "postgres", FactVersions}, {"observed.production.aws_db_instance.main.engine_version", "15.6", FactVersions}},
		},
	} {
		t.Run(expr, func(t *testing.T) {
			defs := following(t, expr)
			bp, diags := defs.Instantiate("staging", Inputs{Observed: facts})
			require.False(t, diags.HasErrors(), "%v", diags)
			assert.Equal(t, test.want, plainText(bp.Stack.Variables["v"]))
			assert.Equal(t, test.facts, bp.Follows["v"])
			if test.facts != nil {
				assert.Equal(t, []string{"production"}, defs.Wanted("staging"))
			}

			// Without an observation, as for checks and hooks of what there is, it is unknown.
			bp, diags = defs.Instantiate("staging", Inputs{})
			require.False(t, diags.HasErrors(), "%v", diags)
			if test.facts != nil {
				assert.False(t, bp.Stack.Variables["v"].IsKnown())
			}
		})
	}
}

func TestWhatCannotBeFollowed(t *testing.T) {
	whole := shopFacts(t, nil)
	changed := func(address, attribute string, value parity.Value) *Facts {
		return shopFacts(t, func(s *parity.Snapshot) {
			for i := range s.Resources {
				if r := &s.Resources[i]; r.Address() == address {
					keys, items := append([]string{}, r.Attributes.Keys()...), append([]parity.Value{}, r.Attributes.Items()...)
					for k, key := range keys {
						if key == attribute {
							items[k] = value
						}
					}
					r.Attributes = parity.AttributesOf(parity.ObjectOf(keys, items))
				}
			}
		})
	}
	cut := shopFacts(t, func(s *parity.Snapshot) {
		s.Incomplete = []parity.Gap{{Source: "aws://eu-west-1", Reason: "access denied"}}
	})
	for name, test := range map[string]struct {
		expr  string
		facts *Facts
		want  string
	}{
		"a resource": {`observed.production.aws_db_instance.mian.engine_version`, whole, `"production" has no aws_db_instance called "mian"; there are: main, replica. Did you mean "main"?`},
		"a type":     {`observed.production.aws_db_instanse.main.engine_version`, whole, `"production" has no aws_db_instanse.main. Did you mean "aws_db_instance"?`},
		"an attribute": {
			`observed.production.aws_db_instance.main.engine_versoin`, whole, `aws_db_instance.main has no "engine_versoin". Did you mean "engine_version"?`,
		},
		"a key":       {`observed.production.aws_instance.worker[9].ami`, whole, `has no aws_instance.worker with the key 9; it has: aws_instance.worker[0]`},
		"a list":      {`observed.production.aws_launch_template.web.metadata_options.http_tokens`, whole, `aws_launch_template.web has a list there: name one of its elements first, as [0].`},
		"a tier":      {`observed.production.tier.wbe.members`, whole, `No tier "wbe" was seen in "production"; there are: `},
		"of a model":  {`tier.wbe.members`, whole, `"staging" has no tier "wbe"`},
		"a version":   {`version("production", "web", "engine")`, whole, `The tier "web" of "production" has no version of its "engine"; it has: image.`},
		"several":     {`observed.production.aws_instance.worker.id`, whole, `The value is not the same in all of aws_instance.worker[0], aws_instance.worker[1]`},
		"several all": {`observed.production.aws_instance.worker`, whole, `"production" has several of aws_instance.worker: aws_instance.worker[0]`},
		"versions":    {`version("production", "worker", "image")`, changed("aws_instance.worker[3]", "ami", parity.Text("ami-1")), `runs several: ami of aws_instance.worker[3] is not as ami of aws_instance.worker[0]`},
		"a secret":    {`observed.production.aws_db_instance.main.password`, changed("aws_db_instance.main", "password", parity.Text("canary-secret")), `The value is a secret of "production"`},
		"a whole resource with a secret": {
			`observed.production.aws_db_instance.main`, changed("aws_db_instance.main", "password", parity.Text("canary-secret")), `The value is a secret of "production"`,
		},
		"unknown":           {`observed.production.aws_db_instance.main.engine_version`, changed("aws_db_instance.main", "engine_version", parity.Value{Kind: parity.Unknown}), `The value is known only after "production" was applied.`},
		"incomplete":        {`observed.production.aws_thing.x.y`, cut, `of which not all could be read: aws://eu-west-1: access denied`},
		"incomplete tier":   {`observed.production.tier.web.members`, cut, `Not all of "production" could be read`},
		"incomplete tiers":  {`tier.web.members`, cut, `The tiers of "staging" follow those that "production" has, and not all of it could be read: aws://eu-west-1: access denied.`},
		"a wrong type":      {`observed.production.aws_db_instance.main.engine + 1`, whole, `Unsuitable value for left operand`},
		"a tier's own kind": {`observed.production.tier.jobs.zones`, whole, `The zones of the tier "jobs" of "production" could not be told`},
	} {
		t.Run(name, func(t *testing.T) {
			defs := following(t, test.expr)
			_, diags := defs.Instantiate("staging", Inputs{Observed: map[string]*Facts{"production": test.facts}})
			require.True(t, diags.HasErrors())
			assert.Contains(t, diags.Error(), test.want)
			assert.NotContains(t, diags.Error(), "canary")
			require.NotNil(t, diags[0].Subject)
			assert.Equal(t, "/d/shop.hcl", diags[0].Subject.Filename)
		})
	}
}

// Where production declares no tiers, a scale is of those that it is seen to have.
func TestTiersFollowWhatIsObserved(t *testing.T) {
	defs := following(t, "tier.web.members")
	bp, diags := defs.Instantiate("staging", Inputs{Observed: map[string]*Facts{"production": shopFacts(t, nil)}})
	require.False(t, diags.HasErrors(), "%v", diags)
	members := map[string]int{}
	for _, tier := range bp.Tiers {
		members[tier.Name] = tier.Members
	}
	assert.Equal(t, map[string]int{"api": 2, "cache": 1, "database": 1, "replica": 2, "web": 3, "worker": 2}, members)
	assert.Empty(t, defs.Tiers("staging"), "without an observation there are none")

	text := strings.Replace(string(defs.Files[0].Data), "ratio = \"1/4\"", "budget = 12\n    tier \"wbe\" {\n      members = 1\n    }", 1)
	defs, diags = Parse([]File{{Name: "/d/shop.hcl", Data: []byte(text)}})
	require.False(t, diags.HasErrors(), "%v", diags)
	_, diags = defs.Instantiate("staging", Inputs{Observed: map[string]*Facts{"production": shopFacts(t, nil)}})
	assert.Contains(t, diags.Error(), `"production" has no tier "wbe" to scale`)
}

func TestObservedValuesHaveTypes(t *testing.T) {
	facts := map[string]*Facts{"production": shopFacts(t, nil)}
	defs := following(t, "observed.production.tier.web.members + 1")
	bp, diags := defs.Instantiate("staging", Inputs{Observed: facts})
	require.False(t, diags.HasErrors(), "%v", diags)
	assert.True(t, bp.Stack.Variables["v"].RawEquals(cty.NumberIntVal(13)))
}
