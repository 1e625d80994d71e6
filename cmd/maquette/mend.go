package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/maquette/maquette/internal/hclbounds"
	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

// mender finds the one value in the candidate's files that a finding comes from. It says nothing where it is not certain:
// where more than one value or an expression is behind it, where the file holds another value than was observed, or where
// the file is the baseline's as well.
type mender struct {
	*locator
	rep    *parity.Report
	defs   *provision.Definitions // nil: there are none
	name   string                 // of the candidate's environment; "": it is none
	dirs   []string               // absolute, of the candidate's Terraform files
	stems  []string               // what the candidate's own files of variables are called
	others []string               // directories that others are made of, too
	tiers  map[string][]*parity.Tier
	parsed map[string]*hcl.File // by name; nil: it cannot be read
	listed map[listing][]string // absolute names of files
	blocks map[string]blocks    // of the files of a directory
}

// listing is the files of a directory whose names match a pattern.
type listing struct{ dir, pattern string }

// blocks are those of a directory's files, by type and labels; nil where not all of them can be told.
type blocks map[string][]*hclsyntax.Block

// edit is a remedy with its place.
type edit struct {
	parity.Remedy
	file       string // absolute
	start, end int    // bytes
}

// remedies gives each finding its remedy, in the files as they are now, and returns them by the finding's ID.
func (o *observer) remedies(l *locator, rep *parity.Report, baseline, candidate named) map[string]edit {
	if sacred(candidate.environment, o.defs) || sacred(rep.Candidate.Name, o.defs) {
		return nil
	}
	m := &mender{locator: l, rep: rep, defs: o.defs, name: candidate.environment, parsed: map[string]*hcl.File{}, listed: map[listing][]string{}, blocks: map[string]blocks{}}
	for _, name := range []string{candidate.environment, rep.Candidate.Name, stem(candidate.source)} {
		if name != "" {
			m.stems = append(m.stems, name)
		}
	}
	if l.env != nil {
		m.stems = append(m.stems, l.env.Aliases...)
	}
	for _, dir := range slices.Concat(m.roots, m.near) {
		if dir, err := filepath.Abs(dir); err == nil && len(m.blocksOf(dir)) > 0 {
			m.dirs = append(m.dirs, dir)
		}
	}
	if len(m.dirs) == 0 && m.env == nil {
		return nil // there is no file to mend
	}
	m.others = o.dirsOfOthers(baseline, candidate)
	edits := map[string]edit{}
	at := map[string]string{} // what each place is to be
	torn := map[string]bool{}
	for _, f := range rep.Findings {
		e, ok := m.edit(f)
		if !ok {
			continue
		}
		place := fmt.Sprint(e.file, ":", e.start)
		if to, found := at[place]; found && to != e.To {
			torn[place] = true // two findings want two values
		}
		at[place] = e.To
		edits[f.ID] = e
	}
	for i := range rep.Findings {
		f := &rep.Findings[i]
		f.Remedy = nil
		if e, ok := edits[f.ID]; ok && torn[fmt.Sprint(e.file, ":", e.start)] {
			delete(edits, f.ID)
		} else if ok {
			f.Remedy = &e.Remedy
		}
	}
	return edits
}

// sacred reports whether an environment is production, which no remedy changes: by its name, or because others model it
// and it models none.
func sacred(name string, defs *provision.Definitions) bool {
	if slices.Contains([]string{"production", "prod", "prd", "live"}, strings.ToLower(name)) {
		return true
	}
	if defs == nil || defs.Environments[name] == nil || defs.Environments[name].ModelOf != "" {
		return false
	}
	for _, env := range defs.Environments {
		if env.ModelOf == name {
			return true
		}
	}
	return false
}

// stem is a file's name without its extensions.
func stem(source string) string {
	name, _, _ := strings.Cut(filepath.Base(source), ".")
	return name
}

// dirsOfOthers are the absolute directories that the baseline, or any other environment, is made of or observed in.
func (o *observer) dirsOfOthers(baseline, candidate named) []string {
	other := &locator{}
	if baseline.environment == "" {
		other.source(baseline.source)
	}
	if o.defs != nil {
		for _, name := range sortedKeys(o.defs.Environments) {
			if name == candidate.environment {
				continue
			}
			if root := o.defs.Root(name); root != "" {
				other.roots = append(other.roots, root)
			}
			for _, from := range o.defs.Environments[name].Observe {
				other.source(from.Source)
			}
		}
	}
	var dirs []string
	for _, dir := range slices.Concat(other.roots, other.near) {
		if abs, err := filepath.Abs(dir); err == nil {
			dirs = append(dirs, resolved(abs))
		}
	}
	return dirs
}

