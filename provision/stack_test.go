package provision

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// What a definition has in clear is no less secret for that: settings of backends and providers are recorded.
func TestSettingsHoldNoSecrets(t *testing.T) {
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
		for _, kind := range []string{"backend", "provider"} {
			text := fmt.Sprintf("environment \"a\" {\n  terraform {\n    source = \"./a\"\n    %s \"some\" {\n      %s\n    }\n  }\n}\n", kind, setting)
			defs, diags := Parse([]File{{Name: "environments/a.hcl", Data: []byte(text)}})
			if !diags.HasErrors() {
				_, diags = defs.Instantiate("a", Inputs{Owner: "anna"})
			}
			if !secret {
				require.False(t, diags.HasErrors(), "%s: %v", setting, diags)
				continue
			}
			require.True(t, diags.HasErrors(), setting)
			assert.Equal(t, "Secret in a "+kind, diags[0].Summary)
			var shown strings.Builder
			require.NoError(t, defs.WriteDiagnostics(&shown, diags, 100, false))
			assert.NotContains(t, shown.String(), "c4nary")
		}
	}
}

// A model's provider holds for what is derived from it, with the heir's name, whatever the source: but for those that
// the heir configures itself.
func TestProvidersAreInherited(t *testing.T) {
	d := mustParse(t, `
environment "production" {
  terraform {
    source = "./aws"
    provider "aws" {
      region       = "us-east-1"
      default_tags = { tags = { Cost = env.name } }
    }
    provider "random" {
    }
  }
}
environment "staging" {
  model_of = "production"
  terraform {
    source = "./elsewhere"
    provider "random" {
      seed = 1
    }
  }
}
environment "review" {
  model_of = "staging"
  terraform {
    provider "aws" {
      region = "eu-west-1"
    }
  }
}
`)
	for name, want := range map[string]string{
		"production": `{"aws":{"default_tags":{"tags":{"Cost":"production"}},"region":"us-east-1"},"random":{}}`,
		"staging":    `{"aws":{"default_tags":{"tags":{"Cost":"staging"}},"region":"us-east-1"},"random":{"seed":1}}`,
		"review":     `{"aws":{"region":"eu-west-1"},"random":{"seed":1}}`,
	} {
		record, err := up(t, d, name, Inputs{}).Stack.record()
		require.NoError(t, err)
		back, err := record.stack()
		require.NoError(t, err)
		plain := map[string]map[string]json.RawMessage{}
		for name, config := range back.Providers {
			plain[name] = map[string]json.RawMessage{}
			for setting, value := range config {
				plain[name][setting], err = json.Marshal(ctyjson.SimpleJSONValue{Value: value})
				require.NoError(t, err)
			}
		}
		text, err := json.Marshal(plain)
		require.NoError(t, err)
		assert.Equal(t, want, string(text), name)
	}
}
