package provision

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// Expression is an expression of a rule or a gate, as it is written.
type Expression struct {
	Text  string
	Range hcl.Range
}

// parse reads the expression, with places as in its file.
func (e Expression) parse() (hclsyntax.Expression, hcl.Diagnostics) {
	return hclsyntax.ParseExpression([]byte(e.Text+"\n"), e.Range.Filename, e.Range.Start)
}

// sandbox evaluates expressions over data that others have written. What one evaluation may make is bounded: neither
// loops nor functions that multiply can fill the memory. It is for one goroutine at a time.
type sandbox struct {
	exprs     []hclsyntax.Expression
	functions map[string]function.Function
	left      int
}

const (
	// maxWeight is about how many bytes an evaluation may make, all results in between counted.
	maxWeight = 1 << 20
	// elementWeight is what a value weighs whatever it holds.
	elementWeight = 16
	maxExpression = 16 << 10
)

var errTooCostly = errors.New("it would make more than an expression may")

// newSandbox makes expressions that were parsed before ready for evaluation.
func newSandbox(sources ...Expression) (*sandbox, hcl.Diagnostics) {
	b := &sandbox{functions: make(map[string]function.Function, len(functions))}
	for name, f := range functions {
		b.functions[name] = b.watch(name, f)
	}
	for _, source := range sources {
		if len(source.Text) > maxExpression {
			return nil, hcl.Diagnostics{problem(source.Range, "Expression too long", "An expression may have %d KiB here.", maxExpression>>10)}
		}
		expr, diags := source.parse() // a tree of its own, as it is changed
		if diags.HasErrors() {
			return nil, diags
		}
		b.exprs = append(b.exprs, b.weigh(expr))
	}
	return b, nil
}

// value evaluates one of the expressions.
func (b *sandbox) value(i int, variables map[string]cty.Value) (cty.Value, hcl.Diagnostics) {
	b.left = maxWeight
	value, diags := b.exprs[i].Value(&hcl.EvalContext{Variables: variables, Functions: b.functions})
	if b.left < 0 {
		return cty.DynamicVal, hcl.Diagnostics{tooCostly(b.exprs[i].Range())}
	}
	return value, diags
}

func tooCostly(at hcl.Range) *hcl.Diagnostic {
	return problem(at, "Too costly", "The expression makes too much: results may have %d KiB altogether, with all those in between.", maxWeight>>10)
}

// spend takes what a value weighs off what may still be made, and reports whether a secret is in it.
func (b *sandbox) spend(v cty.Value) (secret bool, err error) {
	v, _ = v.Unmark()
	b.left -= elementWeight
	switch t := v.Type(); {
	case !v.IsKnown() || v.IsNull():
	case t == secretType:
		secret = true
	case t == cty.String:
		b.left -= len(v.AsString())
	case t == cty.Number:
		// As many digits as it would be written with.
		exponent := v.AsBigFloat().MantExp(nil)
		b.left -= max(exponent, -exponent) / 3
	case t.IsObjectType() || t.IsTupleType() || t.IsCollectionType():
		for it := v.ElementIterator(); it.Next() && b.left >= 0; {
			key, element := it.Element()
			if key.Type() == cty.String && !t.IsSetType() {
				b.left -= len(key.AsString())
			}
			inside, _ := b.spend(element)
			secret = secret || inside
		}
	}
	if b.left < 0 {
		return secret, errTooCostly
	}
	return secret, nil
}

// weighed is an expression whose results count.
type weighed struct {
	hclsyntax.Expression
	of *sandbox
}

// Value evaluates the expression as long as there is something left to spend.
func (w weighed) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if w.of.left < 0 {
		return cty.DynamicVal, hcl.Diagnostics{tooCostly(w.Range())}
	}
	value, diags := w.Expression.Value(ctx)
	if _, err := w.of.spend(value); err != nil {
		return cty.DynamicVal, hcl.Diagnostics{tooCostly(w.Range())}
	}
	return value, diags
}

// weigh makes the results of an expression and of all in it count, and its operators strict.
func (b *sandbox) weigh(expr hclsyntax.Expression) hclsyntax.Expression {
	all := func(exprs ...*hclsyntax.Expression) {
		for _, e := range exprs {
			if *e != nil {
				*e = b.weigh(*e)
			}
		}
	}
	each := func(exprs []hclsyntax.Expression) {
		for i := range exprs {
			exprs[i] = b.weigh(exprs[i])
		}
	}
	switch e := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		all(&e.Expression)
	case *hclsyntax.RelativeTraversalExpr:
		all(&e.Source)
	case *hclsyntax.FunctionCallExpr:
		each(e.Args)
	case *hclsyntax.ConditionalExpr:
		all(&e.Condition, &e.TrueResult, &e.FalseResult)
	case *hclsyntax.IndexExpr:
		all(&e.Collection, &e.Key)
	case *hclsyntax.TupleConsExpr:
		each(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			all(&e.Items[i].ValueExpr)
			// A bare name is a key as it stands, and must be seen to be one.
			if key, ok := e.Items[i].KeyExpr.(*hclsyntax.ObjectConsKeyExpr); ok && key.ForceNonLiteral {
				all(&key.Wrapped)
			}
		}
	case *hclsyntax.ForExpr:
		all(&e.CollExpr, &e.KeyExpr, &e.ValExpr, &e.CondExpr)
	case *hclsyntax.SplatExpr:
		all(&e.Source, &e.Each)
	case *hclsyntax.TemplateExpr:
		each(e.Parts)
	case *hclsyntax.TemplateJoinExpr:
		all(&e.Tuple)
	case *hclsyntax.TemplateWrapExpr:
		all(&e.Wrapped)
	case *hclsyntax.UnaryOpExpr:
		all(&e.Val)
	case *hclsyntax.BinaryOpExpr:
		all(&e.LHS, &e.RHS)
		if strict := strictOperators[e.Op]; strict != nil {
			e.Op = strict
		}
	}
	return weighed{expr, b}
}

