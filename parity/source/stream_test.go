package source_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/source"
)

// block is an element of a state with one instance, laid out as Terraform does.
func block(instance string) string {
	return "{\n \"module\": \"module.m\", \"mode\": \"managed\", \"type\": \"a_b\",\n \"name\": \"c\", \"provider\": \"provider[\\\"r/h/a\\\"]\", \"instances\": [\n" + instance + "\n ]\n}"
}

// instance is one as Terraform writes it.
func instance(key, attributes, sensitive string) string {
	return `{"index_key": ` + key + `, "schema_version": 1, "attributes": ` + attributes + `, "sensitive_attributes": ` + sensitive +
		`, "identity": {"account": "1"}, "private": "eyJ", "dependencies": ["a_b.d", "module.x[\"y\"].a"]}`
}

// FuzzPatterns: an instance that comes after one like it is read as it is alone.
func FuzzPatterns(f *testing.F) {
	const attributes = `{"a": "x", "b": [1, -2.5e+3, true, null], "c": {"d": "", "e": "é\n"}, "f": null, "id": "i-1", "password": "p"}`
	const hidden = `[[{"type": "get_attr", "value": "password"}], [{"type": "get_attr", "value": "c"}, {"type": "get_attr", "value": "d"}]]`
	first := instance("0", attributes, "[]")
	for _, second := range []string{
		first, instance("7", attributes, "[]"), instance(`"k"`, attributes, "[]"), instance(`"k\""`, attributes, "[]"), instance("01", attributes, "[]"), instance("-1", attributes, "[]"),
		instance("null", attributes, "[]"), instance("0", attributes, hidden), strings.Replace(first, `"schema_version": 1`, `"schema_version": 2`, 1),
		strings.Replace(first, `"x"`, `"y"`, 1), strings.Replace(first, `"x"`, `"a\"b\\"`, 1), strings.Replace(first, `"x"`, `"\u00e9\ud83d\ude00"`, 1),
		strings.Replace(first, `"x"`, `"\ud800"`, 1), strings.Replace(first, `"x"`, `"\x"`, 1), strings.Replace(first, `"x"`, "\"日本\"", 1), strings.Replace(first, `"x"`, "\"\xff\"", 1),
		strings.Replace(first, `"x"`, "\"a\nb\"", 1), strings.Replace(first, `"x"`, `null`, 1), strings.Replace(first, `"x"`, `1`, 1), strings.Replace(first, `"x"`, `x`, 1),
		strings.Replace(first, `[1,`, `[1.,`, 1), strings.Replace(first, `[1,`, `[01,`, 1), strings.Replace(first, `[1,`, `[10,`, 1), strings.Replace(first, `[1,`, `[-,`, 1), strings.Replace(first, `[1,`, `["1",`, 1),
		strings.Replace(first, `true`, `false`, 1), strings.Replace(first, `true`, `truee`, 1), strings.Replace(first, `true`, `tru`, 1),
		strings.Replace(first, `"f": null`, `"a": null`, 1), strings.Replace(first, `"f": null`, `"a": "z"`, 1), strings.Replace(first, `"eyJ"`, `null`, 1), strings.Replace(first, `"eyJ"`, "\"\x01\"", 1),
		strings.Replace(first, `"a_b.d", `, ``, 1), strings.Replace(first, `"a_b.d", `, `"a_b.d",, `, 1), strings.Replace(first, `"a_b.d", `, `1, `, 1), strings.Replace(first, `["a_b.d", `, `[`, 1),
		strings.Replace(first, `"private"`, `"status": "tainted", "private"`, 1), strings.Replace(first, `"private"`, `"deposed": "0a", "private"`, 1), strings.Replace(first, `"private"`, `"attributes": {}, "private"`, 1),
		strings.TrimSuffix(first, "}"), first + "," + first, first + ",", first + " " + first,
	} {
		f.Add(first, second)
	}
	secret := instance("0", attributes, hidden)
	for _, second := range []string{
		secret, strings.Replace(secret, `"p"`, `""`, 1), strings.Replace(secret, `"d": ""`, `"d": "now"`, 1), strings.Replace(secret, `"p"`, `"q"`, 1), instance("0", attributes, "[]"),
	} {
		f.Add(secret, second)
	}
	// What is hidden and empty has the form of what is not hidden.
	full := strings.Replace(attributes, `"f": null, `, "", 1)
	half := instance("0", full, `[[{"type": "get_attr", "value": "c"}, {"type": "get_attr", "value": "d"}]]`)
	open := instance("0", strings.Replace(full, `""`, `"told"`, 1), "[]")
	f.Add(strings.Repeat(open+",", 29)+half, strings.Replace(half, `""`, `"told"`, 1))
	// An object with its type is written as one that is of it only if it is.
	typed := instance("0", `{"like": {"type": "x", "value": "v"}, "lone": [{"type": "y", "value": {"z": "w"}}]}`, "[]")
	f.Add(typed, strings.Replace(typed, `"x"`, `"string"`, 1))
	f.Add(typed, strings.Replace(typed, `"y"`, `"dynamic"`, 1))
	within := strings.Replace(instance("0", `{"lone": [{"type": "y", "value": {"z": "w"}}]}`, "[]"), "[]", `[[{"type": "get_attr", "value": "lone"}, {"type": "index", "value": {"value": 0}}, {"type": "get_attr", "value": "z"}]]`, 1)
	f.Add(within, strings.Replace(within, `"y"`, `"dynamic"`, 1))
	// Of texts that are equal none tells which key it stands under.
	f.Add(instance("0", `{"user": "", "password": ""}`, "[]"), instance("1", `{"user": "u", "password": "p"}`, "[]"))
	f.Add(instance("0", `{"a": "", "b": [{"d": "", "c": ""}], "a": ""}`, "[]"), instance("1", `{"a": "x", "b": [{"d": "y", "c": "z"}], "a": "w"}`, "[]"))
	f.Fuzz(func(t *testing.T, first, second string) {
		was, err := source.Read("first", strings.NewReader(stateOf(block(first))))
		if err != nil {
			return
		}
		alone, errAlone := source.Read("alone", strings.NewReader(stateOf(block(second))))
		after, errAfter := source.Read("after", strings.NewReader(stateOf(block(first), block(first), block(second))))
		require.Equal(t, errAlone == nil, errAfter == nil, "%v\n%v", errAlone, errAfter)
		if errAlone == nil {
			requireResources(t, alone.Resources, after.Resources[2*len(was.Resources):])
		}
	})
}

