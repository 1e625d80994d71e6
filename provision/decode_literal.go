package provision

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/gocty"
)

// decoder reads files and collects what is wrong with them.
type decoder struct {
	diags hcl.Diagnostics
	bytes []byte // of the file at hand
}

func (d *decoder) errorf(at hcl.Range, summary, format string, args ...any) {
	d.diags = append(d.diags, problem(at, summary, format, args...))
}

// attributes makes a schema of names that are divided by blanks.
func attributes(required, optional string) []hcl.AttributeSchema {
	var schema []hcl.AttributeSchema
	for _, name := range strings.Fields(required) {
		schema = append(schema, hcl.AttributeSchema{Name: name, Required: true})
	}
	for _, name := range strings.Fields(optional) {
		schema = append(schema, hcl.AttributeSchema{Name: name})
	}
	return schema
}

// body is what a block holds, or a file that stands for one.
type body struct {
	*hcl.BodyContent
	dir   string // of the file: paths are relative to it
	block hcl.Range
}

// read takes a block apart. Blocks that are named in once may be there once.
func (d *decoder) read(block *hcl.Block, schema *hcl.BodySchema, once ...string) body {
	return d.readBody(block.Body, block.DefRange, schema, once...)
}

// readBody takes apart what is in a block, or in a file, that begins at a place.
func (d *decoder) readBody(from hcl.Body, at hcl.Range, schema *hcl.BodySchema, once ...string) body {
	content, diags := from.Content(schema)
	d.diags = append(d.diags, diags...)
	first := map[string]*hcl.Block{}
	content.Blocks = slices.DeleteFunc(content.Blocks, func(b *hcl.Block) bool {
		if !slices.Contains(once, b.Type) {
			return false
		}
		if earlier := first[b.Type]; earlier != nil {
			d.errorf(b.DefRange, fmt.Sprintf("Duplicate %q block", b.Type), "There may be one %q block here, and there is one at %s already. Make them one.",
				b.Type, place(earlier.DefRange))
			return true
		}
		first[b.Type] = b
		return false
	})
	return body{BodyContent: content, dir: filepath.Dir(at.Filename), block: at}
}

// one returns the block of a type that may be there once, or nil.
func (b body) one(kind string) *hcl.Block {
	for _, block := range b.Blocks {
		if block.Type == kind {
			return block
		}
	}
	return nil
}

