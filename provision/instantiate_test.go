package provision

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

// up instantiates what is right.
func up(t *testing.T, d *Definitions, environment string, in Inputs) *Blueprint {
	t.Helper()
	bp, diags := d.Instantiate(environment, in)
	require.Empty(t, messages(d, diags))
	require.NotNil(t, bp)
	return bp
}

func variableNames(bp *Blueprint) []string {
	return slices.Sorted(maps.Keys(bp.Stack.Variables))
}

func TestTerraformIsInherited(t *testing.T) {
	d := mustParse(t, `
environment "production" {
  tier "web" {
    members = 8
  }
  terraform {
    source = "../modules/stack"
    binary = "tofu"
    variables = {
      a = "production"
      b = "production"
      n = tier.web.members
      name = env.name
    }
    backend "local" {
      path = "production.tfstate"
    }
  }
  check "http" {
    url = "http://production"
  }
  hook "before_up" {
    command = ["production"]
  }
}

environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/4"
  }
  terraform {
    variables = {
      b = "staging"
      c = "staging"
    }
  }
}

environment "try" {
  model_of = "staging"
  throwaway {
    ttl = "8h"
  }
}

environment "same" {
  model_of = "production"
  terraform {
    source    = "./../modules/stack"
    variables = { a = null }
  }
}

environment "other" {
  model_of = "staging"
  terraform {
    source    = "../modules/other"
    binary    = "./terraform"
    variables = { z = 1 }
  }
}

environment "remote" {
  model_of = "other"
  terraform {
    source = "example.com/acme/stack/aws"
  }
}
`)
	production := up(t, d, "production", Inputs{})
	assert.Equal(t, "local", production.Stack.Backend.Type)
	assert.Equal(t, "/project/modules/stack", production.Stack.Source, "relative to the file")

	try := up(t, d, "try", Inputs{Branch: "x"})
	assert.Equal(t, "/project/modules/stack", try.Stack.Source)
	assert.True(t, try.Stack.Local)
	assert.Equal(t, "tofu", try.Stack.Binary)
	assert.Nil(t, try.Stack.Backend, "two environments must not share a state")
	assert.Equal(t, map[string]cty.Value{
		"a": cty.StringVal("production"), "b": cty.StringVal("staging"), "c": cty.StringVal("staging"),
		"n": cty.NumberIntVal(2), "name": cty.StringVal("try-x"),
	}, try.Stack.Variables, "evaluated for the heir")
	checks, diags := try.Checks(nil)
	assert.Empty(t, diags)
	assert.Empty(t, checks, "checks and hooks are not inherited")
	hooks, diags := try.Hooks("before_up", nil)
	assert.Empty(t, diags)
	assert.Empty(t, hooks)

	assert.Equal(t, []string{"b", "n", "name"}, variableNames(up(t, d, "same", Inputs{})), "the same source inherits, and null leaves a variable out")
	other := up(t, d, "other", Inputs{})
	assert.Equal(t, []string{"z"}, variableNames(other), "another module has other variables")
	assert.Equal(t, "/project/environments/terraform", other.Stack.Binary)
	remote := up(t, d, "remote", Inputs{})
	assert.Equal(t, "example.com/acme/stack/aws", remote.Stack.Source)
	assert.False(t, remote.Stack.Local)
	assert.Empty(t, variableNames(remote))
}