func requireResources(t *testing.T, want, got []parity.Resource) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		w, g := want[i], got[i]
		require.Equal(t, dump(w.Attributes.Value()), dump(g.Attributes.Value()), w.Address)
		w.Attributes, g.Attributes = parity.Attributes{}, parity.Attributes{}
		require.Equal(t, w, g)
	}
}

// dump is all of a value, with what it does not show.
func dump(v parity.Value) string {
	s := fmt.Sprintf("%d %t %t %q(", v.Kind, v.Document, v.Masked, v.Text)
	for i, it := range v.Items() {
		if v.Kind == parity.Object {
			s += v.Keys()[i] + "="
		}
		s += dump(it)
	}
	return s + ")"
}

// A state of many modules is read as its resources are one by one, whatever pieces
// it comes in.
func TestManyAreReadAsEachAlone(t *testing.T) {
	data, err := os.ReadFile(shop + "production.tfstate")
	require.NoError(t, err)
	const head = "\n    {\n"
	blocks := strings.Split(string(data), head)[1:]
	last := len(blocks) - 1
	blocks[last], _, _ = strings.Cut(blocks[last], "\n  ],\n")
	var many []string
	var want []parity.Resource
	for i := range 40 {
		for _, b := range blocks {
			// A setting differs in every third, and ids in all.
			b = strings.ReplaceAll(strings.TrimSuffix(b, ","), "0a", fmt.Sprintf("%02x", i))
			if i%3 == 2 {
				b = strings.Replace(b, "true", "false", 1+i%5)
			}
			b = fmt.Sprintf("%s  \"module\": \"module.m%d\",\n%s", head, i, b)
			alone, err := source.Read("alone", strings.NewReader(stateOf(b)))
			require.NoError(t, err)
			want = append(want, alone.Resources...)
			many = append(many, b)
		}
	}
	state := stateOf(many...)
	s, err := source.Read("many", strings.NewReader(state))
	require.NoError(t, err)
	requireResources(t, want, s.Resources)
	s, err = source.Read("many", iotest.HalfReader(strings.NewReader(state)))
	require.NoError(t, err)
	requireResources(t, want, s.Resources)

	// What is wrong in the midst of it is told as it is anywhere.
	broken := strings.Replace(state, many[1400], strings.Replace(many[1400], `"mode": "managed"`, `"mode": managed`, 1), 1)
	_, err = source.Read("many", strings.NewReader(broken))
	assert.ErrorContains(t, err, fmt.Sprintf("/resources/%d", 1400))
	assert.ErrorContains(t, err, fmt.Sprintf("(byte %d)", strings.Index(broken, `: managed`)+2))
	_, err = source.Read("many", strings.NewReader(strings.Replace(state, many[1400], strings.Replace(many[1400], `"instances": [`, `"instances": [1,`, 1), 1)))
	assert.ErrorContains(t, err, "no object")
	for _, wrong := range []string{many[1399] + many[1400], many[1399] + ",," + many[1400], many[1399] + ":" + many[1400]} {
		_, err = source.Read("many", strings.NewReader(strings.Replace(state, many[1399]+","+many[1400], wrong, 1)))
		assert.Error(t, err)
	}
	_, err = source.Read("many", strings.NewReader(strings.TrimSuffix(state, "]}")+",]}"))
	assert.Error(t, err)
	_, err = source.Read("many", bytes.NewReader([]byte(state)[:len(state)/2]))
	assert.ErrorContains(t, err, "cut short")
}

// How much room is made does not depend on how resources are spread over a source.
func TestRoomForManyInstances(t *testing.T) {
	one := instance("0", `{"id": "i-1", "name": "x"}`, "[]")
	many := make([]string, 5000)
	for i := range many {
		many[i] = strings.Replace(one, `"index_key": 0`, fmt.Sprintf(`"index_key": %d`, i), 1)
	}
	all := block(strings.Join(many, ","))
	for _, state := range []string{
		stateOf(all), stateOf(append([]string{all}, lone(one)...)...), stateOf(append(lone(one), all)...),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := source.Read("many", strings.NewReader(state)) // which says its size
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		assert.LessOrEqual(t, cap(s.Resources), 2*len(s.Resources))
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(5*len(state)), "nothing is made anew for each resource")
	}
}

// lone are blocks of one instance each.
func lone(one string) []string {
	blocks := make([]string, 3000)
	for i := range blocks {
		blocks[i] = strings.Replace(block(one), `"name": "c"`, fmt.Sprintf(`"name": "c%d"`, i), 1)
	}
	return blocks
}
