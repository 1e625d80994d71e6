package parity

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
)

// Snapshot is all resources of one environment as one or more sources showed
// them. Build it with the readers of package source, then Seal it before it is
// compared, written or shown.
type Snapshot struct {
	Environment string            // the environment's name, "" where it is inferred
	Sources     []string          // what was read, as the user named it
	ObservedAt  string            // RFC 3339, "" where the source does not say
	Terraform   string            // version of Terraform that wrote the source
	Providers   map[string]string // provider source -> version, where known
	Modules     map[string]Module // module path without instance keys -> where its code is from
	Resources   []Resource
	// Externals are things that the environment refers to and does not manage
	// (data sources): by address, the strings that name them.
	Externals  []External
	Incomplete []Gap
	// Shows are the resource types that the source can show; nil for all. Of
	// others it says nothing, not even that there are none.
	Shows []string
	// Gone are the addresses of what a Terraform state holds and is not live,
	// where the source was held against one.
	Gone []string

	// Sealed says that what is secret is known and marked. Saved snapshots are
	// sealed; Seal does it for the rest.
	Sealed  bool
	pack    *Packer
	secrets *secrets // plain texts to keep out of everything that is shown
	shared  *shared  // with its copies; nil: there are none
}

// Module says where a module's code is from, as its caller wrote it.
type Module struct {
	Source  string `json:"source"`
	Version string `json:"version,omitempty"`
}

// ReferenceTo is what a source writes in place of a value that will name the
// resource at an address (without instance keys) once there is one.
func ReferenceTo(address string) string { return referencePrefix + address + "}" }

const referencePrefix = "${"

// External is something referred to and not managed.
type External struct {
	Address string
	Names   []string
	Label   string // what people know it by, as a machine image's name and date; "" for nothing
}

// labelled is what people know an external thing by, "" where nobody has said.
func (s *Snapshot) labelled(name string) string {
	for _, x := range s.Externals {
		if x.Label != "" && slices.Contains(x.Names, name) {
			return x.Label
		}
	}
	return ""
}

// Gap is evidence that a source could not give.
type Gap struct {
	Source string `json:"source"`
	Reason string `json:"reason"`
	// Where a live source was read: what was asked, of whom, and where.
	Service string `json:"service,omitempty"`
	Call    string `json:"call,omitempty"`
	Account string `json:"account,omitempty"`
	Region  string `json:"region,omitempty"`
}

// Merge adds what another source showed of the same environment. No resource may be in both.
func (s *Snapshot) Merge(other *Snapshot) error {
	have := make(map[string]bool, len(s.Resources))
	for i := range s.Resources {
		have[s.Resources[i].Address()] = true
	}
	for i := range other.Resources {
		if r := &other.Resources[i]; have[r.Address()] && !r.Deposed {
			return fmt.Errorf("%s is both in %s and in %s: observe it in one of them",
				r.Address(), strings.Join(s.Sources, ", "), strings.Join(other.Sources, ", "))
		}
	}
	s.shared = nil
	s.markSealed()
	other.markSealed()
	s.Sealed = s.Sealed && other.Sealed
	s.Sources = append(s.Sources, other.Sources...)
	s.Resources = append(s.Resources, other.Resources...)
	s.Externals = append(s.Externals, other.Externals...)
	s.Incomplete = append(s.Incomplete, other.Incomplete...)
	s.Gone = append(s.Gone, other.Gone...)
	if s.Shows != nil && other.Shows != nil {
		s.Shows = slices.Compact(slices.Sorted(slices.Values(slices.Concat(s.Shows, other.Shows))))
	} else {
		s.Shows = nil
	}
	s.Providers = mergeMaps(s.Providers, other.Providers)
	s.Modules = mergeMaps(s.Modules, other.Modules)
	return nil
}

// shows reports whether there would be resources of a type, if the environment had any.
func (s *Snapshot) shows(typ string) bool {
	return s.Shows == nil || typ == documentType || slices.Contains(s.Shows, typ)
}

// markSealed keeps with each resource what the snapshot says of all: none may be sealed twice, nor left out.
func (s *Snapshot) markSealed() {
	for i := range s.Resources {
		s.Resources[i].sealed = s.Resources[i].sealed || s.Sealed
	}
}

// mergeMaps returns all entries of both; those of the first count.
func mergeMaps[V any](first, second map[string]V) map[string]V {
	merged := maps.Clone(second)
	if merged == nil {
		return first
	}
	maps.Copy(merged, first)
	return merged
}

// sortResources gives the resources the one order that all output follows.
func (s *Snapshot) sortResources() {
	less := func(i, j int) bool {
		a, b := &s.Resources[i], &s.Resources[j]
		if c := compareBlocks(a, b); c != 0 {
			return c < 0
		}
		if a.KeyKind == CountKey && b.KeyKind == CountKey && len(a.Key) != len(b.Key) {
			return len(a.Key) < len(b.Key)
		}
		if a.Key != b.Key {
			return a.Key < b.Key
		}
		return !a.Deposed && b.Deposed
	}
	order := make([]int, len(s.Resources))
	sorted := true
	for i := range order {
		order[i] = i
		sorted = sorted && (i == 0 || !less(i, i-1))
	}
	if sorted {
		return
	}
	sort.SliceStable(order, func(i, j int) bool { return less(order[i], order[j]) })
	resources := make([]Resource, len(order))
	for to, from := range order {
		resources[to] = s.Resources[from]
	}
	s.Resources = resources
}