func TestVariablesOfTheModule(t *testing.T) {
	module := modules{"typed": {Variables: map[string]Variable{
		"needed":    {Type: cty.String, Required: true, Literal: true},
		"count":     {Type: cty.Number, Literal: true},
		"on":        {Type: cty.Bool, Literal: true},
		"any":       {Type: cty.DynamicPseudoType, Literal: true},
		"list":      {Type: cty.List(cty.String)},
		"object":    {Type: cty.ObjectWithOptionalAttrs(map[string]cty.Type{"a": cty.Number, "b": cty.String}, []string{"b"})},
		"sensitive": {Type: cty.String, Sensitive: true, Literal: true},
	}}}
	d := mustParse(t, `
environment "staging" {
  terraform {
    source    = "./typed"
    variables = {
      count     = "3"
      list      = ["a", 1, true]
      object    = { a = "1" }
      sensitive = "literal"
    }
  }
}
`)
	_, diags := d.Instantiate("staging", Inputs{Module: module})
	require.Len(t, diags, 1)
	assert.Contains(t, diags[0].Detail, "has no default for: needed.")
	assert.Equal(t, 3, diags[0].Subject.Start.Line)
	assert.Len(t, d.Validate(module), 1)
	assert.Empty(t, d.Validate(module, "needed"), "the caller's environment sets it")
	assert.Empty(t, d.Validate(nil))

	bp := up(t, d, "staging", Inputs{Module: module, Provided: []string{"needed"}, Vars: map[string]string{
		"count": "4", "list": `["x"]`, "object": `{ a = 1, b = "c" }`, "sensitive": canary,
	}})
	assert.True(t, bp.Stack.Variables["count"].RawEquals(cty.MustParseNumberVal("4")), "laid over the definition's")
	assert.Equal(t, cty.StringVal(canary).Mark(Secret), bp.Stack.Variables["sensitive"])
	assert.Equal(t, "c", bp.Stack.Variables["object"].GetAttr("b").AsString())
}

func TestVariablesAsText(t *testing.T) {
	typed := modules{"typed": {Variables: map[string]Variable{
		"text":   {Type: cty.String, Literal: true},
		"count":  {Type: cty.Number, Literal: true},
		"on":     {Type: cty.Bool, Literal: true},
		"any":    {Type: cty.DynamicPseudoType, Literal: true},
		"list":   {Type: cty.List(cty.String)},
		"secret": {Type: cty.String, Sensitive: true, Literal: true},
		"keys":   {Type: cty.List(cty.Number), Sensitive: true},
	}}}
	d := mustParse(t, "environment \"staging\" {\n  terraform {\n    source    = \"./typed\"\n    variables = { text = \"definition\" }\n  }\n}\n")
	bp := up(t, d, "staging", Inputs{Module: typed, Vars: map[string]string{
		"text": `["as", "it is"]`, "count": "12.5", "on": "true", "any": "[1]", "list": `["x", 2]`, "secret": canary, "keys": "[1]",
	}})
	want := map[string]cty.Value{
		"text": cty.StringVal(`["as", "it is"]`), "count": cty.MustParseNumberVal("12.5"), "on": cty.True, "any": cty.StringVal("[1]"),
		"list":   cty.ListVal([]cty.Value{cty.StringVal("x"), cty.StringVal("2")}),
		"secret": cty.StringVal(canary).Mark(Secret), "keys": cty.ListVal([]cty.Value{cty.NumberIntVal(1)}).Mark(Secret),
	}
	assert.Len(t, bp.Stack.Variables, len(want))
	for name, value := range want {
		assert.True(t, value.RawEquals(bp.Stack.Variables[name]), name)
	}

	for name, text := range map[string]string{
		"count": canary, "on": canary, "list": canary, "keys": `["` + canary + `"]`, "unknown": canary,
	} {
		_, diags := d.Instantiate("staging", Inputs{Module: typed, Vars: map[string]string{name: text}})
		require.Len(t, diags, 1, name)
		assert.Contains(t, diags[0].Detail, "--var "+name)
		assert.NotContains(t, messages(d, diags), canary, "what is given on the command line may be a secret")
	}
	_, diags := d.Instantiate("staging", Inputs{Module: typed, Vars: map[string]string{"list": "[env.name]"}})
	assert.Len(t, diags, 1, "it sees nothing")

	bp = up(t, d, "staging", Inputs{Vars: map[string]string{"whatever": "x"}})
	assert.Equal(t, cty.StringVal("x"), bp.Stack.Variables["whatever"], "where the module is not known")
}

func TestHooksAfterDownHaveNoOutputs(t *testing.T) {
	d := mustParse(t, `
environment "staging" {
  terraform {
    source = "example.com/acme/stack/aws"
  }
  hook "after_down" {
    command = ["notify", output.url]
  }
}
`)
	bp := up(t, d, "staging", Inputs{})
	_, diags := bp.Hooks("after_down", nil)
	require.Len(t, diags, 1)
	assert.Equal(t, 7, diags[0].Subject.Start.Line)
	hooks, diags := bp.Hooks("after_down", map[string]OutputValue{"url": {Value: cty.StringVal("x")}})
	require.Empty(t, diags)
	assert.Equal(t, []string{"notify", "x"}, hooks[0].Command)
}