// all returns the blocks of a kind, in the order of the file.
func (b body) all(kind string) []*hcl.Block {
	var blocks []*hcl.Block
	for _, block := range b.Blocks {
		if block.Type == kind {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

func (b body) has(name string) bool { return b.Attributes[name] != nil }

// at is where an attribute's value is, or the block where there is none.
func (b body) at(name string) hcl.Range {
	if attr := b.Attributes[name]; attr != nil {
		return attr.Expr.Range()
	}
	return b.block
}

// literal evaluates an attribute that sees nothing. It is false where there is none, or it is wrong.
func (d *decoder) literal(b body, name string, want cty.Type) (cty.Value, bool) {
	attr := b.Attributes[name]
	if attr == nil {
		return cty.NilVal, false
	}
	value, diags := attr.Expr.Value(nil)
	if diags.HasErrors() {
		d.diags = append(d.diags, explained(diags, name, attr.Expr)...)
		return cty.NilVal, false
	}
	converted, err := convert.Convert(value, want)
	if err != nil || value.IsNull() || !value.IsWhollyKnown() {
		d.errorf(attr.Expr.Range(), "Wrong type", "%q must be %s.", name, wanted(want, value))
		return cty.NilVal, false
	}
	return converted, true
}

// explained tells of an attribute that is no literal what it is to be.
func explained(diags hcl.Diagnostics, name string, expr hcl.Expression) hcl.Diagnostics {
	for _, diag := range diags {
		switch word := hcl.ExprAsKeyword(expr); {
		case word != "":
			diag.Detail = fmt.Sprintf("%q must be a literal. Did you mean the text %q, in quotes?", name, word)
		case strings.HasSuffix(diag.Summary, "not allowed"):
			diag.Detail = fmt.Sprintf("%q must be a literal, as it holds for every instance: neither names nor functions can be used in it.", name)
		}
	}
	return diags
}

// text reads a text. It is "" where there is none; one that is there and empty is an error.
func (d *decoder) text(b body, name string) string {
	value, ok := d.literal(b, name, cty.String)
	if !ok {
		return ""
	}
	text := value.AsString()
	if strings.TrimSpace(text) == "" {
		d.errorf(b.at(name), "Empty text", "%q must not be empty.", name)
	}
	return text
}

// texts reads a list of texts.
func (d *decoder) texts(b body, name string) []string {
	value, ok := d.literal(b, name, cty.List(cty.String))
	if !ok {
		return nil
	}
	var texts []string
	for _, v := range value.AsValueSlice() {
		if v.IsNull() || strings.TrimSpace(v.AsString()) == "" {
			d.errorf(b.at(name), "Empty text", "A text in %q is empty.", name)
			return nil
		}
		texts = append(texts, v.AsString())
	}
	return texts
}

// integer reads a whole number of at least a minimum. It is false where there is none, or it is wrong.
func (d *decoder) integer(b body, name string, minimum int) (int, bool) {
	value, ok := d.literal(b, name, cty.Number)
	if !ok {
		return 0, false
	}
	var n int
	if err := gocty.FromCtyValue(value, &n); err != nil || n < minimum || n > maxMembers {
		d.errorf(b.at(name), "Number out of range", "%q is a whole number from %d to %d, and not %s.", name, minimum, maxMembers, value.AsBigFloat().Text('g', 10))
		return 0, false
	}
	return n, true
}

// share reads a number from 0 to a maximum. Nil: there is none, or it is wrong.
func (d *decoder) share(b body, name string, maximum float64) *float64 {
	value, ok := d.literal(b, name, cty.Number)
	if !ok {
		return nil
	}
	f, _ := value.AsBigFloat().Float64()
	if f < 0 || f > maximum {
		d.errorf(b.at(name), "Number out of range", "%q is a number from 0 to %g, and not %s.", name, maximum, value.AsBigFloat().Text('g', 10))
		return nil
	}
	return &f
}

// duration reads a duration. It is 0 where there is none, or it is wrong.
func (d *decoder) duration(b body, name string) time.Duration {
	value, ok := d.literal(b, name, cty.String)
	if !ok {
		return 0
	}
	parsed, err := ParseDuration(value.AsString())
	if err != nil {
		d.errorf(b.at(name), "Bad duration", "%q: %s.", name, err)
	}
	return parsed
}

// path reads a path and joins it to the directory of the file.
func (d *decoder) path(b body, name string) string {
	text := d.text(b, name)
	if text == "" {
		return ""
	}
	return joined(b.dir, text)
}

// joined makes a path relative to a directory lexically.
func joined(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// ParseDuration reads a positive duration, as Go writes it and with days before: "90s", "8h", "3d", "1d12h".
func ParseDuration(text string) (time.Duration, error) {
	bad := fmt.Errorf(`%q is no duration; write it as "90s", "15m", "8h", "3d" or "1d12h"`, text)
	rest, total := strings.TrimSpace(text), time.Duration(0)
	const day = 24 * time.Hour
	if days, after, found := strings.Cut(rest, "d"); found {
		n, err := strconv.ParseUint(days, 10, 32)
		if err != nil || time.Duration(n) > math.MaxInt64/day/2 {
			return 0, bad
		}
		total, rest = time.Duration(n)*day, after
		if strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
			return 0, bad
		}
	}
	if rest != "" || total == 0 {
		part, err := time.ParseDuration(rest)
		if err != nil {
			return 0, bad
		}
		if total += part; total <= 0 {
			return 0, fmt.Errorf("%q is not longer than nothing", text)
		}
	}
	return total, nil
}

// suggest names the nearest of the candidates, as the end of a message; "" where none is near.
func suggest(name string, candidates []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, candidate := range slices.Sorted(slices.Values(candidates)) {
		if distance := levenshtein.Distance(name, candidate, nil); distance < least {
			best, least = candidate, distance
		}
	}
	if best == "" {
		// As "environment" for "env".
		for _, candidate := range candidates {
			if len(candidate) > len(best) && len(candidate) > 2 && strings.HasPrefix(name, candidate) {
				best = candidate
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}

// enumerated lists what there is, as the end of a message.
func enumerated(names []string) string {
	sorted := slices.Sorted(slices.Values(names))
	const shown = 12
	if len(sorted) > shown {
		return strings.Join(sorted[:shown], ", ") + ", …"
	}
	return strings.Join(sorted, ", ")
}
