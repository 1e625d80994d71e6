package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Module tells where a module comes from.
type Module struct {
	// Source is as `terraform init` has resolved it, less any credentials:
	// "./web", "registry.terraform.io/terraform-aws-modules/vpc/aws", "git::https://example.com/web.git?ref=v1.2.0".
	Source string
	// Version is set for modules of a registry only.
	Version string
}

// readModules reads what `terraform init` has written about modules, by module path. A directory that is not
// initialised, or whose configuration calls no module, has none.
func readModules(data string) (map[string]Module, error) {
	name := filepath.Join(data, "modules", "modules.json")
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Modules []struct{ Key, Source, Version string }
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	modules := map[string]Module{}
	for _, m := range manifest.Modules {
		if m.Key == "" { // the root module
			continue
		}
		path := "module." + strings.ReplaceAll(m.Key, ".", ".module.")
		modules[path] = Module{Source: redact(m.Source), Version: m.Version}
	}
	return modules, nil
}
