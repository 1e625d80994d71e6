package provision

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var newWaiver = Waive{
	Rule: "config/missing-key", Tier: "web", Address: `aws_ssm_parameter.config["A.${b}"]`, Path: `x["é"]`,
	Reason: "it \"is\"\nso", Owner: "ops", Expires: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
}

// Wherever the waiver is put, it is read back as it is, and all else stays, byte by byte.
func TestAddWaiver(t *testing.T) {
	const production = "environment \"production\" {\n  tier \"web\" {\n    members = 6\n  }\n  terraform {\n    source = \"x/y/z\"\n  }\n}\n"
	for name, staging := range map[string]string{
		"no parity block":            "environment \"staging\" {\n  model_of = \"production\" # why\n}\n",
		"an empty one":               "environment \"staging\" {\n  model_of = \"production\"\n  parity {\n  }\n}\n",
		"one in a line":              "environment \"staging\" {\n  model_of = \"production\"\n  parity {}\n}\n",
		"with a waiver":              "environment \"staging\" {\n  model_of = \"production\"\n  parity {\n    fail_on   =   \"warning\" # odd   spaces\n\n    waive \"version/engine\" {\n      reason = \"r\"\n      owner = \"o\"\n      expires = \"2027-01-01\"\n    } // end\n  }\n  # last\n}\n",
		"tabs":                       "environment \"staging\" {\n\tmodel_of = \"production\"\n\tparity {\n\t\tfail_on = \"warning\"\n\t}\n}\n",
		"no end of line":             "environment \"staging\" {\n  model_of = \"production\"\n  parity {\n    fail_on = \"warning\"\n  }\n}",
		"Windows line ends":          "environment \"staging\" {\r\n  model_of = \"production\"\r\n  parity {\r\n    fail_on = \"warning\"\r\n  }\r\n}\r\n",
		"a comment before the brace": "environment \"staging\" {\n  model_of = \"production\"\n  parity {\n    fail_on = \"warning\"\n  /* end */ }\n}\n",
		"braces in texts":            "environment \"staging\" {\n  model_of = \"production\"\n  aliases = [\"}\", \"parity {\"]\n  parity { fail_on = \"warning\" }\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			before := production + staging
			data, line, err := AddWaiver(File{Name: "/d/all.hcl", Data: []byte(before)}, "staging", newWaiver)
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(strings.TrimSpace(strings.Split(string(data), "\n")[line-1]), "waive "), "line %d of\n%s", line, data)
			defs, diags := Parse([]File{{Name: "/d/all.hcl", Data: data}})
			require.False(t, diags.HasErrors(), "%v\n%s", diags, data)
			waivers := defs.Environments["staging"].Parity.Waive
			added := waivers[len(waivers)-1]
			assert.Equal(t, line, added.Range.Start.Line)
			added.Range = newWaiver.Range
			assert.Equal(t, newWaiver, added)
			// What was there is still there, in its order.
			rest := string(data)
			for _, old := range strings.Split(before, "\n") {
				_, after, found := strings.Cut(rest, strings.TrimRight(old, "\r {}"))
				if !strings.Contains(old, "parity {") {
					require.True(t, found, "%q is gone of\n%s", old, data)
					rest = after
				}
			}
			if strings.Contains(before, "\r\n") {
				assert.Equal(t, strings.Count(string(data), "\n")-strings.Count(production, "\n"), strings.Count(string(data), "\r\n"))
			}
		})
	}
}

func TestAddWaiverToAPolicy(t *testing.T) {
	for name, before := range map[string]string{"a new file": "", "a file": "fail_on = \"warning\"\n", "no end of line": "# why\nfail_on = \"warning\""} {
		t.Run(name, func(t *testing.T) {
			data, line, err := AddWaiver(File{Name: "parity.hcl", Data: []byte(before)}, "", newWaiver)
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(string(data), before))
			policy, diags := ParsePolicy(File{Name: "parity.hcl", Data: data})
			require.False(t, diags.HasErrors(), "%v", diags)
			require.Len(t, policy.Waive, 1)
			assert.Equal(t, line, policy.Waive[0].Range.Start.Line)
			again, _, err := AddWaiver(File{Name: "parity.hcl", Data: data}, "", newWaiver)
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(string(again), string(data)))
		})
	}
}

func TestAddWaiverRefuses(t *testing.T) {
	_, _, err := AddWaiver(File{Name: "x.hcl", Data: []byte("environment \"a\" {\n}\n")}, "b", newWaiver)
	assert.ErrorContains(t, err, `x.hcl has no environment "b"`)
	_, _, err = AddWaiver(File{Name: "x.hcl", Data: []byte("environment {")}, "b", newWaiver)
	assert.ErrorContains(t, err, "x.hcl:1")
}

func FuzzAddWaiver(f *testing.F) {
	f.Add("environment \"a\" {\n  parity {}\n}\n", "a", "x")
	f.Add("environment \"a\" {}", "a", "${y}")
	f.Add("fail_on = \"warning\"", "", "\"\x00")
	f.Fuzz(func(t *testing.T, src, environment, reason string) {
		w := newWaiver
		w.Reason = reason
		data, _, err := AddWaiver(File{Name: "x.hcl", Data: []byte(src)}, environment, w)
		if err != nil {
			return
		}
		_, diags := parseFile(File{Name: "x.hcl", Data: data})
		for _, diag := range diags {
			// What is refused for its size alone was written well.
			if diag.Severity == 1 && len(data) < maxFuzzed {
				t.Fatalf("%v:\n%s", diag, data)
			}
		}
	})
}

const maxFuzzed = 64 << 10
