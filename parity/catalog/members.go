package catalog

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

var memberFunctions = map[string]function.Function{
	"coalesce": stdlib.CoalesceFunc,
	"max":      stdlib.MaxFunc,
	"min":      stdlib.MinFunc,
	"length":   stdlib.LengthFunc,
	"try":      tryfunc.TryFunc,
	"sum":      sumFunc,
}

// sumFunc adds up a list of numbers.
var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			n, err := convert.Convert(v, cty.Number)
			if err != nil {
				return cty.NilVal, err
			}
			total = total.Add(n)
		}
		return total, nil
	},
})

// MemberCount evaluates Members over a resource's attributes. It reports false
// where the count is not known, or the expression does not fit the resource.
func (t *Type) MemberCount(attribute func(name string) cty.Value) (float64, bool) {
	if t.Members == nil {
		return 1, true
	}
	ctx := &hcl.EvalContext{Functions: memberFunctions, Variables: map[string]cty.Value{}}
	for _, tr := range t.Members.Variables() {
		name := tr.RootName()
		ctx.Variables[name] = attribute(name)
	}
	v, diags := t.Members.Value(ctx)
	if diags.HasErrors() || !v.IsKnown() || v.IsNull() {
		return 0, false
	}
	n, err := convert.Convert(v, cty.Number)
	if err != nil || !n.IsKnown() || n.IsNull() {
		return 0, false
	}
	f, _ := n.AsBigFloat().Float64()
	return f, true
}

// MemberAttributes are the attributes that Members reads.
func (t *Type) MemberAttributes() []string { return t.memberVariables() }
