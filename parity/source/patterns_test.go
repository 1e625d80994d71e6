package source

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
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

	d, text := readBy(state, nil)
	require.Empty(t, text)
	require.NotEmpty(t, d.patterns)
	types := slices.Collect(maps.Keys(d.patterns))
	random := rand.New(rand.NewPCG(1, 2))
	runs := 80
	if testing.Short() {
		runs = 20
	}
	for range runs {
		at := len(head) + len(blocks) + random.IntN(len(again))
		put := []string{"", `"`, `\`, `\u`, "{", "}", "[", "]", ",", ":", "0", "-", "null", "true", " ", "\x01", "\xff", "é", "x", `"":`}[random.IntN(20)]
		broken := state[:at] + put + state[at+random.IntN(2):]
		sameBy(t, broken, types)
	}
}

// sameBy requires that reading a state by patterns gives what reading it without those of some
// types gives.
func sameBy(t *testing.T, state string, types []string) *document {
	t.Helper()
	with, err := readBy(state, nil)
	without, want := readBy(state, types)
	require.Equal(t, want, err)
	require.Equal(t, len(without.snap.Resources), len(with.snap.Resources))
	for i := range without.snap.Resources {
		w, g := without.snap.Resources[i], with.snap.Resources[i]
		require.Equal(t, dumped(w.Attributes.Value()), dumped(g.Attributes.Value()), w.Address())
		w.Attributes, g.Attributes = parity.Attributes{}, parity.Attributes{}
		require.Equal(t, w, g)
	}
	return with
}

// readBy reads a state by patterns, but for those of some types, and says what is wrong with it.
func readBy(state string, but []string) (*document, string) {
	lim := &limited{r: strings.NewReader(state), left: Limit}
	src := bufio.NewReader(lim)
	d := &document{lim: lim, src: src, dec: parity.NewDecoder(src), pack: parity.NewPacker(), snap: &parity.Snapshot{Sources: []string{"x"}}}
	if but != nil {
		d.learned, d.patterns = map[string]int{}, map[string][]known{}
		for _, typ := range but {
			d.learned[typ] = maxLearned
		}
	}
	if err := d.read(); err != nil {
		return d, d.place(err) + ": " + err.Error()
	}
	return d, ""
}

// Other programs than Terraform write keys in an order of their own, or twice. Of texts that are
// equal, as empty ones are, none tells which key it stands under.
func TestPatternsOfOtherWriters(t *testing.T) {
	state := func(instances ...string) string {
		var resources []string
		for i, instance := range instances {
			resources = append(resources, fmt.Sprintf(`{"mode": "managed", "type": "a_b", "name": "n%d", "provider": "p", "instances": [%s]}`, i, instance))
		}
		return `{"version": 4, "resources": [` + strings.Join(resources, ", ") + `]}`
	}
	instance := func(attributes string) string { return `{"schema_version": 0, "attributes": ` + attributes + `}` }
	for name, pair := range map[string][2]string{
		"not sorted":          {`{"user": "", "password": ""}`, `{"user": "gp3", "password": "Hunter2"}`},
		"sorted":              {`{"password": "", "user": ""}`, `{"password": "Hunter2", "user": "gp3"}`},
		"deeper":              {`{"a": [{"y": "", "x": ""}]}`, `{"a": [{"y": "of y", "x": "of x"}]}`},
		"twice":               {`{"a": "", "b": "", "a": ""}`, `{"a": "first", "b": "of b", "a": "last"}`},
		"null, then a text":   {`{"a": null, "a": "", "b": ""}`, `{"a": null, "a": "of a", "b": "of b"}`},
		"lists of other size": {`{"b": ["", ""], "a": [""]}`, `{"b": ["x", "y"], "a": ["z"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			sameBy(t, state(instance(pair[0]), instance(pair[1]), instance(pair[1])), []string{"a_b"})
		})
	}
	t.Run("instances twice", func(t *testing.T) {
		twice := instance(`{"alpha": "x"}`) + `], "instances": [` + instance(`{"beta": "x"}`)
		d := sameBy(t, state(twice, instance(`{"alpha": "y"}`), instance(`{"beta": "z"}`)), []string{"a_b"})
		require.Equal(t, "y", d.snap.Resources[1].Attributes.Get("alpha").Str())
	})

	// The shop, with its keys in the order of their digests.
	data, err := os.ReadFile("../../testdata/shop/production.tfstate")
	require.NoError(t, err)
	var shop struct {
		Version   int              `json:"version"`
		Resources []map[string]any `json:"resources"`
	}
	require.NoError(t, json.Unmarshal(data, &shop))
	types := map[string]bool{}
	for seed := range 4 {
		var resources []string
		for _, empty := range []bool{true, false} {
			for _, r := range shop.Resources {
				types[r["type"].(string)] = true
				var instances []string
				for _, i := range r["instances"].([]any) {
					instances = append(instances, instance(inOtherOrder(t, i.(map[string]any)["attributes"], seed, empty)))
				}
				resources = append(resources, fmt.Sprintf(`{"mode": %q, "type": %q, "name": %q, "provider": "p", "instances": [%s]}`, r["mode"], r["type"], fmt.Sprint(r["name"], empty), strings.Join(instances, ", ")))
			}
		}
		sameBy(t, `{"version": 4, "resources": [`+strings.Join(resources, ", ")+`]}`, slices.Collect(maps.Keys(types)))
	}
}

