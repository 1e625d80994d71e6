package parity_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/source"
)

// The shop: one system, built twice. The candidate is a true scale model.
const (
	productionFile = "../testdata/shop/production.tfstate"
	stagingFile    = "../testdata/shop/staging-model.tfstate"
)

// state is a decoded Terraform state that a test edits before it is read.
type state struct {
	t   testing.TB
	env string // production or staging
	doc map[string]any
	raw []byte // what to read instead of doc, where the form of the file is the point
}

func readState(t testing.TB, file, env string) *state {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	s := &state{t: t, env: env}
	s.decode(data)
	return s
}

func shop(t testing.TB) (base, cand *state) {
	t.Helper()
	return readState(t, productionFile, "production"), readState(t, stagingFile, "staging")
}

func (s *state) decode(data []byte) {
	s.t.Helper()
	s.doc = nil
	require.NoError(s.t, decodeJSON(data, &s.doc))
}

// decodeJSON keeps numbers as they are written.
func decodeJSON(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(into)
}

func encodeJSON(t testing.TB, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	require.NoError(t, e.Encode(v))
	return bytes.TrimSpace(b.Bytes())
}

// copy returns a value that shares nothing with the original.
func (s *state) copy(v any) (own any) {
	s.t.Helper()
	require.NoError(s.t, decodeJSON(encodeJSON(s.t, v), &own))
	return own
}

func (s *state) bytes() []byte {
	if s.raw != nil {
		return s.raw
	}
	return encodeJSON(s.t, s.doc)
}

// snapshot reads the state as the command does.
func (s *state) snapshot() *parity.Snapshot {
	s.t.Helper()
	snap, err := source.Read(s.env+".tfstate", bytes.NewReader(s.bytes()))
	require.NoError(s.t, err)
	return snap
}

func (s *state) resources() []any { return s.doc["resources"].([]any) }

// each calls f with every resource of the state.
func (s *state) each(f func(r map[string]any)) {
	for _, r := range s.resources() {
		f(r.(map[string]any))
	}
}

var addressForm = regexp.MustCompile(`^(\w+)\.([\w-]+)(?:\[(.+)\])?$`)

// parseAddress takes "aws_instance.worker[0]" apart; key is nil where the
// address names a whole block.
func (s *state) parseAddress(address string) (typ, name string, key any) {
	s.t.Helper()
	m := addressForm.FindStringSubmatch(address)
	require.NotNil(s.t, m, "no address: %s", address)
	if m[3] != "" {
		require.NoError(s.t, decodeJSON([]byte(m[3]), &key))
	}
	return m[1], m[2], key
}

func sameKey(x, y any) bool { return fmt.Sprint(x) == fmt.Sprint(y) }

// block returns the resource block that an address is of.
func (s *state) block(address string) map[string]any {
	s.t.Helper()
	typ, name, _ := s.parseAddress(address)
	for _, r := range s.resources() {
		if m := r.(map[string]any); m["type"] == typ && m["name"] == name && m["mode"] == "managed" {
			return m
		}
	}
	s.t.Fatalf("the state of %s has no %s", s.env, address)
	return nil
}

// instances returns the instances that an address names: one, or all of a
// block.
func (s *state) instances(address string) (out []map[string]any) {
	s.t.Helper()
	_, _, key := s.parseAddress(address)
	for _, i := range s.block(address)["instances"].([]any) {
		if m := i.(map[string]any); key == nil || sameKey(m["index_key"], key) {
			out = append(out, m)
		}
	}
	require.NotEmpty(s.t, out, "the state of %s has no %s", s.env, address)
	return out
}

// attribute returns one attribute of the first instance at an address.
func (s *state) attribute(address, path string) any {
	s.t.Helper()
	v, ok := lookup(s.instances(address)[0]["attributes"], strings.Split(path, "."))
	require.True(s.t, ok, "%s has no %s", address, path)
	return v
}

func (s *state) text(address, path string) string { return s.attribute(address, path).(string) }

