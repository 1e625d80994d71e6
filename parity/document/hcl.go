package document

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/hclbounds"
	"github.com/maquette/maquette/parity"
)

// maxHCL is in bytes: its parser is slow, and on hostile text slower than linear.
const maxHCL = 256 << 10

// Lists are brackets, and count as operators too.
var hclLimits = hclbounds.Limits{Nesting: maxNesting, Operators: 50_000}

// parseHCL reads attributes and blocks. Nothing is evaluated: what is no literal is kept as it is written. Blocks of a
// type are a list, or maps by their labels.
func parseHCL(data []byte) (parity.Value, error) {
	if len(data) > maxHCL {
		return parity.Value{}, errorAt(0, 0, "Divide it into several documents, or write it as YAML or JSON.", "it has more than %d KiB of HCL", maxHCL>>10)
	}
	switch excess, at := hclLimits.Find(data, ""); excess {
	case hclbounds.Nesting:
		return parity.Value{}, tooDeep(at.Start.Line, at.Start.Column)
	case hclbounds.Operators:
		return parity.Value{}, errorAt(at.Start.Line, at.Start.Column, "Write values, rather than what computes them.", "it has more than %d operators and lists", hclLimits.Operators)
	}
	file, diags := hclsyntax.ParseConfig(data, "", hcl.InitialPos)
	if diags.HasErrors() {
		diag := diags.Errs()[0].(*hcl.Diagnostic)
		line, column := 0, 0
		if diag.Subject != nil {
			line, column = diag.Subject.Start.Line, diag.Subject.Start.Column
		}
		return parity.Value{}, errorAt(line, column, "", "%s", strings.ToLower(diag.Summary[:1])+diag.Summary[1:])
	}
	return hclReader(data).body(file.Body.(*hclsyntax.Body))
}

// hclReader is the text that is read.
type hclReader []byte

// blocks are those of one type, below some of their labels.
type blocks struct {
	labelled map[string]*blocks
	bodies   []parity.Value
}

func (r hclReader) body(body *hclsyntax.Body) (parity.Value, error) {
	var o object
	for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
		v, err := r.expression(body.Attributes[name].Expr)
		if err != nil {
			return v, err
		}
		o.add(name, v)
	}
	types := &blocks{}
	for _, block := range body.Blocks {
		if o.seen[block.Type] {
			at := block.TypeRange.Start
			return parity.Value{}, duplicate(at.Line, at.Column, block.Type)
		}
		v, err := r.body(block.Body)
		if err != nil {
			return v, err
		}
		types.add(append([]string{block.Type}, block.Labels...), v)
	}
	for _, name := range slices.Sorted(maps.Keys(types.labelled)) {
		o.add(name, types.labelled[name].value(false))
	}
	return o.value(), nil
}

func (b *blocks) add(path []string, body parity.Value) {
	for _, label := range path {
		if b.labelled == nil {
			b.labelled = map[string]*blocks{}
		}
		if b.labelled[label] == nil {
			b.labelled[label] = &blocks{}
		}
		b = b.labelled[label]
	}
	b.bodies = append(b.bodies, body)
}

// value is the list of the bodies, or a map by label. Below a label one body stands for itself.
func (b *blocks) value(below bool) parity.Value {
	bodies := parity.ListOf(b.bodies)
	if below && len(b.bodies) == 1 {
		bodies = b.bodies[0]
	}
	if len(b.labelled) == 0 {
		return bodies
	}
	var o object
	if len(b.bodies) > 0 {
		o.add("", bodies) // blocks of one type, some with fewer labels
	}
	for _, label := range slices.Sorted(maps.Keys(b.labelled)) {
		o.add(label, b.labelled[label].value(true))
	}
	return o.value()
}

func (r hclReader) expression(expr hclsyntax.Expression) (parity.Value, error) {
	switch e := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return r.literal(e), nil
	case *hclsyntax.TemplateExpr:
		if text, ok := plainTemplate(e); ok {
			return parity.Text(text), nil
		}
	case *hclsyntax.ParenthesesExpr:
		return r.expression(e.Expression)
	case *hclsyntax.UnaryOpExpr:
		if n, ok := e.Val.(*hclsyntax.LiteralValueExpr); ok && e.Op == hclsyntax.OpNegate {
			if v := r.literal(n); v.Kind == parity.Number {
				v.Text = "-" + v.Text
				return v, nil
			}
		}
	case *hclsyntax.TupleConsExpr:
		items := make([]parity.Value, len(e.Exprs))
		for i, it := range e.Exprs {
			var err error
			if items[i], err = r.expression(it); err != nil {
				return parity.Value{}, err
			}
		}
		return parity.ListOf(items), nil
	case *hclsyntax.ObjectConsExpr:
		var o object
		for _, it := range e.Items {
			v, err := r.expression(it.ValueExpr)
			if err != nil {
				return v, err
			}
			if key := r.key(it.KeyExpr); !o.add(key, v) {
				at := it.KeyExpr.Range().Start
				return parity.Value{}, duplicate(at.Line, at.Column, key)
			}
		}
		return o.value(), nil
	}
	return parity.Text(r.source(expr)), nil
}

func (r hclReader) source(e hclsyntax.Expression) string {
	return string(e.Range().SliceBytes(r))
}

func (r hclReader) literal(e *hclsyntax.LiteralValueExpr) parity.Value {
	switch {
	case e.Val.IsNull():
		return parity.Value{}
	case e.Val.Type() == cty.Bool:
		return boolean(e.Val.True())
	case e.Val.Type() == cty.Number:
		// As it is written: a number of a million digits has a short form.
		if text := r.source(e); jsonNumber.MatchString(text) {
			return parity.Value{Kind: parity.Number, Text: text}
		}
		f, _ := e.Val.AsBigFloat().Float64()
		return float(f)
	}
	return parity.Text(r.source(e))
}

// plainTemplate is the text of a template that has nothing to evaluate in it.
func plainTemplate(e *hclsyntax.TemplateExpr) (string, bool) {
	var b strings.Builder
	for _, part := range e.Parts {
		literal, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || literal.Val.IsNull() || literal.Val.Type() != cty.String {
			return "", false
		}
		b.WriteString(literal.Val.AsString())
	}
	return b.String(), true
}

// key is what an object's key says: a word, a text, or the expression as it is written.
func (r hclReader) key(e hclsyntax.Expression) string {
	k, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return r.source(e)
	}
	if word := hcl.ExprAsKeyword(k.Wrapped); word != "" && !k.ForceNonLiteral {
		return word
	}
	if t, ok := k.Wrapped.(*hclsyntax.TemplateExpr); ok {
		if text, ok := plainTemplate(t); ok {
			return text
		}
	}
	return r.source(k.Wrapped)
}
