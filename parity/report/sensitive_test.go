package report_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
	"github.com/maquette/maquette/parity/source"
)

// sensitive is a state of which every attribute is marked as sensitive, and the texts in
// them that stand nowhere else.
func sensitive(t *testing.T, name string) (*parity.Snapshot, map[string]bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "shop", name))
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(data, &state))
	texts := map[string]bool{}
	var collect func(any)
	collect = func(v any) {
		switch v := v.(type) {
		case string:
			// Words are in addresses and messages, too.
			if len(v) >= 6 && strings.ContainsAny(v, "0123456789_./:-") {
				texts[v] = true
			}
		case []any:
			for _, x := range v {
				collect(x)
			}
		case map[string]any:
			for _, x := range v {
				collect(x)
			}
		}
	}
	for _, r := range state["resources"].([]any) {
		for _, i := range r.(map[string]any)["instances"].([]any) {
			instance := i.(map[string]any)
			attributes := instance["attributes"].(map[string]any)
			collect(attributes)
			var paths [][]any
			for _, key := range slices.Sorted(maps.Keys(attributes)) {
				paths = append(paths, []any{map[string]any{"type": "get_attr", "value": key}})
			}
			instance["sensitive_attributes"] = paths
		}
	}
	marked, err := json.Marshal(state)
	require.NoError(t, err)
	s, err := source.Read(name, strings.NewReader(string(marked)))
	require.NoError(t, err)
	return s, texts
}

// TestSensitive: what a state marks as sensitive is compared, and never shown.
func TestSensitive(t *testing.T) {
	for _, staging := range []string{"staging-drift.tfstate", "staging-onebox.tfstate", "staging-model.tfstate"} {
		base, texts := sensitive(t, "production.tfstate")
		cand, others := sensitive(t, staging)
		maps.Copy(texts, others)
		r := parity.Compare(base, cand, catalogue(t), parity.DefaultOptions())
		require.NotEmpty(t, r.Findings)
		require.Greater(t, len(texts), 300)
		for _, format := range report.Formats() {
			out := string(render(t, format, r, report.Style{All: true}))
			for text := range texts {
				if strings.Contains(out, text) {
					assert.Fail(t, fmt.Sprintf("%s shows %q", format, text))
				}
			}
		}
	}
}

// TestSensitiveHost: that two services share a host is told without its name, where that is hidden.
func TestSensitiveHost(t *testing.T) {
	services := func(hosts ...string) *parity.Snapshot {
		var resources []string
		for i, host := range hosts {
			resources = append(resources, fmt.Sprintf(`{"mode": "managed", "type": "aws_ecs_service", "name": "s%d", "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
				"instances": [{"attributes": {"cluster": %q, "desired_count": 2, "id": "id-%[1]d", "launch_type": "EC2", "name": "s%[1]d"},
				"sensitive_attributes": [[{"type": "get_attr", "value": "cluster"}]]}]}`, i, host))
		}
		s, err := source.Read("x", strings.NewReader(`{"version": 4, "resources": [`+strings.Join(resources, ", ")+`]}`))
		require.NoError(t, err)
		return s
	}
	r := parity.Compare(services("first-8d2c41", "second-8d2c41"), services("both-8d2c41", "both-8d2c41"), catalogue(t), parity.DefaultOptions())
	rules := map[string]string{}
	for _, f := range r.Findings {
		rules[f.Rule] = f.Message
	}
	assert.Equal(t, "s0, s1 share (secret), in the baseline they live on 2", rules["one-box/collapsed"])
	for _, format := range report.Formats() {
		assert.NotContains(t, string(render(t, format, r, report.Style{All: true})), "8d2c41", format)
	}
}
