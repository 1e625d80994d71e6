package terraform

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-config-inspect/tfconfig"
	"github.com/maquette/maquette/provision"
	"github.com/zclconf/go-cty/cty"
)

var _ provision.ModuleReader = (*Driver)(nil)

// ReadModule reads the variables and outputs of the root or module in a directory. It returns nil for a source that
// Terraform is to fetch, and for one with OpenTofu's own files, which it cannot read.
func (d *Driver) ReadModule(source string) (*provision.Module, error) {
	if !isDir(source) {
		if filepath.IsAbs(source) {
			return nil, errors.New("there is no such directory")
		}
		return nil, nil // Terraform will fetch it
	}
	c, err := inspect(source)
	if err != nil {
		return nil, err
	}
	if err := c.root.Diagnostics.Err(); err != nil {
		return nil, fmt.Errorf("reading the variables of %s: %w", source, err)
	}
	if c.opaque && len(c.root.Variables) == 0 {
		return nil, nil
	}
	return describe(c.root), nil
}

func describe(m *tfconfig.Module) *provision.Module {
	module := &provision.Module{Variables: map[string]provision.Variable{}, Outputs: map[string]provision.Output{}}
	for name, v := range m.Variables {
		t, literal := variableType(v.Type)
		module.Variables[name] = provision.Variable{Type: t, Required: v.Required, Sensitive: v.Sensitive, Literal: literal}
	}
	for name, o := range m.Outputs {
		module.Outputs[name] = provision.Output{Sensitive: o.Sensitive}
	}
	return module
}

// variableType reads a type constraint, and tells whether Terraform takes values from the environment as they are. A
// type that is not understood accepts anything: Terraform will say what is wrong with it.
func variableType(text string) (t cty.Type, literal bool) {
	switch text {
	case "":
		return cty.DynamicPseudoType, true
	case "list": // as before Terraform 0.12
		return cty.List(cty.DynamicPseudoType), false
	case "map":
		return cty.Map(cty.DynamicPseudoType), false
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), "type", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicPseudoType, false
	}
	t, _, diags = typeexpr.TypeConstraintWithDefaults(expr)
	if diags.HasErrors() {
		return cty.DynamicPseudoType, false
	}
	return t, t.IsPrimitiveType()
}