// strictOperators take the place of HCL's own. Of "a || b" HCL forgets that a has failed where b is true, so that a name
// that is mistyped would go unseen; and a secret is to be compared with nothing but another.
var strictOperators = map[*hclsyntax.Operation]*hclsyntax.Operation{
	hclsyntax.OpLogicalOr:  strictLogic(hclsyntax.OpLogicalOr),
	hclsyntax.OpLogicalAnd: strictLogic(hclsyntax.OpLogicalAnd),
	hclsyntax.OpEqual:      strictEquality(cty.Value.Equals),
	hclsyntax.OpNotEqual:   strictEquality(cty.Value.NotEqual),
}

func strictLogic(op *hclsyntax.Operation) *hclsyntax.Operation {
	strict := *op
	strict.ShortCircuit = func(lhs, rhs cty.Value, lhsDiags, rhsDiags hcl.Diagnostics) (cty.Value, hcl.Diagnostics) {
		if lhsDiags.HasErrors() {
			return cty.NilVal, nil
		}
		return op.ShortCircuit(lhs, rhs, lhsDiags, rhsDiags)
	}
	return &strict
}

func strictEquality(compare func(a, b cty.Value) cty.Value) *hclsyntax.Operation {
	return &hclsyntax.Operation{Type: cty.Bool, Impl: function.New(&function.Spec{
		Params: stdlib.EqualFunc.Params(),
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			a, b := args[0], args[1]
			if (a.Type() == secretType) != (b.Type() == secretType) && a.IsKnown() && b.IsKnown() && !a.IsNull() && !b.IsNull() {
				return cty.NilVal, errors.New("a secret can be compared with another secret and with null, and with nothing else")
			}
			return compare(a, b), nil
		},
	})}
}

// unseeing are the functions that do not look into the elements that they are given, so that secrets may be among them.
var unseeing = map[string]bool{
	"chunklist": true, "coalescelist": true, "concat": true, "element": true, "flatten": true, "keys": true, "length": true,
	"lookup": true, "merge": true, "reverse": true, "slice": true, "values": true, "zipmap": true,
}

// watch makes what a function is given and makes count, and refuses beforehand what would multiply it.
func (b *sandbox) watch(name string, f function.Function) function.Function {
	return function.New(&function.Spec{
		Description: f.Description(),
		Params:      f.Params(),
		VarParam:    f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			for _, arg := range args {
				secret, err := b.spend(arg)
				if err != nil {
					return cty.NilType, err
				}
				if secret && !unseeing[name] {
					return cty.NilType, errors.New("a secret cannot be looked into; it can be compared with another one by ==")
				}
			}
			if multiplied(name, args) > b.left {
				b.left = -1
				return cty.NilType, errTooCostly
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			value, err := f.Call(args)
			if err != nil {
				return value, err
			}
			_, err = b.spend(value)
			return value, err
		},
	})
}

var (
	digitRuns = lazyregexp.New(`\d+`)
	exponents = lazyregexp.New(`[eE][+-]?\d{4,}`)
)

// multiplied is about what a function makes where that is more than in proportion to what it is given.
func multiplied(name string, args []cty.Value) int {
	text := func(i int) string {
		if i < len(args) && args[i].Type() == cty.String && args[i].IsKnown() && !args[i].IsNull() {
			return args[i].AsString()
		}
		return ""
	}
	number := func(i int) int {
		if i >= len(args) || args[i].Type() != cty.Number || !args[i].IsKnown() || args[i].IsNull() {
			return 0
		}
		n, _ := args[i].AsBigFloat().Int64()
		return int(min(max(n, 0), maxWeight))
	}
	length := func(v cty.Value) int {
		if t := v.Type(); !v.IsKnown() || v.IsNull() || !t.IsCollectionType() && !t.IsTupleType() {
			return 1
		}
		return v.LengthInt()
	}
	switch name {
	case "setproduct":
		total := len(args) * elementWeight
		for _, arg := range args {
			total = min(total, maxWeight) * length(arg)
		}
		return total
	case "replace":
		return (len(text(0)) + 1) * (len(text(2)) + 1)
	case "regexall":
		return (len(text(1)) + 1) * (strings.Count(text(0), "(") + 1)
	case "indent":
		return number(0) * (strings.Count(text(1), "\n") + 1)
	case "join":
		total := 0
		for _, arg := range args[1:] {
			total += len(text(0)) * length(arg)
		}
		return total
	case "parseint":
		return len(text(0)) * len(text(0)) / elementWeight
	case "jsondecode", "csvdecode", "split":
		return 4 * max(len(text(0)), len(text(1)))
	case "format", "formatlist":
		width := 0
		for _, run := range digitRuns.FindAllString(text(0), -1) {
			var n int
			if _, err := fmt.Sscan(run[:min(len(run), 9)], &n); err == nil {
				width += n
			}
		}
		lists := 1
		for i, arg := range args {
			lists = max(lists, length(arg))
			if i > 0 && exponents.MatchString(text(i)) {
				return maxWeight + 1 // a number of thousands of digits
			}
		}
		if name == "formatlist" {
			width = min(width, maxWeight) * lists
		}
		return width
	}
	return 0
}
