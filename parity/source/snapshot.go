package source

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/maquette/maquette/parity"
)

// SnapshotSchema names the form of saved snapshots.
const SnapshotSchema = "maquette/snapshot/v1"

// snapshotResource reads one element of a saved snapshot's resources.
func (d *document) snapshotResource(v parity.Value) error {
	if err := members(v, snapshotKinds); err != nil {
		return err
	}
	of := parity.Declaration{Type: v.Get("type").Str(), Name: v.Get("name").Str(), Provider: v.Get("provider").Str()}
	of.Schema, _ = strconv.Atoi(v.Get("schema_version").Text)
	if of.Type == "" || of.Name == "" {
		return errors.New("a resource has no type or no name")
	}
	at := parity.Place{Module: v.Get("module").Str()}
	if err := instanceKey(&at, v.Get("key")); err != nil {
		return fmt.Errorf("%s has %w", blockOf(of, at), err)
	}
	attributes := parity.FromSnapshot(v.Get("attributes"))
	if attributes.Kind != parity.Object {
		return errors.New("a resource's attributes are no object")
	}
	d.add(parity.Resource{
		Declaration: d.declared(of), Attributes: parity.AttributesOf(d.pack.Pack(attributes)),
		Tainted: v.Get("tainted").Text == "true", Deposed: v.Get("deposed").Text == "true", Planned: v.Get("planned").Text == "true",
		Partial: v.Get("partial").Text == "true", Unmanaged: v.Get("unmanaged").Text == "true",
	}, at)
	return nil
}

// snapshotMember reads the members that only saved snapshots have.
func (d *document) snapshotMember(key string, v parity.Value) error {
	want := parity.List
	if key == "providers" || key == "modules" {
		want = parity.Object
	}
	if v.Kind != want && v.Kind != parity.Null {
		return fmt.Errorf("%s is no %s", key, kindNames[want])
	}
	switch key {
	case "providers":
		d.snap.Providers = map[string]string{}
		for i, k := range v.Keys() {
			d.snap.Providers[k] = v.Items()[i].Str()
		}
	case "modules":
		d.snap.Modules = map[string]parity.Module{}
		for i, k := range v.Keys() {
			m := v.Items()[i]
			d.snap.Modules[k] = parity.Module{Source: m.Get("source").Str(), Version: m.Get("version").Str()}
		}
	case "shows":
		d.snap.Shows = []string{}
		for _, t := range v.Items() {
			d.snap.Shows = append(d.snap.Shows, t.Str())
		}
	case "gone":
		for _, a := range v.Items() {
			d.snap.Gone = append(d.snap.Gone, a.Str())
		}
	case "externals":
		for _, e := range v.Items() {
			x := parity.External{Address: e.Get("address").Str(), Label: e.Get("label").Str()}
			for _, n := range e.Get("names").Items() {
				x.Names = append(x.Names, n.Str())
			}
			d.snap.Externals = append(d.snap.Externals, x)
		}
	case "incomplete":
		for _, g := range v.Items() {
			d.snap.Incomplete = append(d.snap.Incomplete, parity.Gap{
				Source: g.Get("source").Str(), Reason: g.Get("reason").Str(), Service: g.Get("service").Str(),
				Call: g.Get("call").Str(), Account: g.Get("account").Str(), Region: g.Get("region").Str(),
			})
		}
	}
	return nil
}

var snapshotKinds = map[string]parity.Kind{
	"module": parity.String, "type": parity.String, "name": parity.String, "provider": parity.String,
	"schema_version": parity.Number, "tainted": parity.Bool, "deposed": parity.Bool, "planned": parity.Bool,
	"partial": parity.Bool, "unmanaged": parity.Bool,
}

type snapshotHead struct {
	Schema      string                   `json:"schema"`
	Environment string                   `json:"environment,omitempty"`
	ObservedAt  string                   `json:"observed_at,omitempty"`
	Terraform   string                   `json:"terraform_version,omitempty"`
	Sources     []string                 `json:"sources"`
	Providers   map[string]string        `json:"providers,omitempty"`
	Modules     map[string]parity.Module `json:"modules,omitempty"`
	Externals   []external               `json:"externals,omitempty"`
	Incomplete  []parity.Gap             `json:"incomplete,omitempty"`
	Gone        []string                 `json:"gone,omitempty"`
	Shows       []string                 `json:"shows,omitempty"`
}

