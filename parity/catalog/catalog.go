// Package catalog says what the attributes of resource types mean: which name
// a version, which a size, which are secret, how members are counted.
//
// The knowledge is data: the *.hcl files beside this one, embedded, and files
// of the same form that a user adds. Types that no file names get their
// aspects from the AWS provider's schema, condensed to flags, and from
// patterns over attribute names (guess.go). The package does no I/O.
package catalog

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

//go:embed *.hcl
var builtin embed.FS

// Scale says how the number of a type's members follows the environment's.
type Scale string

// The ways a type scales.
const (
	NotCounted   Scale = ""             // how many there are is not judged
	Proportional Scale = "proportional" // follows the ratio
	Quorum       Scale = "quorum"       // kept for redundancy: never below the minimum
	Fixed        Scale = "fixed"        // one a zone: not scaled
)

// Type is what is known of one resource type.
type Type struct {
	Name      string
	Kind      string
	Scale     Scale
	Members   hcl.Expression // number of members of one resource, nil: one
	ReplicaOf string         // attribute that names what this is a replica of
	Host      string         // attribute that names the cluster or host it lives on
	// SetBy names, for an attribute, the types whose resources fill it in as
	// well (rules of their own for a security group); where there are such
	// resources, they are compared and the attribute is not.
	SetBy  map[string][]string
	Listed bool // named in a catalogue file, not guessed

	aspects map[string]Aspect // by attribute path; the longest prefix wins
	sets    map[string]bool
	maps    map[string]bool
	flags   flags
	memo    sync.Map // path -> Aspect
	memos   atomic.Int32
}

// maxMemos bounds the paths of a type whose aspects are kept: keys of the user's can be without number.
const maxMemos = 10_000

// Catalog is a set of types. It is safe for use by many goroutines.
type Catalog struct {
	listed  map[string]*Type // by the user's files
	builtin map[string]entry
	memo    sync.Map // name -> *Type
}

// File is a catalogue file of the user's.
type File struct {
	Name string
	Data []byte
}

// Load returns the built-in catalogue with the user's files laid over it: a
// type that a file names replaces the built-in one. The parser keeps the
// files' sources for whoever prints the diagnostics.
func Load(parser *hclparse.Parser, files ...File) (*Catalog, hcl.Diagnostics) {
	c := &Catalog{listed: map[string]*Type{}, builtin: builtinTypes()}
	var diags hcl.Diagnostics
	for _, f := range files {
		types := map[string]*Type{}
		diags = append(diags, decode(parser, f, types)...)
		for name, t := range types {
			c.listed[name] = t
		}
	}
	if diags.HasErrors() {
		return nil, diags
	}
	for name := range c.listed {
		c.Type(name) // while only this goroutine knows them
	}
	return c, diags
}

// entry is where a built-in file describes a type.
type entry struct {
	file string
	line int
	text []byte
}

// builtinTypes finds the types of the built-in files without parsing them:
// most runs need a few of the hundreds. The files are ours, and a test parses
// them all, so that each block starts and ends at the left margin.
var builtinTypes = sync.OnceValue(func() map[string]entry {
	names, err := fs.Glob(builtin, "*.hcl")
	if err != nil {
		panic(err) // the pattern is well-formed
	}
	types := map[string]entry{}
	for _, name := range names {
		data, err := builtin.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		line, end := 0, 0
		for text := range bytes.Lines(data) {
			line++
			start := end
			end += len(text)
			label, found := bytes.CutPrefix(text, []byte(`resource "`))
			if !found {
				continue
			}
			block := data[start:]
			if i := bytes.Index(block, []byte("\n}\n")); i >= 0 {
				block = block[:i+len("\n}\n")]
			}
			types[string(label[:bytes.IndexByte(label, '"')])] = entry{name, line, block}
		}
	}
	return types
})

// decode reads the one type that the entry holds.
func (e entry) decode(name string) (*Type, hcl.Diagnostics) {
	file, diags := hclsyntax.ParseConfig(e.text, e.file, hcl.Pos{Line: e.line, Column: 1})
	types := map[string]*Type{}
	if !diags.HasErrors() {
		diags = append(diags, decodeBody(file.Body, types)...)
	}
	return types[name], diags
}

