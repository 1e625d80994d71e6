package source

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// Whatever a state holds, reading it by patterns gives what reading it without
// them gives: the same resources, or the same error.
func TestPatternsChangeNothing(t *testing.T) {
	data, err := os.ReadFile("../../testdata/shop/production.tfstate")
	require.NoError(t, err)
	resources := strings.Index(string(data), "\n    {\n")
	end := strings.LastIndex(string(data), "\n  ],")
	head, blocks, tail := string(data[:resources]), string(data[resources:end]), string(data[end:])
	again := "," + strings.ReplaceAll(blocks, "production", "prod")
	state := head + blocks + again + tail

	var types []string // of which there are patterns
	read := func(state string, patterns bool) (*document, string) {
		src := bufio.NewReader(strings.NewReader(state))
		d := &document{src: src, dec: parity.NewDecoder(src), pack: parity.NewPacker(), snap: &parity.Snapshot{Sources: []string{"x"}}}
		if !patterns {
			d.learned, d.patterns = map[string]int{}, map[string][]known{}
			for _, typ := range types {
				d.learned[typ] = maxLearned
			}
		}
		if err := d.read(); err != nil {
			return d, d.place(err) + ": " + err.Error()
		}
		return d, ""
	}
	d, text := read(state, true)
	require.Empty(t, text)
	require.NotEmpty(t, d.patterns)
	for typ := range d.patterns {
		types = append(types, typ)
	}
	random := rand.New(rand.NewPCG(1, 2))
	runs := 200
	if testing.Short() {
		runs = 40
	}
	for range runs {
		at := len(head) + len(blocks) + random.IntN(len(again))
		put := []string{"", `"`, `\`, `\u`, "{", "}", "[", "]", ",", ":", "0", "-", "null", "true", " ", "\x01", "\xff", "é", "x", `"":`}[random.IntN(20)]
		broken := state[:at] + put + state[at+random.IntN(2):]
		with, err := read(broken, true)
		without, want := read(broken, false)
		require.Equal(t, want, err)
		require.Equal(t, len(without.snap.Resources), len(with.snap.Resources))
		for i := range without.snap.Resources {
			w, g := without.snap.Resources[i], with.snap.Resources[i]
			require.Equal(t, all(w.Attributes), all(g.Attributes), w.Address)
			w.Attributes, g.Attributes = parity.Value{}, parity.Value{}
			require.Equal(t, w, g)
		}
	}
}

// all is all of a value, with what it does not show.
func all(v parity.Value) string {
	s := fmt.Sprintf("%d %t %q(", v.Kind, v.Masked, v.Text)
	for i, it := range v.Items() {
		if v.Kind == parity.Object {
			s += v.Keys()[i] + "="
		}
		s += all(it)
	}
	return s + ")"
}
