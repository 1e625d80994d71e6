package provision

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a definition has in clear is no less secret for that: a backend's settings are recorded.
func TestBackendsHoldNoSecrets(t *testing.T) {
	for setting, secret := range map[string]bool{
		`conn_str = "postgres://app:c4nary@db/states"`:                     true,
		`conn_str = "postgres://app@db/states"`:                            false,
		`password = "c4nary"`:                                              true,
		`secret_key = "c4nary"`:                                            true,
		`key = "-----BEGIN RSA PRIVATE KEY-----c4nary"`:                    true,
		`key = "staging.tfstate"`:                                          false,
		`secret_suffix = "state"`:                                          false,
		`credentials = "/etc/keys/gcs.json"`:                               false,
		`password = null`:                                                  false,
		`http = { auth = "none", password = "c4nary" }`:                    true,
		`assume_role = { role_arn = "arn:aws:iam::123456789012:role/tf" }`: false,
	} {
		t.Run(setting, func(t *testing.T) {
			text := fmt.Sprintf("environment \"a\" {\n  terraform {\n    source = \"./a\"\n    backend \"some\" {\n      %s\n    }\n  }\n}\n", setting)
			defs, diags := Parse([]File{{Name: "environments/a.hcl", Data: []byte(text)}})
			if !diags.HasErrors() {
				_, diags = defs.Instantiate("a", Inputs{Owner: "anna"})
			}
			if !secret {
				require.False(t, diags.HasErrors(), "%v", diags)
				return
			}
			require.True(t, diags.HasErrors())
			assert.Equal(t, "Secret in a backend", diags[0].Summary)
			var shown strings.Builder
			require.NoError(t, defs.WriteDiagnostics(&shown, diags, 100, false))
			assert.NotContains(t, shown.String(), "c4nary")
		})
	}
}
