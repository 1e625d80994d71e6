// Package stategen makes large pairs of Terraform states out of a small real
// one, with known differences between them: for benchmarks, and for tests that
// hold what parity finds against what was changed.
package stategen

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Options say how large the pair is and how much of it differs. The zero value
// is one copy of the template, without differences.
type Options struct {
	Copies  int     // copies of the template, each in a module of its own; 0: 1
	Changed float64 // percent of the candidate's instances with one attribute changed
	Seed    uint64
}

// Change is one attribute that differs between the two states.
type Change struct {
	Address   string // of the instance
	Type      string
	Attribute string // at the top of the instance's attributes
	Old, New  string // as JSON
}

type resource struct {
	Module    string           `json:"module,omitempty"`
	Mode      string           `json:"mode"`
	Type      string           `json:"type"`
	Name      string           `json:"name"`
	Provider  string           `json:"provider"`
	Instances []map[string]any `json:"instances"`
}

type state struct {
	Version   int        `json:"version"`
	Terraform string     `json:"terraform_version"`
	Serial    int        `json:"serial"`
	Lineage   string     `json:"lineage"`
	Resources []resource `json:"resources"`
}

// Generate writes the two states, and returns what it has made to differ. The
// template is a state in format 4 of an environment called production. Every
// copy has ids of its own; the candidate is called staging, is of another
// account and has other ids again.
func Generate(template []byte, o Options, baseline, candidate io.Writer) ([]Change, error) {
	var doc state
	dec := json.NewDecoder(bytes.NewReader(template))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("reading the template: %w", err)
	}
	plain, err := compileAll(doc.Resources)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, side := range []side{{baseline, "production", "123456789012"}, {candidate, "staging", "210987654321"}} {
		random := rand.New(rand.NewPCG(o.Seed, 1))
		w := bufio.NewWriterSize(side.w, 1<<20)
		fmt.Fprintf(w, "{\n  \"version\": 4,\n  \"terraform_version\": %q,\n  \"serial\": 1,\n  \"lineage\": %q,\n  \"outputs\": {},\n  \"resources\": [", doc.Terraform, side.env)
		var buf []byte
		for k := 1; k <= max(o.Copies, 1); k++ {
			for i := range doc.Resources {
				text := plain[i]
				if side.env == "staging" {
					changed, found := change(doc.Resources[i], k, o.Changed, random)
					if len(found) > 0 {
						changes = append(changes, found...)
						if text, err = compile(changed); err != nil {
							return nil, err
						}
					}
				}
				if k > 1 || i > 0 {
					w.WriteByte(',')
				}
				w.WriteString("\n    ")
				buf = text.render(buf[:0], side, k)
				w.Write(buf)
			}
		}
		w.WriteString("\n  ],\n  \"check_results\": null\n}\n")
		if err := w.Flush(); err != nil {
			return nil, err
		}
	}
	return changes, nil
}

// side is one of the two environments.
type side struct {
	w            io.Writer
	env, account string
}

// change returns a copy of a resource in which some instances differ.
func change(r resource, copied int, percent float64, random *rand.Rand) (resource, []Change) {
	var changes []Change
	instances := append([]map[string]any(nil), r.Instances...)
	for i, inst := range instances {
		attributes, _ := inst["attributes"].(map[string]any)
		names := changeable(attributes)
		if len(names) == 0 || random.Float64()*100 >= percent {
			continue
		}
		name := names[random.IntN(len(names))]
		attributes = clone(attributes)
		old := attributes[name]
		attributes[name] = other(old)
		inst = clone(inst)
		inst["attributes"] = attributes
		instances[i] = inst
		changes = append(changes, Change{
			Address: address(r, inst["index_key"], copied), Type: r.Type, Attribute: name, Old: text(old), New: text(attributes[name]),
		})
	}
	r.Instances = instances
	return r, changes
}

// changeable lists the attributes that another value can be put in for without
// making the instance another thing.
func changeable(attributes map[string]any) []string {
	var names []string
	for name, v := range attributes {
		switch v := v.(type) {
		case bool, json.Number:
		case string:
			if v == "" || slot.MatchString(v) {
				continue
			}
		default:
			continue
		}
		if name != "id" && name != "name" && !strings.HasSuffix(name, "_id") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

func other(v any) any {
	switch v := v.(type) {
	case bool:
		return !v
	case json.Number:
		n, _ := v.Int64()
		return json.Number(strconv.FormatInt(n+1, 10))
	}
	return v.(string) + "-changed"
}

func clone(m map[string]any) map[string]any {
	c := make(map[string]any, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came out of JSON
	}
	return string(b)
}

func address(r resource, key any, copied int) string {
	a := fmt.Sprintf("module.m%04d.%s.%s", copied, r.Type, r.Name)
	if key != nil {
		a += "[" + text(key) + "]"
	}
	return a
}

// slot is what differs between environments and copies: the environment's
// name, the account, and generated ids.
var slot = regexp.MustCompile(`shop-production|/shop/production|production|prod-Sup3r|123456789012|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16,17}\b|\bdb-[0-9A-Z]{26}\b|module\.mNNNN`)

// pieces are the parts of a text, every other one a slot.
type pieces []string

func compileAll(rs []resource) ([]pieces, error) {
	all := make([]pieces, len(rs))
	for i, r := range rs {
		var err error
		if all[i], err = compile(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func compile(r resource) (pieces, error) {
	r.Module = "module.mNNNN"
	r.Instances = append([]map[string]any(nil), r.Instances...)
	for i, inst := range r.Instances {
		if deps, ok := inst["dependencies"].([]any); ok {
			inst = clone(inst)
			moved := make([]any, len(deps))
			for j, d := range deps {
				moved[j] = "module.mNNNN." + fmt.Sprint(d)
			}
			inst["dependencies"] = moved
			r.Instances[i] = inst
		}
	}
	b, err := json.MarshalIndent(r, "    ", "  ")
	if err != nil {
		return nil, err
	}
	var p pieces
	last := 0
	for _, m := range slot.FindAllIndex(b, -1) {
		p = append(p, string(b[last:m[0]]), string(b[m[0]:m[1]]))
		last = m[1]
	}
	return append(p, string(b[last:])), nil
}

func (p pieces) render(b []byte, s side, k int) []byte {
	for i, piece := range p {
		if i%2 == 0 {
			b = append(b, piece...)
			continue
		}
		switch piece {
		case "production":
			b = append(b, s.env...)
		case "shop-production":
			b = fmt.Appendf(b, "shop-%s-m%04d", s.env, k)
		case "/shop/production":
			b = fmt.Appendf(b, "/shop/%s/m%04d", s.env, k)
		case "prod-Sup3r":
			b = append(append(b, s.env[:4]...), "-Sup3r"...)
		case "123456789012":
			b = append(b, s.account...)
		case "module.mNNNN":
			b = fmt.Appendf(b, "module.m%04d", k)
		default:
			b = appendID(b, piece, s.env, k)
		}
	}
	return b
}

// appendID writes an id of the form of another: hexadecimal digits, or capital
// letters and digits behind a prefix.
func appendID(b []byte, like, env string, k int) []byte {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %s %d", like, env, k)
	random := rand.New(rand.NewPCG(h.Sum64(), 0))
	digits, from := "0123456789abcdef", 0
	if strings.HasPrefix(like, "db-") {
		digits, from = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 3
	}
	b = append(b, like[:from]...)
	for _, c := range like[from:] {
		if c == '-' {
			b = append(b, '-')
			continue
		}
		b = append(b, digits[random.IntN(len(digits))])
	}
	return b
}
