package parity

import "github.com/maquette/maquette/parity/catalog"

// Stages are the steps of Compare one by one, for the benchmarks.
func Stages(base, cand *Snapshot, cat *catalog.Catalog, opt Options) (canonical, pair func(), judge func() *Report) {
	var b, c *environment
	return func() { b, c = canonicalise(base, cand, cat, opt) },
		func() {
			for _, e := range []*environment{b, c} {
				for _, u := range e.all() {
					u.paired = 0
				}
			}
			pairUnits(b, c)
		},
		func() *Report { return judgePairs(b, c, opt) }
}