func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

func (m *mender) shared(dir string) bool {
	return slices.Contains(m.others, resolved(dir))
}

// edit finds the remedy of one finding.
func (m *mender) edit(f parity.Finding) (edit, bool) {
	if f.Severity == parity.Info || f.Waiver != nil {
		return edit{}, false
	}
	w, ok := m.want(f)
	if !ok {
		return edit{}, false
	}
	if f.Tier != nil && w.ofTier {
		if e, ok := m.ofTier(*f.Tier, w); ok {
			return e, true
		}
	}
	for _, dir := range m.dirs {
		for _, path := range w.paths {
			if name, steps, ok := m.trace(dir, w.address, path); ok {
				return m.variable(dir, name, steps, w)
			}
		}
	}
	return edit{}, false
}

// want is what an attribute is to be.
type want struct {
	address  string
	paths    [][]string // of the attribute; any of them
	from, to cty.Value
	ofTier   bool // the definition of the tier may say it
	size     bool // of the tier, and not its members
}

func (m *mender) want(f parity.Finding) (w want, ok bool) {
	w = want{address: f.Subject.Candidate, paths: [][]string{steps(f.Path)}}
	tier := m.tierOf(f)
	switch {
	case (f.Rule == "one-box/single-member" || f.Rule == "topology/proportion") && tier != nil && tier.Candidate != nil:
		n := tier.Expected.Members
		if f.Rule == "one-box/single-member" {
			n = max(n, 2)
		}
		if text(f.Candidate) != strconv.Itoa(tier.Candidate.Members) || n == tier.Candidate.Members {
			return w, false
		}
		w.from, w.to, w.ofTier = cty.NumberIntVal(int64(tier.Candidate.Members)), cty.NumberIntVal(int64(n)), true
		w.paths = append(w.paths, []string{"count"})
	case f.Rule == "one-box/no-replica" && f.Path == "replicas" && tier != nil && tier.Expected.Members > 0:
		w.address, w.paths = f.Subject.Baseline, [][]string{{"count"}}
		w.from, w.to = cty.Zero, cty.NumberIntVal(int64(tier.Expected.Members))
	case f.Rule == "topology/proportion":
		return w, false
	case slices.ContainsFunc([]string{"version/", "monitoring/", "one-box/no-replica", "topology/size-family", "config/setting", "config/parameter", "config/environment"},
		func(rule string) bool { return strings.HasPrefix(f.Rule, rule) }):
		var okFrom, okTo bool
		w.from, okFrom = scalar(f.Candidate)
		w.to, okTo = scalar(f.Baseline)
		if !okFrom || !okTo || !m.common(f) {
			return w, false
		}
		w.size = f.Rule == "topology/size-family"
		w.ofTier = w.size
	default:
		return w, false
	}
	return w, w.address != "" && !strings.Contains(w.address, ", ") && !strings.Contains(w.address, "*") && len(w.paths[0]) > 0
}

// tierOf is the tier that a finding is of, by its address as well as by its name, of which there may be several.
func (m *mender) tierOf(f parity.Finding) *parity.Tier {
	if f.Tier == nil {
		return nil
	}
	if m.tiers == nil {
		m.tiers = map[string][]*parity.Tier{}
		for i := range m.rep.Tiers {
			t := &m.rep.Tiers[i]
			m.tiers[t.Name] = append(m.tiers[t.Name], t)
		}
	}
	for _, t := range m.tiers[*f.Tier] {
		if t.Baseline != nil && t.Baseline.Address == f.Subject.Baseline {
			return t
		}
	}
	return nil
}

