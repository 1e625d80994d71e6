package terraform

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// isAutoVars tells whether Terraform reads the values of variables from a file without being asked.
func isAutoVars(name string) bool {
	return name == "terraform.tfvars" || name == "terraform.tfvars.json" ||
		strings.HasSuffix(name, ".auto.tfvars") || strings.HasSuffix(name, ".auto.tfvars.json")
}

// overruledVars returns those of the user's variable files that give values which the definition gives too, less these.
// Terraform takes such a file before its environment, so production's own would overrule the scale model's.
func overruledVars(source string, variables map[string]cty.Value) (map[string][]byte, error) {
	entries, err := os.ReadDir(source)
	if err != nil {
		return nil, err
	}
	own := map[string][]byte{}
	for _, entry := range entries {
		if entry.IsDir() || !isAutoVars(entry.Name()) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(source, entry.Name()))
		if err != nil {
			return nil, err
		}
		less := withoutVars
		if strings.HasSuffix(entry.Name(), ".json") {
			less = withoutVarsJSON
		}
		left, changed, err := less(content, variables)
		if err != nil {
			return nil, fmt.Errorf("reading the variables of %s: %w", filepath.Join(source, entry.Name()), err)
		}
		if changed {
			own[entry.Name()] = left
		}
	}
	return own, nil
}

func withoutVars(content []byte, variables map[string]cty.Value) (left []byte, changed bool, err error) {
	file, diags := hclwrite.ParseConfig(content, "", hcl.InitialPos)
	if diags.HasErrors() {
		return content, false, nil // Terraform tells what is wrong with it
	}
	for name := range variables {
		if file.Body().RemoveAttribute(name) != nil {
			changed = true
		}
	}
	return file.Bytes(), changed, nil
}

func withoutVarsJSON(content []byte, variables map[string]cty.Value) (left []byte, changed bool, err error) {
	var values map[string]json.RawMessage
	if json.Unmarshal(content, &values) != nil {
		return content, false, nil
	}
	for name := range variables {
		if _, ok := values[name]; ok {
			delete(values, name)
			changed = true
		}
	}
	left, err = json.Marshal(values)
	return left, changed, err
}