func TestFunctions(t *testing.T) {
	for expr, want := range map[string]string{
		`slug("Feature/X")`:                                  `"feature-x"`,
		`coalesce(null, "", "a")`:                            `"a"`,
		`coalesce("", branch)`:                               `"main"`,
		`length("früh")`:                                     `4`,
		`length([1, 2])`:                                     `2`,
		`length({ a = 1 })`:                                  `1`,
		`length(toset(["a", "a"]))`:                          `1`,
		`replace("a.b.c", ".", "-")`:                         `"a-b-c"`,
		`replace("a1b22", "/[0-9]+/", "#")`:                  `"a#b#"`,
		`startswith("main", "ma")`:                           `true`,
		`endswith("main", "ma")`:                             `false`,
		`join("-", [upper("a"), lower("B")])`:                `"A-b"`,
		`format("%03d", max(1, 7))`:                          `"007"`,
		`lookup({ a = "x" }, "b", "y")`:                      `"y"`,
		`contains(["a"], "a")`:                               `true`,
		`keys(merge({ a = 1 }, { b = 2 }))`:                  `["a","b"]`,
		`jsonencode({ a = [1] })`:                            `"{\"a\":[1]}"`,
		`jsondecode("{\"a\": 1}").a`:                         `1`,
		`[for i in range(3) : i * 2]`:                        `[0,2,4]`,
		`substr(commit, 0, 3)`:                               `"3f2"`,
		`ceil(tier.web.members / 2) + floor(1.9)`:            `3`,
		`tostring(tonumber("5"))`:                            `"5"`,
		`trimspace(" a ")`:                                   `"a"`,
		`[for name, t in tier : name if t.members > 1]`:      `["web"]`,
		`env["environment"] == env.name ? "lasting" : "not"`: `"lasting"`,
		`length(secret("CANARY")) > 3`:                       `null`, // marked, and so not shown
	} {
		t.Run(expr, func(t *testing.T) {
			d := mustParse(t, "environment \"staging\" {\n  tier \"web\" {\n    members = 3\n  }\n  tier \"db\" {\n    members = 1\n  }\n  terraform {\n    source    = \"./elsewhere\"\n    variables = { x = "+expr+" }\n  }\n}\n")
			bp := up(t, d, "staging", Inputs{Branch: "main", Commit: "3f2a9c1", Secret: fixtureSecret})
			record, err := bp.Stack.record()
			require.NoError(t, err)
			var typed struct{ Value json.RawMessage }
			if record.Variables["x"] != nil {
				require.NoError(t, json.Unmarshal(record.Variables["x"], &typed))
			}
			if want == "null" {
				assert.Equal(t, []string{"x"}, record.Secrets)
				return
			}
			assert.Equal(t, want, string(typed.Value))
		})
	}
}

