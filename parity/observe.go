package parity

import (
	"slices"
	"strings"

	"github.com/maquette/maquette/parity/catalog"
)

// ObservedTier is one role, as one environment alone plays it.
type ObservedTier struct {
	Name    string // as in reports
	Kind    string
	Address string
	Members int // -1: not known
	Size    string
	Zones   int  // 0: not known
	Scales  bool // a model of the environment has fewer members
	// Versions are what the tier runs, and the templates that it is made from.
	Versions []ObservedVersion
}

// ObservedVersion is one version that a tier runs.
type ObservedVersion struct {
	What    string // as rules name it: "engine", "image", "runtime", …
	Address string // of the resource
	Path    string // of the attribute
	Value   Value  // a String or Number, Unknown or Secret
}

// Survey tells the tiers of one environment, in the order of reports. Words are more names of the environment. It seals
// the snapshot.
func Survey(s *Snapshot, cat *catalog.Catalog, words ...string) []ObservedTier {
	s.Seal(cat)
	e := &environment{snap: s, cat: cat, word: ownWord(s)}
	e.names = newNameSet(e.word)
	e.names.add(s.Environment)
	e.names.add(words...)
	e.prepare(s.pack.texts.refer)
	survey := newSurvey(e)
	var units []*unit
	for _, u := range e.all() {
		if isTier(u) {
			units = append(units, u)
		}
	}
	sortTiers(units)
	names := tierNames(units)
	tiers := make([]ObservedTier, 0, len(units))
	for _, u := range units {
		side := tierSide(u, survey)
		tier := ObservedTier{
			Name: names[u], Kind: u.typ.Kind, Address: side.Address, Members: side.Members, Size: side.Size, Zones: side.Zones,
			Scales: u.typ.Scale == catalog.Proportional || u.typ.Scale == catalog.Quorum,
		}
		for _, source := range append([]*unit{u}, survey.named(u)...) {
			if source == u || source.typ.Kind == "template" {
				tier.Versions = append(tier.Versions, versionsOf(source)...)
			}
		}
		tiers = append(tiers, tier)
	}
	return tiers
}

// versionsOf are the versions that a unit's resources have, in order of address and path.
func versionsOf(u *unit) []ObservedVersion {
	var found []ObservedVersion
	for _, m := range u.members() {
		var walk func(v Value, path string)
		walk = func(v Value, path string) {
			switch v.Kind {
			case Object:
				items := v.Items()
				for i, key := range v.Keys() {
					walk(items[i], strings.TrimPrefix(path+"."+key, "."))
				}
			case List:
				for _, item := range v.Items() {
					walk(item, path)
				}
			case String, Number, Unknown, Secret:
				if a := u.typ.Aspect(path); a.Kind == catalog.Version && (v.Text != "" || v.Kind == Unknown) {
					found = append(found, ObservedVersion{a.Detail, m.Address(), path, v})
				}
			}
		}
		walk(m.Attributes.Value(), "")
	}
	slices.SortStableFunc(found, func(a, b ObservedVersion) int {
		return strings.Compare(a.Address+"\x00"+a.Path, b.Address+"\x00"+b.Path)
	})
	return found
}
