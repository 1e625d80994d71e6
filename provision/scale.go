package provision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/maquette/maquette/parity"
)

const (
	// defaultMinimum is what no tier of at least as many members goes below: with one, nothing that happens between
	// members can be seen.
	defaultMinimum = 2
	// maxMembers bounds every number of a definition, so that arithmetic neither overflows nor takes long.
	maxMembers = 100_000
)

// Tiers returns the tiers of an environment, derived from its model and with its own, in order of name.
func (d *Definitions) Tiers(environment string) []TierScale {
	return slices.Clone(d.tiers[environment])
}

// Model returns the environment that one is a scale model of. It is false where there is none.
func (d *Definitions) Model(environment string) (string, bool) {
	model := d.model(d.Environments[environment])
	if model == nil {
		return "", false
	}
	return model.Name, true
}

// model is the environment's model; nil for none, and where the line of models is broken.
func (d *Definitions) model(env *Environment) *Environment {
	if env == nil || env.ModelOf == "" || d.adrift[env.Name] {
		return nil
	}
	return d.Environments[env.ModelOf]
}

// derive computes the tiers of an environment from those of its model:
//   - a tier block of its own says how many members there are, in place of the model;
//   - an override of the scale's does so by members, or by a ratio or minimum of the tier's own;
//   - else the ratio does (1/1 without a scale), as parity expects it;
//   - or the budget, of which the above take their part first, is apportioned.
func derive(env *Environment, model []TierScale) ([]TierScale, hcl.Diagnostics) {
	scale := env.Scale
	if scale == nil {
		scale = &Scale{Ratio: 1, Minimum: defaultMinimum}
	}
	var (
		diags hcl.Diagnostics
		tiers []TierScale
		open  []share // tiers that share the budget
		where []int   // of those, in tiers
		fixed int     // members that are not for the budget to decide
	)
	for _, m := range model {
		tier := TierScale{Name: m.Name, Baseline: m.Members, Size: m.Size}
		override := scale.Tiers[m.Name]
		if override.Size != "" {
			tier.Size = override.Size
		}
		minimum, ratio := scale.Minimum, scale.Ratio
		if override.Minimum > 0 {
			minimum = override.Minimum
		}
		if override.Ratio > 0 {
			ratio = override.Ratio
		}
		if ratio == 0 && scale.Budget == 0 {
			ratio = 1
		}
		own := slices.IndexFunc(env.Tiers, func(t Tier) bool { return t.Name == m.Name })
		switch {
		case own >= 0:
			tier.Members = env.Tiers[own].Members
			if size := env.Tiers[own].Size; size != "" {
				tier.Size = size
			}
		case override.Members > 0:
			tier.Members = override.Members
		case ratio > 0:
			tier.Members = parity.Expected(m.Members, ratio, minimum)
		case m.Members > 0:
			open = append(open, share{name: m.Name, weight: m.Members, minimum: min(m.Members, minimum)})
			where = append(where, len(tiers))
		}
		if tier.Members > maxMembers {
			diags = append(diags, problem(scale.Range, "Impossible scale", "The tier %q would have %d members; %d are the most there can be.", m.Name, tier.Members, maxMembers))
			tier.Members = maxMembers
		}
		fixed += tier.Members
		tiers = append(tiers, tier)
	}
	for _, own := range env.Tiers {
		if !slices.ContainsFunc(model, func(m TierScale) bool { return m.Name == own.Name }) {
			tiers = append(tiers, TierScale{Name: own.Name, Members: own.Members, Size: own.Size})
			fixed += own.Members
		}
	}
	if scale.Budget > 0 && len(model) > 0 {
		if diag := affordable(scale, open, fixed); diag != nil {
			diags = append(diags, diag)
		} else {
			for i, members := range apportion(scale.Budget-fixed, open) {
				tiers[where[i]].Members = members
			}
		}
	}
	slices.SortFunc(tiers, func(a, b TierScale) int { return strings.Compare(a.Name, b.Name) })
	return tiers, diags
}

// affordable says why a budget cannot be met; nil where it can.
func affordable(scale *Scale, open []share, fixed int) *hcl.Diagnostic {
	least := fixed
	var parts []string
	for _, s := range open {
		least += s.minimum
		parts = append(parts, fmt.Sprintf("%s %d", s.name, s.minimum))
	}
	if fixed > 0 {
		parts = append(parts, fmt.Sprintf("%d in tiers whose members are given", fixed))
	}
	switch {
	case scale.Budget < least && scale.Budget < len(open):
		return problem(scale.budgetRange, "Impossible scale", "A budget of %d members is less than there are tiers: %d (%s). Each needs one at least.",
			scale.Budget, len(open), strings.Join(parts, ", "))
	case scale.Budget < least:
		return problem(scale.budgetRange, "Impossible scale", "A budget of %d members is less than the tiers need at least, which is %d (%s). Raise the budget or lower the minimum.",
			scale.Budget, least, strings.Join(parts, ", "))
	case scale.Budget > least && len(open) == 0:
		return problem(scale.budgetRange, "Impossible scale", "A budget of %d members is more than the %d that are given for every tier, and none is left to take the rest. Remove the budget.",
			scale.Budget, fixed)
	}
	return nil
}

// share is a tier's claim on a budget.
type share struct {
	name    string
	weight  int // its members in the model
	minimum int
}

// apportion divides seats by Webster's (Sainte-Laguë's) method above the minimums, which must not exceed the seats:
// each next seat goes where weight / (2·seats + 1) is greatest; of equals to the heavier, then to the first by name.
// A seat more takes none away from anybody.
func apportion(seats int, shares []share) []int {
	got := make([]int, len(shares))
	for i, s := range shares {
		got[i] = s.minimum
		seats -= s.minimum
	}
	for ; seats > 0; seats-- {
		best := 0
		for i := 1; i < len(shares); i++ {
			if claims(shares[i], got[i], shares[best], got[best]) {
				best = i
			}
		}
		got[best]++
	}
	return got
}

// claims reports whether a has the better claim on the next seat.
func claims(a share, seatsA int, b share, seatsB int) bool {
	left, right := a.weight*(2*seatsB+1), b.weight*(2*seatsA+1)
	switch {
	case left != right:
		return left > right
	case a.weight != b.weight:
		return a.weight > b.weight
	}
	return a.name < b.name
}