// Whatever an expression does with a secret, neither what is printed of the blueprint nor an error shows a part of it.
func TestSecretsAreNotShown(t *testing.T) {
	const leak = "environment \"staging\" {\n  terraform {\n    source    = \"./elsewhere\"\n    variables = { x = %s }\n  }\n%s}\n"
	command := "  check \"command\" {\n    command     = [\"true\"]\n    environment = { X = %s }\n  }\n"
	hook := "  hook \"after_up\" {\n    command     = [\"true\"]\n    environment = { X = %s }\n  }\n"
	secrets := []string{`secret("CANARY")`, `output.password`}
	uses := []string{
		`%s`, `upper(%s)`, `"x-${%s}-y"`, `[%s, "a"]`, `{ (%s) = 1 }`, `tonumber(%s)`, `parseint(%s, 10)`, `jsondecode(%s)`, `jsondecode(%s).a`,
		`{ a = 1 }[%s]`, `["a"][%s]`, `contains(%s, "a")`, `regex("z+", %s)`, `regex(%s, "z")`, `replace("a", "/(/", %s)`, `format(%s)`, `format("%%d", %s)`,
		`[for part in split("-", %s) : tonumber(part)]`, `[for part in split("-", %s) : { a = 1 }[part]]`, `{ for part in [%[1]s, %[1]s] : part => 1 }`,
		`%s + 1`, `!%s`, `%s ? 1 : 2`, `%s == "a" ? tonumber("z") : 1`, `%s.a`, `%s[0]`, `[%s][5]`, `merge({ a = %s }, [])`, `zipmap([%s], [])`,
		`element([], length(%s))`, `substr(%s, "a", 1)`, `secret(%s)`, `join(%s, [1, {}])`, `lookup({}, %s)`, `csvdecode(%s)`, `formatdate(%s, "x")`,
		`range(%s)`, `setproduct(%s)`, `tolist(%s)`, `tomap({ a = %s, b = [] })`, `flatten(%s)`, `indent(%s, "a")`, `coalesce(%s, [])`, `slug(%s)`,
		`jsonencode({ a = %s })`, `strrev(%s)`, `keys({ (%s) = 1 })`, `values({ a = %s })`, `contains(["x"], %s)`,
	}
	reversed := []rune(canary)
	slices.Reverse(reversed)
	shown := func(t *testing.T, text string) {
		t.Helper()
		low := strings.ToLower(text)
		// "kanarienvogel" is in it as a part, and "4711" as the one that is a number.
		for _, part := range []string{canary, "kanarienvogel", "4711", string(reversed)} {
			require.NotContains(t, low, part)
		}
	}
	printed := func(t *testing.T, values ...any) {
		t.Helper()
		for _, value := range values {
			shown(t, fmt.Sprintf("%v %+v %#v %s", value, value, value, value))
			encoded, err := json.Marshal(value)
			require.NoError(t, err)
			shown(t, string(encoded))
		}
	}
	good, bad := 0, 0
	for _, secret := range secrets {
		for _, use := range uses {
			expr := fmt.Sprintf(use, secret)
			definitions := []string{
				fmt.Sprintf(leak, "1", fmt.Sprintf(command, expr)), fmt.Sprintf(leak, "1", fmt.Sprintf(hook, expr)),
				// In place of the whole environment.
				fmt.Sprintf(leak, "1", fmt.Sprintf(strings.ReplaceAll(command, "{ X = %s }", "%s"), expr)),
				fmt.Sprintf(leak, "1", fmt.Sprintf(strings.Replace(command, "[\"true\"]", "[%s]", 1), expr, "1")),
			}
			if secret != "output.password" {
				definitions = append(definitions, fmt.Sprintf(leak, expr, ""))
			}
			for _, text := range definitions {
				d, diags := Parse([]File{{Name: "staging.hcl", Data: []byte(text)}})
				shown(t, messages(d, append(diags, d.Validate(nil)...)))
				bp, diags := d.Instantiate("staging", Inputs{Secret: fixtureSecret})
				shown(t, messages(d, diags))
				shown(t, fmt.Sprint(diags.Error()))
				if bp == nil {
					bad++
					continue
				}
				good++
				checks, diags := bp.Checks(fixtureOutputs)
				shown(t, messages(d, diags)+diags.Error())
				hooks, diags := bp.Hooks("after_up", fixtureOutputs)
				shown(t, messages(d, diags)+diags.Error())
				printed(t, bp, *bp, bp.Stack, checks, hooks)
			}
		}
	}
	assert.Greater(t, good, 50, "most are evaluated")
	assert.Greater(t, bad, 50, "and fail")
}

func TestSecretsReachWhereTheyAreMeantFor(t *testing.T) {
	d := mustParse(t, `
environment "staging" {
  terraform {
    source    = "./stack"
    variables = {
      image    = "shop:1"
      password = "x-${secret("CANARY")}"
      labels   = { a = secret("CANARY"), b = "open" }
    }
  }
  check "command" {
    command     = ["./check"]
    environment = { A = secret("CANARY"), B = output.password, C = output.port, D = null }
  }
}
`)
	assert.Empty(t, d.Validate(fixtureModules))
	bp := up(t, d, "staging", Inputs{Secret: fixtureSecret, Module: fixtureModules})
	assert.Equal(t, cty.StringVal("x-"+canary).Mark(Secret), bp.Stack.Variables["password"])
	labels, marks := bp.Stack.Variables["labels"].UnmarkDeep()
	assert.Equal(t, canary, labels.AsValueMap()["a"].AsString())
	assert.Contains(t, marks, Secret)
	checks, diags := bp.Checks(fixtureOutputs)
	require.Empty(t, diags)
	assert.Equal(t, map[string]string{"A": canary, "B": canary, "C": "8080"}, checks[0].Env)
	assert.Equal(t, []string{"/project/environments/check"}, checks[0].Command)
	assert.Equal(t, "check command /project/environments/check", checks[0].String())
}