func lookup(v any, path []string) (any, bool) {
	for _, step := range path {
		switch x := v.(type) {
		case map[string]any:
			y, ok := x[step]
			if !ok {
				return nil, false
			}
			v = y
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				return nil, false
			}
			v = x[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// edit changes a state. Each mutation is one.
type edit func(s *state)

func do(edits ...edit) edit {
	return func(s *state) {
		for _, e := range edits {
			e(s)
		}
	}
}

// modify changes the value at a path of every instance that an address names.
// A step of a path is a key or an index; of the last one, a key may be new.
func modify(address, path string, f func(s *state, old any) any) edit {
	return func(s *state) {
		s.t.Helper()
		steps := strings.Split(path, ".")
		last := steps[len(steps)-1]
		for _, i := range s.instances(address) {
			parent, ok := lookup(i["attributes"], steps[:len(steps)-1])
			require.True(s.t, ok, "%s has no %s", address, path)
			switch p := parent.(type) {
			case map[string]any:
				p[last] = f(s, p[last])
			case []any:
				n, err := strconv.Atoi(last)
				require.NoError(s.t, err)
				p[n] = f(s, p[n])
			default:
				s.t.Fatalf("%s: nothing can be set at %s", address, path)
			}
		}
	}
}

// set gives an attribute another value, which must differ.
func set(address, path string, value any) edit {
	return modify(address, path, func(s *state, old any) any {
		s.t.Helper()
		require.NotEqual(s.t, string(encodeJSON(s.t, old)), string(encodeJSON(s.t, value)), "%s.%s has that value already", address, path)
		return s.copy(value)
	})
}

// give adds an attribute that may be there already.
func give(address, path string, value any) edit {
	return modify(address, path, func(s *state, _ any) any { return s.copy(value) })
}

// unset removes a key.
func unset(address, path string) edit {
	return func(s *state) {
		s.t.Helper()
		steps := strings.Split(path, ".")
		last := steps[len(steps)-1]
		for _, i := range s.instances(address) {
			parent, _ := lookup(i["attributes"], steps[:len(steps)-1])
			m, ok := parent.(map[string]any)
			require.True(s.t, ok && m[last] != nil, "%s has no %s", address, path)
			delete(m, last)
		}
	}
}

// editJSON changes a document that an attribute holds as text.
func editJSON(address, path string, f func(doc any) any) edit {
	return modify(address, path, func(s *state, old any) any {
		s.t.Helper()
		var doc any
		require.NoError(s.t, decodeJSON([]byte(old.(string)), &doc))
		return string(encodeJSON(s.t, f(doc)))
	})
}

// drop removes a resource: all instances of a block, or one.
func drop(addresses ...string) edit {
	return func(s *state) {
		s.t.Helper()
		for _, address := range addresses {
			_, _, key := s.parseAddress(address)
			s.instances(address) // must be there
			block := s.block(address)
			if key == nil {
				s.doc["resources"] = slices.DeleteFunc(s.resources(), func(r any) bool { return sameMap(r, block) })
				continue
			}
			block["instances"] = slices.DeleteFunc(block["instances"].([]any), func(i any) bool {
				return sameKey(i.(map[string]any)["index_key"], key)
			})
		}
	}
}

func sameMap(r any, block map[string]any) bool {
	m := r.(map[string]any)
	return m["type"] == block["type"] && m["name"] == block["name"] && m["mode"] == block["mode"]
}

// rename gives a block another name.
func rename(address, name string) edit {
	return func(s *state) {
		s.t.Helper()
		s.block(address)["name"] = name
	}
}

// rekey gives an instance another key.
func rekey(address string, key any) edit {
	return func(s *state) {
		s.t.Helper()
		s.instances(address)[0]["index_key"] = key
	}
}

// add puts one more resource into the state. In texts, ENV stands for the
// environment's name. The key of an address becomes the instance's.
func add(address string, attributes map[string]any) edit {
	return func(s *state) {
		s.t.Helper()
		typ, name, key := s.parseAddress(address)
		text := strings.ReplaceAll(string(encodeJSON(s.t, attributes)), "ENV", s.env)
		var own map[string]any
		require.NoError(s.t, decodeJSON([]byte(text), &own))
		instance := map[string]any{"schema_version": 0, "attributes": own, "sensitive_attributes": []any{}}
		if key != nil {
			instance["index_key"] = key
		}
		for _, r := range s.resources() {
			if m := r.(map[string]any); m["type"] == typ && m["name"] == name {
				m["instances"] = append(m["instances"].([]any), instance)
				return
			}
		}
		s.doc["resources"] = append(s.resources(), map[string]any{
			"mode": "managed", "type": typ, "name": name,
			"provider":  `provider["registry.terraform.io/hashicorp/aws"]`,
			"instances": []any{instance},
		})
	}
}

// clone adds a copy of a resource under another address, with parts of its
// texts replaced.
func clone(from, to string, oldNew ...string) edit {
	return func(s *state) {
		s.t.Helper()
		text := strings.NewReplacer(oldNew...).Replace(string(encodeJSON(s.t, s.instances(from)[0]["attributes"])))
		var attributes map[string]any
		require.NoError(s.t, decodeJSON([]byte(text), &attributes))
		add(to, attributes)(s)
	}
}

// point makes an attribute name another resource, by an attribute of that.
func point(address, path, target, attribute string) edit {
	return func(s *state) {
		s.t.Helper()
		set(address, path, s.attribute(target, attribute))(s)
	}
}

// replace changes a text wherever it stands in the file.
func replace(oldNew ...string) edit {
	return func(s *state) {
		s.t.Helper()
		before := string(encodeJSON(s.t, s.doc))
		after := strings.NewReplacer(oldNew...).Replace(before)
		require.NotEqual(s.t, before, after)
		s.decode([]byte(after))
	}
}

// replaceRegexp changes what a pattern matches wherever it stands in the file.
func replaceRegexp(pattern string, f func(string) string) edit {
	re := regexp.MustCompile(pattern)
	return func(s *state) {
		s.t.Helper()
		before := string(encodeJSON(s.t, s.doc))
		after := re.ReplaceAllStringFunc(before, f)
		require.NotEqual(s.t, before, after)
		s.decode([]byte(after))
	}
}

// everywhere changes every value below the attributes of every resource.
func everywhere(f func(v any) any) edit {
	var walk func(v any) any
	walk = func(v any) any {
		switch x := v.(type) {
		case map[string]any:
			for k := range x {
				x[k] = walk(x[k])
			}
		case []any:
			for i := range x {
				x[i] = walk(x[i])
			}
		}
		return f(v)
	}
	return func(s *state) {
		s.each(func(r map[string]any) {
			for _, i := range r["instances"].([]any) {
				m := i.(map[string]any)
				for k, v := range m["attributes"].(map[string]any) {
					m["attributes"].(map[string]any)[k] = walk(v)
				}
			}
		})
	}
}

// foreign makes an attribute hold what an attribute of production's holds.
func foreign(address, path, target, attribute string) edit {
	return func(s *state) {
		s.t.Helper()
		set(address, path, readState(s.t, productionFile, "production").attribute(target, attribute))(s)
	}
}

func loadCatalog(t testing.TB) *catalog.Catalog {
	t.Helper()
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors(), "%v", diags)
	return cat
}

// line writes a finding as the tables of tests do:
//
//	severity rule subject path
//
// with both addresses where they differ, and - for none.
func line(f *parity.Finding) string {
	or := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	subject := or(f.Subject.Baseline)
	if f.Subject.Baseline != f.Subject.Candidate {
		subject += " -> " + or(f.Subject.Candidate)
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", f.Severity, f.Rule, subject, f.Path))
}

func lines(r *parity.Report) []string {
	out := make([]string, 0, len(r.Findings))
	for i := range r.Findings {
		out = append(out, line(&r.Findings[i]))
	}
	return out
}
