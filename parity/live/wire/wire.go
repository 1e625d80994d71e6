// Package wire is what maquette and maquette-aws say to each other. AWS is read by
// a program of its own, as its libraries build so many tables when they start that
// each start of maquette would take twice as long.
//
// Snapshots pass as they were read, with what is secret in them: through a pipe
// from one process to its parent, and nowhere else.
package wire

import "github.com/maquette/maquette/parity"

// Request asks for one source to be read.
type Request struct {
	Source   string
	MaxCalls int       // 0: as the source says
	Rate     float64   // 0: as the source says
	Known    *Snapshot // the environment's own state, if there is one
}

// Message is what is said of a request: how far it has come, any number of times,
// and at last a result or an error.
type Message struct {
	Progress *Progress
	Result   *Result
	Error    string
}

// Progress is how far reading has come.
type Progress struct{ Calls, Throttles, Done, Of int }

// Result is what was read.
type Result struct {
	Snapshot *Snapshot
}

// Snapshot is a parity.Snapshot of one source.
type Snapshot struct {
	Sources    []string
	Resources  []Resource
	Externals  []parity.External
	Incomplete []parity.Gap
	Gone       []string
	Shows      []string
}

// Resource is a parity.Resource.
type Resource struct {
	Module, Type, Name, Key, Provider string
	KeyKind                           parity.KeyKind
	Partial, Unmanaged                bool
	Attributes                        Value
}

// Value is a parity.Value that was not sealed.
type Value struct {
	Kind  parity.Kind
	Text  string
	Keys  []string
	Items []Value
}

// Pack makes a snapshot ready to send.
func Pack(s *parity.Snapshot) *Snapshot {
	out := &Snapshot{Sources: s.Sources, Externals: s.Externals, Incomplete: s.Incomplete, Gone: s.Gone, Shows: s.Shows}
	for i := range s.Resources {
		out.Resources = append(out.Resources, pack(&s.Resources[i], s.Resources[i].Attributes.Value()))
	}
	return out
}

// Addresses makes of a state what tells where each resource stands: no attribute but
// its id and ARN.
func Addresses(s *parity.Snapshot) *Snapshot {
	out := &Snapshot{Sources: s.Sources}
	for i := range s.Resources {
		if r := &s.Resources[i]; !r.Deposed {
			names := parity.ObjectOf([]string{"arn", "id"}, []parity.Value{r.Attributes.Get("arn"), r.Attributes.Get("id")})
			out.Resources = append(out.Resources, pack(r, names))
		}
	}
	return out
}

func pack(r *parity.Resource, attributes parity.Value) Resource {
	return Resource{
		Module: r.Module, Type: r.Type, Name: r.Name, Key: r.Key, Provider: r.Provider, KeyKind: r.KeyKind,
		Partial: r.Partial, Unmanaged: r.Unmanaged, Attributes: packValue(attributes),
	}
}

func packValue(v parity.Value) Value {
	out := Value{Kind: v.Kind, Text: v.Text, Keys: v.Keys()}
	for _, it := range v.Items() {
		out.Items = append(out.Items, packValue(it))
	}
	return out
}

// Unpack makes the snapshot of a packed one.
func (s *Snapshot) Unpack() *parity.Snapshot {
	out := &parity.Snapshot{Sources: s.Sources, Externals: s.Externals, Incomplete: s.Incomplete, Gone: s.Gone, Shows: s.Shows}
	for _, r := range s.Resources {
		out.Resources = append(out.Resources, parity.Resource{
			Declaration: &parity.Declaration{Type: r.Type, Name: r.Name, Provider: r.Provider},
			Place:       &parity.Place{Module: r.Module, Key: r.Key, KeyKind: r.KeyKind},
			Partial:     r.Partial, Unmanaged: r.Unmanaged, Attributes: parity.AttributesOf(r.Attributes.unpack()),
		})
	}
	return out
}

func (v Value) unpack() parity.Value {
	items := make([]parity.Value, len(v.Items))
	for i, it := range v.Items {
		items[i] = it.unpack()
	}
	switch v.Kind {
	case parity.List:
		return parity.ListOf(items)
	case parity.Object:
		return parity.ObjectOf(v.Keys, items)
	}
	return parity.Value{Kind: v.Kind, Text: v.Text}
}
