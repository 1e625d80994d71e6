package catalog

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// awsBlock is a block of the output of `terraform providers schema -json`.
type awsBlock struct {
	Attributes map[string]awsAttribute
	Blocks     map[string]struct{ Block awsBlock } `json:"block_types"`
}

type awsAttribute struct {
	Type   any
	Nested *struct {
		Attributes map[string]awsAttribute
	} `json:"nested_type"`
}

func awsSchema(t testing.TB) map[string]struct{ Block awsBlock } {
	t.Helper()
	f, err := os.Open("../../testdata/schema/aws-5.45.0.schema.json.gz")
	require.NoError(t, err)
	defer f.Close()
	zr, err := gzip.NewReader(f)
	require.NoError(t, err)
	var doc struct {
		Providers map[string]struct {
			Resources map[string]struct{ Block awsBlock } `json:"resource_schemas"`
		} `json:"provider_schemas"`
	}
	require.NoError(t, json.NewDecoder(zr).Decode(&doc))
	for _, p := range doc.Providers {
		return p.Resources
	}
	t.Fatal("no provider in the schema")
	return nil
}

// has reports whether the provider can have something at a path. Below a
// string there may be a JSON document, and below a map keys of the user's.
func (b awsBlock) has(path string) bool {
	name, rest, nested := strings.Cut(path, ".")
	if sub, ok := b.Blocks[name]; ok {
		return !nested || sub.Block.has(rest)
	}
	a, ok := b.Attributes[name]
	return ok && (!nested || a.has(rest))
}

func (a awsAttribute) has(path string) bool {
	if a.Nested != nil {
		name, rest, nested := strings.Cut(path, ".")
		sub, ok := a.Nested.Attributes[name]
		return ok && (!nested || sub.has(rest))
	}
	return typeHas(a.Type, path)
}

func typeHas(typ any, path string) bool {
	parts, compound := typ.([]any)
	if !compound {
		return typ == "string" || typ == "dynamic"
	}
	switch parts[0] {
	case "list", "set":
		return typeHas(parts[1], path)
	case "map":
		return true
	case "object":
		name, rest, nested := strings.Cut(path, ".")
		sub, ok := parts[1].(map[string]any)[name]
		return ok && (!nested || typeHas(sub, rest))
	}
	return false
}

func load(t testing.TB, files ...File) *Catalog {
	t.Helper()
	cat, diags := Load(hclparse.NewParser(), files...)
	require.False(t, diags.HasErrors(), diags.Error())
	return cat
}

func listedAWS(cat *Catalog) []string {
	var names []string
	for _, n := range cat.Names() {
		if strings.HasPrefix(n, "aws_") {
			names = append(names, n)
		}
	}
	return names
}

// A name that the provider does not have is a slip of the pen: nothing would
// ever be compared by it.
func TestCatalogueNamesWhatTheProviderHas(t *testing.T) {
	cat, schema := load(t), awsSchema(t)
	names := listedAWS(cat)
	paths, documents := 0, 0
	for _, name := range names {
		res, ok := schema[name]
		if !assert.True(t, ok, "%s is no type of the AWS provider", name) {
			continue
		}
		for _, p := range cat.Type(name).Paths() {
			paths++
			if strings.HasPrefix(p, "live.") { // what only running things tell, under a name that the provider does not use
				assert.False(t, res.Block.has("live"), "%s has an attribute live", name)
				continue
			}
			assert.True(t, res.Block.has(p), "%s has no %s", name, p)
			if head := strings.SplitN(p, ".", 2); len(head) == 2 && res.Block.Attributes[head[0]].Type == "string" {
				documents++
			}
		}
		for _, types := range cat.Type(name).SetBy {
			for _, by := range types {
				assert.Contains(t, schema, by, "%s: set_by names a type that does not exist", name)
			}
		}
	}
	t.Logf("%d types listed, of which %d of AWS with %d attribute paths (%d inside JSON documents)", len(cat.Names()), len(names), paths, documents)
	assert.GreaterOrEqual(t, len(names), 550)
}

// The embedded flags are the schema's.
func TestSchemaFlags(t *testing.T) {
	schema := awsSchema(t)
	assert.Len(t, schemaFlags(), len(schema))
	f := schemaFlags()["aws_db_instance"]
	assert.True(t, f.has('c', "arn"))
	assert.True(t, f.has('x', "password"))
	assert.True(t, f.has('s', "vpc_security_group_ids"))
	assert.True(t, f.has('m', "tags"))
	assert.False(t, f.has('c', "ar"), "whole paths only")
	assert.False(t, f.has('c', "engine"))
	for name := range schemaFlags() {
		assert.Contains(t, schema, name)
	}
}

// How well would a type be understood that no catalogue file names? For each
// attribute that the catalogue does name, compare with what the schema's flags
// and the attribute's name alone would say.
func TestGuessesAgreeWithTheCatalogue(t *testing.T) {
	cat := load(t)
	type score struct{ agree, total int }
	byKind := map[string]*score{}
	wrong := map[string]int{}
	kinds := score{}
	all, detailed := score{}, 0
	for _, name := range listedAWS(cat) {
		listed := cat.Type(name)
		guessed := guessType(name)
		guessed.flags = schemaFlags()[name]
		kinds.total++
		if guessed.Kind == listed.Kind {
			kinds.agree++
		}
		for path, want := range listed.aspects {
			got := guessed.aspect(path)
			s := byKind[want.Kind]
			if s == nil {
				s = &score{}
				byKind[want.Kind] = s
			}
			s.total++
			all.total++
			if got.Kind == want.Kind {
				s.agree++
				all.agree++
				if got.Detail == want.Detail {
					detailed++
				}
				continue
			}
			wrong[want.Kind+" guessed as "+got.Kind+": "+path[strings.LastIndexByte(path, '.')+1:]]++
		}
	}
	share := func(s score) float64 { return 100 * float64(s.agree) / float64(max(s.total, 1)) }
	t.Logf("guesses agree with the catalogue in %d of %d attributes (%.1f%%), in detail too in %d", all.agree, all.total, share(all), detailed)
	t.Logf("guesses agree in %d of %d kinds of types (%.1f%%)", kinds.agree, kinds.total, share(kinds))
	for _, kind := range []string{Identity, Reference, Version, Count, Size, Placement, Setting, Secret, Monitoring} {
		if s := byKind[kind]; s != nil {
			t.Logf("  %-10s %5d of %5d (%.1f%%)", kind, s.agree, s.total, share(*s))
		}
	}
	var common []string
	for w := range wrong {
		common = append(common, w)
	}
	sort.Slice(common, func(i, j int) bool {
		if wrong[common[i]] != wrong[common[j]] {
			return wrong[common[i]] > wrong[common[j]]
		}
		return common[i] < common[j]
	})
	for _, w := range common[:min(40, len(common))] {
		t.Logf("    %3d %s", wrong[w], w)
	}
	assert.GreaterOrEqual(t, share(all), 58.0, "the catalogue mostly names what a guess gets wrong, so more is not to be had")
}
