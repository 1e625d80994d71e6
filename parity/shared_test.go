package parity_test

import (
	"bytes"
	"encoding/json"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// Copies are compared side by side as the snapshots themselves are.
func TestCopiesAreComparedAsTheSnapshot(t *testing.T) {
	const copies = 4
	want, got := make([][]byte, copies), make([][]byte, copies)
	report := func(base, cand *parity.Snapshot, g generated) []byte {
		text, err := json.Marshal(parity.Compare(base, cand, g.cat, parity.DefaultOptions()))
		assert.NoError(t, err)
		return text
	}
	first := generate(t, 3, 40)
	shared, _ := first.read(t)
	shared.Seal(first.cat)
	var wg sync.WaitGroup
	for i := range copies {
		g := generate(t, 3, float64(20*i))
		if i == copies-1 { // this one is called otherwise, so that other names are taken out
			g.cand = bytes.ReplaceAll(g.cand, []byte("staging"), []byte("canary"))
		}
		base, cand := g.read(t)
		want[i] = report(base, cand, g)
		_, cand = g.read(t)
		base = shared.Clone()
		wg.Go(func() { got[i] = report(base, cand, g) })
	}
	wg.Wait()
	for i := range copies {
		require.Contains(t, string(want[i]), `"findings":[`)
		assert.Equal(t, string(want[i]), string(got[i]))
	}
}