type fileSchema struct {
	Resources []struct {
		Name      string              `hcl:"name,label"`
		SetBy     map[string][]string `hcl:"set_by,optional"`
		Kind      hcl.Expression      `hcl:"kind"`
		Scale     hcl.Expression      `hcl:"scale,optional"`
		Members   hcl.Expression      `hcl:"members,optional"`
		ReplicaOf string              `hcl:"replica_of,optional"`
		Host      string              `hcl:"host,optional"`
		Sets      []string            `hcl:"sets,optional"`
		Maps      []string            `hcl:"maps,optional"`
		Aspects   hcl.Expression      `hcl:"aspects,optional"`
		Range     hcl.Range           `hcl:",def_range"`
	} `hcl:"resource,block"`
}

func decode(parser *hclparse.Parser, f File, into map[string]*Type) hcl.Diagnostics {
	file, diags := parser.ParseHCL(f.Data, f.Name)
	if diags.HasErrors() {
		return diags
	}
	return append(diags, decodeBody(file.Body, into)...)
}

func decodeBody(body hcl.Body, into map[string]*Type) hcl.Diagnostics {
	var doc fileSchema
	diags := gohcl.DecodeBody(body, nil, &doc)
	if diags.HasErrors() {
		return diags
	}
	for _, r := range doc.Resources {
		if _, again := into[r.Name]; again {
			diags = diags.Append(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Duplicate resource type",
				Detail:  fmt.Sprintf("The type %q is already described in this catalogue; keep one block.", r.Name),
				Subject: &r.Range,
			})
			continue
		}
		t := &Type{
			Name: r.Name, ReplicaOf: r.ReplicaOf, Host: r.Host, SetBy: r.SetBy, Listed: true,
			aspects: map[string]Aspect{}, sets: map[string]bool{}, maps: map[string]bool{},
		}
		if !isAbsent(r.Members) {
			t.Members = r.Members
		}
		for _, s := range r.Sets {
			t.sets[s] = true
		}
		for _, m := range r.Maps {
			t.maps[m] = true
		}
		if isAbsent(r.Kind) {
			diags = diags.Append(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Missing kind",
				Detail:  fmt.Sprintf("The type %q has no kind; one of: %s.", r.Name, strings.Join(kinds, ", ")),
				Subject: &r.Range,
			})
			continue
		}
		var kind, scale string
		diags = append(diags, word(r.Kind, "kind", kinds, &kind)...)
		t.Kind = kind
		if !isAbsent(r.Scale) {
			diags = append(diags, word(r.Scale, "scale", []string{string(Proportional), string(Quorum), string(Fixed)}, &scale)...)
			t.Scale = Scale(scale)
		}
		if !isAbsent(r.Aspects) {
			diags = append(diags, decodeAspects(r.Aspects, t.aspects)...)
		}
		into[r.Name] = t
	}
	return diags
}

// isAbsent reports whether gohcl filled in for an optional attribute.
func isAbsent(e hcl.Expression) bool {
	if e == nil {
		return true
	}
	v, diags := e.Value(nil)
	return !diags.HasErrors() && v.IsNull()
}

func word(e hcl.Expression, what string, known []string, into *string) hcl.Diagnostics {
	diags := gohcl.DecodeExpression(e, nil, into)
	if diags.HasErrors() {
		return diags
	}
	for _, k := range known {
		if k == *into {
			return nil
		}
	}
	return hcl.Diagnostics{{
		Severity: hcl.DiagError, Summary: "Unknown " + what,
		Detail:  fmt.Sprintf("%q is no %s; one of: %s.", *into, what, strings.Join(known, ", ")),
		Subject: e.Range().Ptr(),
	}}
}

func decodeAspects(e hcl.Expression, into map[string]Aspect) hcl.Diagnostics {
	pairs, diags := hcl.ExprMap(e)
	for _, p := range pairs {
		var path, text string
		d := gohcl.DecodeExpression(p.Key, nil, &path)
		d = append(d, gohcl.DecodeExpression(p.Value, nil, &text)...)
		if !d.HasErrors() {
			a, err := ParseAspect(text)
			if err != nil {
				d = d.Append(&hcl.Diagnostic{
					Severity: hcl.DiagError, Summary: "Unknown aspect",
					Detail: err.Error(), Subject: p.Value.Range().Ptr(),
				})
			}
			into[path] = a
		}
		diags = append(diags, d...)
	}
	return diags
}

