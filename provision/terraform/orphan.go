package terraform

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/provision"
)

// providerOf takes the source out of a provider's address in a state: provider["registry.terraform.io/hashicorp/aws"].
var providerOf = lazyregexp.New(`provider\["([^"]+)"\]`)

// sourceless gives a stack whose source is no more a source that destroys all the same: what is in the state and not
// in the configuration, Terraform takes away. It says only which providers that needs; they are configured by the
// environment. The caller removes it.
func sourceless(job provision.Job, s *state) (provision.Job, func(), error) {
	needed := map[string]map[string]string{}
	for _, r := range s.Resources {
		m := providerOf.FindStringSubmatch(r.Provider)
		if m == nil || strings.HasPrefix(m[1], "terraform.io/builtin/") {
			continue
		}
		// Resources find their provider by its address; the local name is ours to choose, but for its usual one.
		needed[m[1][strings.LastIndex(m[1], "/")+1:]] = map[string]string{"source": m[1]}
	}
	config, err := json.MarshalIndent(map[string]any{"terraform": map[string]any{"required_providers": needed}}, "", "  ")
	if err != nil {
		return job, nil, err
	}
	dir, err := os.MkdirTemp("", "maquette-")
	if err != nil {
		return job, nil, fmt.Errorf("making a configuration to destroy with: %w", err)
	}
	remove := func() { _ = os.RemoveAll(dir) }
	if err := os.WriteFile(filepath.Join(dir, "main.tf.json"), config, 0o600); err != nil {
		remove()
		return job, nil, fmt.Errorf("making a configuration to destroy with: %w", err)
	}
	job.Stack.Source, job.Stack.Variables = dir, nil
	return job, remove, nil
}