var (
	plainValue   = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$`)
	plainSetting = lazyregexp.New(`^[A-Za-z0-9_+-]+$|^[0-9.]+$`)
	ownID        = lazyregexp.New(`[0-9]{12}|^[a-z]+-[0-9a-f]{8,17}$`)
	ownWord      = lazyregexp.New(`(?i)(^|[^a-z])(production|prod|prd|live)([^a-z]|$)`)
)

// common reports whether the baseline's value can be the candidate's: it names nothing that is the baseline's own.
func (m *mender) common(f parity.Finding) bool {
	value, isText := f.Baseline.(string)
	if !isText {
		return true
	}
	lower, name := strings.ToLower(value), strings.ToLower(m.rep.Baseline.Name)
	if !plainValue.MatchString(value) || ownWord.MatchString(value) || name != "" && strings.Contains(lower, name) {
		return false
	}
	if strings.HasPrefix(f.Rule, "version/") {
		return true
	}
	return (plainSetting.MatchString(value) || f.Rule == "topology/size-family") && !ownID.MatchString(value)
}

// scalar is a value of a report.
func scalar(value any) (cty.Value, bool) {
	switch v := value.(type) {
	case string:
		return cty.StringVal(v), v != "" && v != parity.Hidden
	case bool:
		return cty.BoolVal(v), true
	case int:
		return cty.NumberIntVal(int64(v)), true
	case float64:
		return cty.NumberFloatVal(v), true
	}
	return cty.NilVal, false
}

// text is a value of a report as HCL converts it to a text.
func text(value any) string {
	v, ok := scalar(value)
	if !ok {
		return ""
	}
	return textOf(v)
}

func textOf(v cty.Value) string {
	v, err := convert.Convert(v, cty.String)
	if err != nil || v.IsNull() || !v.IsKnown() {
		return ""
	}
	return v.AsString()
}

var pathStep = lazyregexp.New(`\["([^"]*)"\]|[^.\[\]]+`)

// steps are those of a path in a resource: a.b["c"].
func steps(path string) []string {
	var all []string
	for _, match := range pathStep.FindAllStringSubmatch(path, -1) {
		all = append(all, cmp.Or(match[1], match[0]))
	}
	return all
}

// ofTier finds the number, or the size, in the candidate's definition of a tier.
func (m *mender) ofTier(tier string, w want) (edit, bool) {
	if m.env == nil || !m.defs.FollowsTier(m.name, tier) {
		return edit{}, false
	}
	// It has to be what was built of it.
	derived := slices.ContainsFunc(m.defs.Tiers(m.name), func(t provision.TierScale) bool {
		return t.Name == tier && (w.size && t.Size == textOf(w.from) || !w.size && textOf(w.from) == strconv.Itoa(t.Members))
	})
	if !derived {
		return edit{}, false
	}
	try := func(set string, from, to cty.Value, blocks ...string) (edit, bool) {
		body := m.definition()
		for _, name := range blocks[:len(blocks)-1] {
			typ, label, _ := strings.Cut(name, " ")
			if body = inner(body, typ, label); body == nil {
				return edit{}, false
			}
		}
		attribute := body.Attributes[blocks[len(blocks)-1]]
		if attribute == nil {
			return edit{}, false
		}
		return m.literal(m.env.Range.Filename, set, attribute.Expr, from, to)
	}
	what := "members"
	if w.size {
		what = "size"
	}
	if e, ok := try("tier."+tier+"."+what, w.from, w.to, "tier "+tier, what); ok {
		return e, true
	}
	if e, ok := try("scale.tier."+tier+"."+what, w.from, w.to, "scale", "tier "+tier, what); ok {
		return e, true
	}
	if w.size || textOf(w.from) != "1" || m.env.Scale == nil || m.env.Scale.Budget > 0 {
		return edit{}, false
	}
	one, two := cty.NumberIntVal(1), cty.NumberIntVal(2)
	if _, own := m.env.Scale.Tiers[tier]; own {
		return try("scale.tier."+tier+".minimum", one, two, "scale", "tier "+tier, "minimum")
	}
	return try("scale.minimum", one, two, "scale", "minimum")
}

// What a file may be that is mended.
const maxMended = 1 << 20

var mendLimits = hclbounds.Limits{Nesting: 100, Operators: 50_000}

// definition is the body of the candidate's own environment block.
func (m *mender) definition() *hclsyntax.Body {
	return inner(m.body(m.env.Range.Filename), "environment", m.name)
}

// inner is the one block of a type and label in a body; nil where there is none.
func inner(body *hclsyntax.Body, typ, label string) *hclsyntax.Body {
	if body == nil {
		return nil
	}
	for _, block := range body.Blocks {
		if block.Type == typ && strings.Join(block.Labels, " ") == label {
			return block.Body
		}
	}
	return nil
}

// body parses a file, once; nil where it is not in HCL's own syntax.
func (m *mender) body(name string) *hclsyntax.Body {
	file, read := m.parsed[name]
	if !read {
		if data, err := os.ReadFile(name); err == nil && len(data) <= maxMended {
			if excess, _ := mendLimits.Find(data, name); excess == hclbounds.None {
				if parsed, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos); !diags.HasErrors() {
					file = parsed
				}
			}
		}
		m.parsed[name] = file
	}
	if file == nil {
		return nil
	}
	return file.Body.(*hclsyntax.Body)
}