// Marks are worth nothing where a function loses them.
func TestEveryFunctionKeepsMarks(t *testing.T) {
	arguments := map[string][]string{
		"abs": {"1"}, "ceil": {"1"}, "floor": {"1"}, "signum": {"1"}, "log": {"8", "2"}, "pow": {"2", "2"}, "max": {"1", "2"}, "min": {"1", "2"}, "parseint": {`"7"`, "10"}, "range": {"2"},
		"chunklist": {`["a"]`, "1"}, "coalesce": {`"a"`}, "coalescelist": {`["a"]`}, "compact": {`["a"]`}, "concat": {`["a"]`}, "contains": {`["a"]`, `"a"`}, "distinct": {`["a"]`},
		"element": {`["a"]`, "0"}, "flatten": {`[["a"]]`}, "join": {`","`, `["a"]`}, "keys": {`{ a = "b" }`}, "length": {`["a"]`}, "lookup": {`{ a = "b" }`, `"z"`, `"c"`},
		"merge": {`{ a = "b" }`}, "reverse": {`["a"]`}, "setintersection": {`["a"]`}, "setproduct": {`["a"]`, `["b"]`}, "setsubtract": {`["a"]`, `["b"]`}, "setunion": {`["a"]`}, "slice": {`["a"]`, "0", "1"},
		"sort": {`["a"]`}, "tolist": {`["a"]`}, "tomap": {`{ a = "b" }`}, "toset": {`["a"]`}, "values": {`{ a = "b" }`}, "zipmap": {`["a"]`, `["b"]`}, "formatlist": {`"%s"`, `["a"]`},
		"format": {`"%s"`, `"a"`}, "endswith": {`"a"`, `"a"`}, "startswith": {`"a"`, `"a"`}, "indent": {"1", `"a"`}, "csvdecode": {`"a\nb"`}, "jsondecode": {`"[1]"`}, "jsonencode": {`"a"`},
		"regex": {`"a"`, `"a"`}, "regexall": {`"a"`, `"a"`}, "replace": {`"a"`, `"a"`, `"b"`}, "split": {`","`, `"a"`}, "substr": {`"a"`, "0", "1"}, "tobool": {`"true"`}, "tonumber": {`"1"`},
		"trim": {`"a"`, `"b"`}, "trimprefix": {`"a"`, `"b"`}, "trimsuffix": {`"a"`, `"b"`},
	}
	for name := range functions {
		if arguments[name] == nil {
			arguments[name] = []string{`"a"`}
		}
		for i := range arguments[name] {
			args := slices.Clone(arguments[name])
			args[i] = "mark(" + args[i] + ")"
			value := evaluateMarked(t, name+"("+strings.Join(args, ", ")+")")
			assert.True(t, value.ContainsMarked(), "%s loses the mark of %s", name, args[i])
		}
	}
}

// What to check out is the commit where one is given, else the branch.
func TestRef(t *testing.T) {
	defs, diags := Parse([]File{{Name: "environments/try.hcl", Data: []byte(`
environment "try" {
  throwaway {
    ttl = "8h"
  }
  terraform {
    source    = "/stack"
    variables = { ref = ref }
  }
}`)}})
	require.False(t, diags.HasErrors(), "%v", diags)
	for _, test := range []struct{ branch, commit, want string }{
		{"feature-x", "", "feature-x"},
		{"feature-x", "0a1b2c3", "0a1b2c3"},
		{"", "0a1b2c3", "0a1b2c3"},
	} {
		bp, diags := defs.Instantiate("try", Inputs{Name: "try-1", Branch: test.branch, Commit: test.commit})
		require.False(t, diags.HasErrors(), "%v", diags)
		assert.Equal(t, test.want, bp.Stack.Variables["ref"].AsString())
	}
	_, diags = defs.Instantiate("try", Inputs{Name: "try-1"})
	require.ErrorContains(t, diags, "Add --branch BRANCH or --commit COMMIT")
}
