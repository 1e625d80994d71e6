package terraform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/maquette/maquette/provision"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

const variablePrefix = "TF_VAR_"

// maxVariable is what Linux takes for one entry of the environment, name and final zero included.
const maxVariable = 128 << 10

// encodeVariables returns values as Terraform reads them from its environment. What is secret leaves its marks here,
// and nowhere else. A variable that the module does not declare is left to Terraform, which ignores it.
func encodeVariables(values map[string]cty.Value, module *provision.Module) (map[string]string, error) {
	env := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		declared, ok := module.Variables[name]
		if !ok {
			declared = provision.Variable{Type: cty.DynamicPseudoType, Literal: true}
		}
		value, _ := values[name].UnmarkDeep()
		if value.IsNull() && declared.Literal {
			if declared.Required {
				return nil, fmt.Errorf("variable %s: it is null, and has no default", name)
			}
			continue // its default; as text it cannot be null
		}
		text, err := encodeVariable(value, declared)
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", name, err)
		}
		if size := len(variablePrefix) + len(name) + 1 + len(text) + 1; size > maxVariable {
			return nil, fmt.Errorf("variable %s: its value has %d bytes, and the environment, through which Terraform gets it, takes %d: put it in a file and give its path", name, len(text), maxVariable-len(variablePrefix)-len(name)-2)
		}
		env[variablePrefix+name] = text
	}
	return env, nil
}

// encodeVariable never shows the value in its error.
func encodeVariable(value cty.Value, declared provision.Variable) (string, error) {
	if !value.IsWhollyKnown() {
		return "", fmt.Errorf("its value is not known yet")
	}
	var text string
	if declared.Literal {
		asText, err := convert.Convert(value, cty.String)
		switch {
		case err != nil && declared.Type == cty.DynamicPseudoType:
			return "", fmt.Errorf("it declares no type, so Terraform takes text for it, and not %s: declare one", value.Type().FriendlyName())
		case err != nil:
			return "", fmt.Errorf("it is %s, and not %s", declared.Type.FriendlyName(), value.Type().FriendlyName())
		}
		text = asText.AsString()
	} else {
		text = string(hclwrite.TokensForValue(value).Bytes())
	}
	if strings.ContainsRune(text, 0) {
		return "", fmt.Errorf("its value holds a zero byte, which the environment cannot carry")
	}
	return text, nil
}

// placeholders returns an empty value for each required variable that has none: a destroy does not need them, but
// Terraform asks.
func placeholders(module *provision.Module, given func(name string) bool) map[string]cty.Value {
	values := map[string]cty.Value{}
	for name, v := range module.Variables {
		if v.Required && !given(name) {
			values[name] = emptyValue(v.Type)
		}
	}
	return values
}

func emptyValue(t cty.Type) cty.Value {
	switch {
	case t == cty.String || t == cty.DynamicPseudoType:
		return cty.StringVal("")
	case t == cty.Number:
		return cty.Zero
	case t == cty.Bool:
		return cty.False
	case t.IsObjectType():
		attributes := map[string]cty.Value{}
		for name, attribute := range t.AttributeTypes() {
			if !t.AttributeOptional(name) {
				attributes[name] = emptyValue(attribute)
			}
		}
		return cty.ObjectVal(attributes)
	case t.IsTupleType():
		var elements []cty.Value
		for _, element := range t.TupleElementTypes() {
			elements = append(elements, emptyValue(element))
		}
		return cty.TupleVal(elements)
	case t.IsMapType():
		return cty.EmptyObjectVal
	default:
		return cty.EmptyTupleVal
	}
}