// inOtherOrder writes a value with the keys of objects in an order that a seed tells, and may
// leave all texts empty.
func inOtherOrder(t *testing.T, v any, seed int, empty bool) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		digest := func(key string) uint32 { return crc32.ChecksumIEEE(fmt.Appendf(nil, "%d%s", seed, key)) }
		for _, key := range slices.SortedFunc(maps.Keys(v), func(a, b string) int { return cmp.Compare(digest(a), digest(b)) }) {
			parts = append(parts, fmt.Sprintf("%q: %s", key, inOtherOrder(t, v[key], seed, empty)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		for _, x := range v {
			parts = append(parts, inOtherOrder(t, x, seed, empty))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case string:
		if empty {
			return `""`
		}
	}
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// dumped is all of a value, with what it does not show.
func dumped(v parity.Value) string {
	s := fmt.Sprintf("%d %t %q(", v.Kind, v.Masked, v.Text)
	for i, it := range v.Items() {
		if v.Kind == parity.Object {
			s += v.Keys()[i] + "="
		}
		s += dumped(it)
	}
	return s + ")"
}

// A resource with more instances than the window holds is read as it is when it is
// read as a whole, which it is if its name comes after them.
func TestManyInstancesAreReadOneByOne(t *testing.T) {
	const head = `"module": "module.m", "mode": "managed", "type": "a_b", "name": "c", "provider": "p"`
	instances := make([]string, 2500)
	for i := range instances {
		instances[i] = fmt.Sprintf(`{"index_key": %d, "schema_version": 1, "attributes": {"id": "i-%d", "name": "x-%d", "tags": {"a": "b\n", "c": null}, "ok": %t, "n": %d}, "sensitive_attributes": [], "private": "eyJ", "dependencies": ["a.b", "c.d"]}`,
			i, i, i%7, i%5 == 0, i%3)
	}
	all := strings.Join(instances, ",\n")
	require.Greater(t, len(all), 2*windowSize)
	read := func(format, instances string) (*parity.Snapshot, string) {
		s, err := Read("x", strings.NewReader(fmt.Sprintf(`{"version": 4, "resources": [{"mode": "data", "type": "t", "name": "n", "instances": []}, `+format+`]}`, head, instances)))
		if err != nil {
			return nil, regexp.MustCompile(` \(byte \d+\)`).ReplaceAllString(err.Error(), "")
		}
		return s, ""
	}
	random := rand.New(rand.NewPCG(3, 4))
	for run := range 20 {
		broken := all
		if run > 0 {
			at := random.IntN(len(all))
			put := []string{"", `"`, `\`, "{", "}", "[", "]", ",", ":", "0", "null", "true", " ", "\xff", "é", `{},`, `1,`, `,{"attributes":{"id":"x"}},`}[random.IntN(18)]
			broken = all[:at] + put + all[at+random.IntN(2):]
		}
		whole, want := read(`{"instances": [%[2]s], %[1]s}`, broken)
		s, err := read(`{%s, "instances": [%s]}`, broken)
		if want != "" {
			// Read piece by piece, what is wrong between instances may be told in other words.
			const place = "reading x at /resources/1"
			require.Equal(t, strings.HasPrefix(want, place), strings.HasPrefix(err, place), "%s\n%s", want, err)
			require.NotEmpty(t, err)
			continue
		}
		require.Empty(t, err)
		require.Equal(t, len(whole.Resources), len(s.Resources))
		for i := range whole.Resources {
			w, g := whole.Resources[i], s.Resources[i]
			require.Equal(t, dumped(w.Attributes.Value()), dumped(g.Attributes.Value()), w.Address)
			w.Attributes, g.Attributes = parity.Attributes{}, parity.Attributes{}
			require.Equal(t, w, g)
		}
	}
	for _, more := range []string{`, "each": "list"`, `, "x": [1, {"y": null}]`} {
		s, err := read(`{%s, "instances": [%s]`+more+`}, {"mode": "managed", "type": "a_b", "name": "last", "instances": [{"attributes": {}}]}`, all)
		require.Empty(t, err)
		require.Equal(t, "a_b.last", s.Resources[len(s.Resources)-1].Address())
	}
	_, err := read(`{%s, "instances": [%s], "type": "a_c"}`, all)
	require.Contains(t, err, "type of module.m.a_b.c comes after its many instances")
	_, err = read(`{%s, "instances": [%s], "x": x}`, all)
	require.Contains(t, err, "/resources/1/x")
	_, err = read(`{%s, "instances": [%s] 1}`, all)
	require.Contains(t, err, "/resources/1")
	_, err = read(`{%s, "instances": [%s]`, all[:len(all)/2])
	require.Contains(t, err, "cut short")
}