// Type returns what is known of a resource type, guessing where no catalogue
// file names it. It never returns nil.
func (c *Catalog) Type(name string) *Type {
	if t, ok := c.memo.Load(name); ok {
		return t.(*Type)
	}
	t := c.listed[name]
	if e, builtIn := c.builtin[name]; t == nil && builtIn {
		var diags hcl.Diagnostics
		if t, diags = e.decode(name); t == nil {
			panic(fmt.Sprintf("built-in catalogue: %v", diags)) // a test decodes every type
		}
	}
	if t == nil {
		t = guessType(name)
	}
	t.flags = schemaFlags()[name]
	got, _ := c.memo.LoadOrStore(name, t)
	return got.(*Type)
}

// Names returns the types that catalogue files name, sorted.
func (c *Catalog) Names() []string {
	names := make([]string, 0, len(c.listed))
	for n := range c.listed {
		names = append(names, n)
	}
	for n := range c.builtin {
		if c.listed[n] == nil {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}

// Aspect says what the attribute at a path means. Paths are dotted, without
// list indices and map keys.
func (t *Type) Aspect(path string) Aspect {
	if a, ok := t.memo.Load(path); ok {
		return a.(Aspect)
	}
	a := t.aspect(path)
	if t.memos.Add(1) <= maxMemos {
		t.memo.Store(path, a)
	}
	return a
}

func (t *Type) aspect(path string) Aspect {
	for p := path; p != ""; p = parent(p) {
		if a, ok := t.aspects[p]; ok {
			return a
		}
		// Below an attribute that a file names, nothing is guessed; above it
		// the schema and the names still speak.
		if a, ok := t.flags.aspect(p); ok && (p == path || a.Kind == Identity || a.Kind == Secret) {
			return a
		}
	}
	return guessAspect(t, path)
}

func parent(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return ""
}

// IsSet reports whether the order of the list at a path means nothing.
func (t *Type) IsSet(path string) bool { return t.sets[path] || t.flags.has('s', path) }

// IsMap reports whether the attribute at a path is a map with keys of the
// user's choice.
func (t *Type) IsMap(path string) bool { return t.maps[path] || t.flags.has('m', path) }

// HasAspectsBelow reports whether a catalogue file speaks of attributes inside
// the one at a path, so that it is a block and no map.
func (t *Type) HasAspectsBelow(path string) bool {
	for p := range t.aspects {
		if strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

// InSchema reports whether the AWS provider's schema knows the type, so that
// IsSet and IsMap are certain and not only assumed.
func (t *Type) InSchema() bool { return t.flags != nil }

// Paths returns every attribute path that the catalogue names for the type,
// sorted; a test holds them against the provider's schema.
func (t *Type) Paths() []string {
	seen := map[string]bool{}
	for p := range t.aspects {
		seen[p] = true
	}
	for p := range t.sets {
		seen[p] = true
	}
	for p := range t.maps {
		seen[p] = true
	}
	for p := range t.SetBy {
		seen[p] = true
	}
	for _, p := range []string{t.ReplicaOf, t.Host} {
		if p != "" {
			seen[p] = true
		}
	}
	for _, root := range t.memberVariables() {
		seen[root] = true
	}
	paths := make([]string, 0, len(seen))
	for p := range seen {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	return paths
}

// memberVariables returns the attribute paths that Members reads.
func (t *Type) memberVariables() []string {
	if t.Members == nil {
		return nil
	}
	var paths []string
	for _, tr := range t.Members.Variables() {
		var parts []string
		for _, step := range tr {
			switch s := step.(type) {
			case hcl.TraverseRoot:
				parts = append(parts, s.Name)
			case hcl.TraverseAttr:
				parts = append(parts, s.Name)
			}
		}
		paths = append(paths, strings.Join(parts, "."))
	}
	return paths
}
