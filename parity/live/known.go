package live

import (
	"fmt"
	"slices"
	"strings"

	"github.com/maquette/maquette/parity"
)

// knownState is the Terraform state that a source names: the list of what to
// look at, and where each resource stands. A nil one knows nothing.
type knownState struct {
	byKey map[key]*parity.Resource
	all   []parity.Resource
	found map[string]bool // addresses that are live
}

// knownState orders the environment's own state, where one is given.
func (r *run) knownState() (*knownState, error) {
	name := r.source.Select.TFState
	if name == "" {
		return nil, nil
	}
	snap := r.opt.Known
	if snap == nil {
		return nil, fmt.Errorf("reading %s: there is no way to read the state %s here", r.source.Text, name)
	}
	k := &knownState{byKey: map[key]*parity.Resource{}, all: snap.Resources, found: map[string]bool{}}
	for i := range k.all {
		res := &k.all[i]
		if res.Deposed {
			continue
		}
		for _, attr := range []string{"id", "arn"} {
			if s := res.Attributes.Get(attr).Str(); s != "" {
				k.byKey[key{res.Type, s}] = res
			}
		}
	}
	return k, nil
}

// arns are those of the resources of a type in a region, of what is only found when it
// is in use, or when somebody knows of it.
func (k *knownState) arns(typ, region string) []string {
	if k == nil {
		return nil
	}
	var out []string
	for i := range k.all {
		res := &k.all[i]
		arn := res.Attributes.Get("arn").Str()
		if parts := strings.SplitN(arn, ":", 5); res.Type == typ && !res.Deposed && len(parts) == 5 && parts[3] == region {
			out = append(out, arn)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (k *knownState) of(rec *record) *parity.Resource {
	if k == nil {
		return nil
	}
	for _, x := range rec.keys() {
		if res := k.byKey[x]; res != nil && x.id != "" {
			return res
		}
	}
	return nil
}

func (k *knownState) has(rec *record) bool { return k.of(rec) != nil }

// unmanaged reports whether a record is live and in no state, where one was
// given to tell.
func (k *knownState) unmanaged(rec *record) bool { return k != nil && !k.has(rec) }

func (k *knownState) address(rec *record) address {
	res := k.of(rec)
	if res == nil || k.found[res.Address()] {
		return address{}
	}
	k.found[res.Address()] = true
	return address{res.Module, res.Name, res.KeyKind, res.Key}
}

// blocks are the addresses, without keys, that the state has taken.
func (k *knownState) blocks() map[string]bool {
	taken := map[string]bool{}
	if k != nil {
		for i := range k.all {
			taken[parity.WithoutKeys(k.all[i].Address())] = true
		}
	}
	return taken
}

// finish notes what the state has and AWS has not, among the types that were read
// without a gap.
func (k *knownState) finish(snap *parity.Snapshot, r *run) {
	if k == nil {
		return
	}
	whole := map[string]bool{}
	for _, s := range services {
		for _, t := range s.types {
			whole[t] = r.source.Without[s.name] == ""
		}
	}
	for g := range r.gaps {
		for _, s := range services {
			for _, t := range s.types {
				whole[t] = whole[t] && g.service != "" && g.service != s.name
			}
		}
	}
	for i := range k.all {
		res := &k.all[i]
		if !res.Deposed && !k.found[res.Address()] && whole[res.Type] {
			snap.Gone = append(snap.Gone, res.Address())
		}
	}
	slices.Sort(snap.Gone)
}