type external struct {
	Address string   `json:"address"`
	Names   []string `json:"names"`
	Label   string   `json:"label,omitempty"`
}

// snapshotEntry is a resource, but for its attributes.
type snapshotEntry struct {
	Module    string `json:"module,omitempty"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Key       any    `json:"key,omitempty"`
	Provider  string `json:"provider,omitempty"`
	Schema    int    `json:"schema_version,omitempty"`
	Tainted   bool   `json:"tainted,omitempty"`
	Deposed   bool   `json:"deposed,omitempty"`
	Planned   bool   `json:"planned,omitempty"`
	Partial   bool   `json:"partial,omitempty"`
	Unmanaged bool   `json:"unmanaged,omitempty"`
}

// Write saves a sealed snapshot, one resource a line. It holds no secret, nor
// a digest of one.
func Write(w io.Writer, s *parity.Snapshot) error {
	if !s.Sealed {
		return errors.New("writing a snapshot that was not sealed")
	}
	head := snapshotHead{
		Schema: SnapshotSchema, Environment: s.Environment, ObservedAt: s.ObservedAt, Terraform: s.Terraform,
		Sources: s.Sources, Providers: s.Providers, Modules: s.Modules, Incomplete: s.Incomplete, Gone: s.Gone, Shows: s.Shows,
	}
	for _, e := range s.Externals {
		head.Externals = append(head.Externals, external(e))
	}
	sort.Slice(head.Externals, func(i, j int) bool { return head.Externals[i].Address < head.Externals[j].Address })
	top, err := json.Marshal(head)
	if err != nil {
		return err
	}
	bw := bufio.NewWriterSize(w, 1<<16)
	bw.Write(top[:len(top)-1])
	bw.WriteString(",\n\"resources\":[")
	var line, escaped bytes.Buffer
	entries := json.NewEncoder(&line)
	var attributes []byte
	for i := range s.Resources {
		r := &s.Resources[i]
		e := snapshotEntry{
			Module: r.Module, Type: r.Type, Name: r.Name, Provider: r.Provider, Schema: r.Schema,
			Tainted: r.Tainted, Deposed: r.Deposed, Planned: r.Planned, Partial: r.Partial, Unmanaged: r.Unmanaged,
		}
		switch r.KeyKind {
		case parity.CountKey:
			e.Key = json.Number(r.Key)
		case parity.ForEachKey:
			e.Key = r.Key
		}
		line.Reset()
		if err := entries.Encode(&e); err != nil {
			return err
		}
		line.Truncate(line.Len() - len("}\n"))
		attributes = r.Attributes.Value().AppendJSON(attributes[:0])
		if !jsontext.Value(attributes).IsValid(jsontext.AllowDuplicateNames(true)) {
			return fmt.Errorf("the attributes of %s cannot be written as JSON", r.Address())
		}
		if i > 0 {
			bw.WriteByte(',')
		}
		bw.WriteByte('\n')
		bw.Write(line.Bytes())
		bw.WriteString(`,"attributes":`)
		if mayBeHTML(attributes) {
			escaped.Reset()
			json.HTMLEscape(&escaped, attributes)
			bw.Write(escaped.Bytes())
		} else {
			bw.Write(attributes)
		}
		bw.WriteByte('}')
	}
	bw.WriteString("\n]}\n")
	return bw.Flush()
}

// mayBeHTML is false where nothing is in JSON that package json escapes for the
// sake of web pages.
func mayBeHTML(b []byte) bool {
	return bytes.IndexByte(b, '<') >= 0 || bytes.IndexByte(b, '>') >= 0 || bytes.IndexByte(b, '&') >= 0 || bytes.IndexByte(b, 0xe2) >= 0
}
