package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// providersFile configures providers where the user's files do not.
const providersFile = "zz_maquette_providers.tf.json"

// provide adds the file that configures the providers of the definition. One that the source has no use for is left out:
// a definition may be for more sources than one.
func (w *workdir) provide(own map[string][]byte) error {
	providers := map[string]map[string]json.RawMessage{}
	for _, name := range slices.Sorted(maps.Keys(w.job.Stack.Providers)) {
		if w.config.root.ProviderConfigs[name] != nil {
			return fmt.Errorf("both the definition and %s configure the provider %s\n  Take the provider block out of one of them", w.job.Stack.Source, name)
		}
		if !w.config.mayNeed(name) {
			continue
		}
		config := w.job.Stack.Providers[name]
		if name == "aws" {
			config = tagged(config, w.job.Tags)
		}
		settings, err := settingsJSON("provider "+name, config)
		if err != nil {
			return err
		}
		providers[name] = settings
	}
	if len(providers) == 0 {
		return nil
	}
	content, err := json.MarshalIndent(map[string]any{"provider": providers}, "", "  ")
	own[providersFile] = content
	return err
}

// mayNeed reports whether a provider, by the name that the root has for it, is needed, as far as can be told before all
// modules are there.
func (c *configuration) mayNeed(name string) bool {
	source := impliedSource(name)
	if r := c.root.RequiredProviders[name]; r != nil && r.Source != "" {
		source = strings.ToLower(r.Source)
	}
	_, needed := c.needs[source]
	return needed || c.opaque || !c.allLocal()
}

// unfitForTags is what the values of tags on AWS cannot hold.
var unfitForTags = lazyregexp.New(`[^\p{L}\p{Z}\p{N}_.:/=+\-@]`)

// tagged lays tags below the default tags that a configuration of the AWS provider has.
func tagged(config map[string]cty.Value, tags map[string]string) map[string]cty.Value {
	if len(tags) == 0 {
		return config
	}
	all := map[string]cty.Value{}
	for name, value := range tags {
		text := []rune(unfitForTags.ReplaceAllString(value, "_"))
		all[name] = cty.StringVal(string(text[:min(len(text), 256)]))
	}
	said := config["default_tags"]
	if said.IsKnown() && said != cty.NilVal && said.Type().IsObjectType() && said.Type().HasAttribute("tags") {
		if own := said.GetAttr("tags"); own.CanIterateElements() {
			maps.Copy(all, own.AsValueMap())
		}
	} else if said != cty.NilVal {
		return config // the provider says what is wrong with it
	}
	config = maps.Clone(config)
	config["default_tags"] = cty.ObjectVal(map[string]cty.Value{"tags": cty.ObjectVal(all)})
	return config
}

// settingsJSON are settings as a file of Terraform's has them.
func settingsJSON(whose string, config map[string]cty.Value) (map[string]json.RawMessage, error) {
	settings := map[string]json.RawMessage{}
	for name, value := range config {
		if value.ContainsMarked() {
			return nil, fmt.Errorf("%s: %s is a secret, and would be written to a file: give it by the environment, as its own documentation says", whose, name)
		}
		if value.IsNull() {
			continue
		}
		text, err := ctyjson.Marshal(value, value.Type())
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", whose, name, err)
		}
		// A text is a template to Terraform, also in JSON.
		settings[name] = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("${"), []byte("$${")), []byte("%{"), []byte("%%{"))
	}
	return settings, nil
}