// files are those of a directory whose names match a pattern, by their absolute names. They are looked for once,
// however many findings there are.
func (m *mender) files(dir, pattern string) []string {
	matching, listed := m.listed[listing{dir, pattern}]
	if listed {
		return matching
	}
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if ok, _ := filepath.Match(pattern, entry.Name()); ok {
			matching = append(matching, filepath.Join(dir, entry.Name()))
		}
	}
	m.listed[listing{dir, pattern}] = matching
	return matching
}

// blockOf finds the one block of a module's files; nil where there is none, or several.
func (m *mender) blockOf(dir, typ string, labels ...string) *hclsyntax.Block {
	if found := m.blocksOf(dir)[blockKey(typ, labels)]; len(found) == 1 {
		return found[0]
	}
	return nil
}

func blockKey(typ string, labels []string) string { return typ + "\x00" + strings.Join(labels, "\x00") }

// blocksOf reads those of a directory, once.
func (m *mender) blocksOf(dir string) blocks {
	all, read := m.blocks[dir]
	if !read {
		all = m.readBlocks(dir)
		m.blocks[dir] = all
	}
	return all
}

func (m *mender) readBlocks(dir string) blocks {
	if len(m.files(dir, "*.tf.json"))+len(m.files(dir, "*override.tf")) > 0 {
		return nil
	}
	all := blocks{}
	for _, file := range m.files(dir, "*.tf") {
		body := m.body(file)
		if body == nil {
			return nil
		}
		for _, block := range body.Blocks {
			key := blockKey(block.Type, block.Labels)
			all[key] = append(all[key], block)
		}
	}
	return all
}

// trace follows an attribute of a resource to the variable of the root module that gives it, and the keys within that.
func (m *mender) trace(dir, address string, path []string) (variable string, within []string, ok bool) {
	parts := strings.Split(parity.WithoutKeys(address), ".")
	if len(parts) < 2 {
		return "", nil, false
	}
	if parts[0] != "module" {
		block := m.blockOf(dir, "resource", parts...)
		if block == nil {
			return "", nil, false
		}
		body := block.Body
		for len(path) > 1 && body.Attributes[path[0]] == nil {
			var nested []*hclsyntax.Block
			for _, block := range body.Blocks {
				if block.Type == path[0] {
					nested = append(nested, block)
				}
			}
			if len(nested) != 1 {
				return "", nil, false
			}
			body, path = nested[0].Body, path[1:]
		}
		attribute := body.Attributes[path[0]]
		if attribute == nil {
			return "", nil, false
		}
		return refers(attribute.Expr, block.Body, address, path[1:])
	}
	if len(parts) < 4 {
		return "", nil, false
	}
	call := m.blockOf(dir, "module", parts[1])
	if call == nil || call.Body.Attributes["source"] == nil {
		return "", nil, false
	}
	source, diags := call.Body.Attributes["source"].Expr.Value(nil)
	if diags.HasErrors() || source.Type() != cty.String || !strings.HasPrefix(source.AsString(), ".") {
		return "", nil, false
	}
	_, rest, _ := strings.Cut(strings.TrimPrefix(address, "module."), ".")
	if strings.Contains(address[:len(address)-len(rest)], `.`+"]") {
		return "", nil, false // a key with a dot in it
	}
	name, within, ok := m.trace(filepath.Join(dir, filepath.FromSlash(source.AsString())), rest, path)
	if !ok || call.Body.Attributes[name] == nil {
		return "", nil, false
	}
	return refers(call.Body.Attributes[name].Expr, call.Body, strings.TrimSuffix(address, "."+rest), within)
}

// refers is the variable that an expression is nothing but, and the keys within it. In a block with for_each, each.value
// is of the instance that the address names.
func refers(expr hcl.Expression, block *hclsyntax.Body, address string, within []string) (string, []string, bool) {
	for {
		inner, ok := expr.(*hclsyntax.TemplateWrapExpr)
		if !ok {
			break
		}
		expr = inner.Wrapped
	}
	traversal, diags := hcl.AbsTraversalForExpr(expr)
	if diags.HasErrors() || len(traversal) < 2 {
		return "", nil, false
	}
	var keys []string
	for _, step := range traversal[1:] {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			keys = append(keys, step.Name)
		case hcl.TraverseIndex:
			if step.Key.Type() != cty.String {
				return "", nil, false
			}
			keys = append(keys, step.Key.AsString())
		default:
			return "", nil, false
		}
	}
	switch each := block.Attributes["for_each"]; {
	case traversal.RootName() == "var":
		return keys[0], slices.Concat(keys[1:], within), true
	case traversal.RootName() == "each" && keys[0] == "value" && each != nil:
		key := lastKey.FindStringSubmatch(address)
		if key == nil || each.Expr == expr {
			return "", nil, false
		}
		if _, again := each.Expr.(*hclsyntax.ScopeTraversalExpr); !again || each.Expr.Variables()[0].RootName() != "var" {
			return "", nil, false
		}
		return refers(each.Expr, block, address, slices.Concat([]string{key[1]}, keys[1:], within))
	}
	return "", nil, false
}

var lastKey = lazyregexp.New(`\["([^"\\]*)"\]$`)

// variable finds where a variable of the root module has its value: in the candidate's definition, in a file of
// variables, or in its default.
func (m *mender) variable(root, name string, within []string, w want) (edit, bool) {
	declared := m.blockOf(root, "variable", name)
	if declared == nil || declared.Body.Attributes["sensitive"] != nil || declared.Body.Attributes["ephemeral"] != nil {
		return edit{}, false
	}
	set := strings.Join(append([]string{name}, within...), ".")
	if m.env != nil && m.defs.Root(m.name) != "" {
		if resolved(m.defs.Root(m.name)) != resolved(root) {
			return edit{}, false
		}
		expr, from := m.defs.Variable(m.name, name)
		if expr == nil || from != m.name {
			return edit{}, false
		}
		return m.literal(expr.Range().Filename, set, inside(expr, within), w.from, w.to)
	}
	var given []string // the last one counts
	given = append(given, m.files(root, "terraform.tfvars")...)
	given = append(given, m.files(root, "*.auto.tfvars")...)
	if len(m.files(root, "*.tfvars.json")) > 0 {
		return edit{}, false
	}
	for _, file := range m.files(root, "*.tfvars") {
		if slices.Contains(m.stems, stem(file)) && !slices.Contains(given, file) {
			given = append(given, file)
		}
	}
	for _, file := range slices.Backward(given) {
		body := m.body(file)
		if body == nil {
			return edit{}, false
		}
		attribute := body.Attributes[name]
		if attribute == nil {
			continue
		}
		if m.shared(root) && !slices.Contains(m.stems, stem(file)) || sacred(stem(file), nil) {
			return edit{}, false
		}
		return m.literal(file, set, inside(attribute.Expr, within), w.from, w.to)
	}
	// Other files of variables may be given by -var-file.
	initial := declared.Body.Attributes["default"]
	if initial == nil || m.shared(root) || len(m.files(root, "*.tfvars")) > len(given) {
		return edit{}, false
	}
	return m.literal(initial.SrcRange.Filename, set, inside(initial.Expr, within), w.from, w.to)
}

// inside is the expression at the keys of an object that is written out; nil where it is not.
func inside(expr hcl.Expression, keys []string) hcl.Expression {
	for _, key := range keys {
		object, ok := expr.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return nil
		}
		expr = nil
		for _, item := range object.Items {
			if name, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && textOf(name) == key {
				expr = item.ValueExpr
			}
		}
	}
	return expr
}

// literal is the edit of an expression that is nothing but the value that was observed.
func (m *mender) literal(file, set string, expr hcl.Expression, from, to cty.Value) (edit, bool) {
	switch literal := expr.(type) {
	case *hclsyntax.TemplateExpr:
		if !literal.IsStringLiteral() {
			return edit{}, false
		}
	case *hclsyntax.LiteralValueExpr:
	default:
		return edit{}, false
	}
	value, diags := expr.Value(nil)
	if diags.HasErrors() || value.IsNull() || textOf(value) != textOf(from) {
		return edit{}, false
	}
	to, err := convert.Convert(to, value.Type())
	if err != nil {
		if to, err = convert.Convert(to, cty.String); err != nil {
			return edit{}, false
		}
	}
	data, err := os.ReadFile(file)
	at := expr.Range()
	if err != nil || at.End.Byte > len(data) || bytes.HasPrefix(data[at.Start.Byte:], []byte("<<")) {
		return edit{}, false
	}
	where := m.at(file, at.Start.Line, at.Start.Column)
	return edit{
		Remedy: parity.Remedy{
			Set: set, From: string(data[at.Start.Byte:at.End.Byte]), To: string(hclwrite.TokensForValue(to).Bytes()),
			File: where.File, Line: where.Line,
		},
		file: file, start: at.Start.Byte, end: at.End.Byte,
	}, true
}
