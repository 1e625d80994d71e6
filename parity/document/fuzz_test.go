package document

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// fuzz holds a parser to what holds for every input: an error is an *Error that bounds what it repeats, a value is a map
// or a list that is no deeper than it may be, and comes out of a snapshot as it went in.
func fuzz(f *testing.F, format string, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 8<<10 {
			t.Skip()
		}
		v, err := Parse("x", format, data)
		if err != nil {
			var typed *Error
			require.ErrorAs(t, err, &typed)
			assert.Less(t, len(err.Error()), 2<<10)
			return
		}
		assert.Contains(t, []parity.Kind{parity.Object, parity.List}, v.Kind)
		assert.LessOrEqual(t, depth(v), maxNesting+2)
		text, err := v.MarshalJSON()
		require.NoError(t, err)
		dec := parity.NewDecoder(strings.NewReader(string(text)))
		again, err := dec.Value()
		require.NoError(t, err, "%s", text)
		back, err := parity.FromSnapshot(again).MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, string(text), string(back))
		Hide(v, []string{"a.*", "b"})
	})
}

func depth(v parity.Value) int {
	deepest := 0
	for _, it := range v.Items() {
		deepest = max(deepest, depth(it))
	}
	return deepest + 1
}

func FuzzJSON(f *testing.F) {
	fuzz(f, "json", `{"a": [1, 2.5e3, "x", null, true], "b": {"c": "\ud83d\ude00"}}`, `{"$secret": true}`, `[[]]`, `{"a":1,"a":2}`)
}

func FuzzYAML(f *testing.F) {
	fuzz(f, "yaml", "a: &a {b: 1}\nc: {<<: *a, d: ~}\n", "---\na: 1\n---\n- 0x1F\n- .nan\n- 2001-01-01\n", "a: |\n  x\n  y\nb: >-\n  z\n", "? a\n: b\n", "a: !t x\nb: !!int '3'\n", "a: &a [*a]\n")
}

func FuzzTOML(f *testing.F) {
	fuzz(f, "toml", "a = 1\n[b.c]\nd = [1, 2.0, inf]\ne = 1979-05-27T07:32:00Z\n[[t]]\nn = '''x'''\n", "a.b = {c = 0x1f}\n", "a = \"\\u00e9\"\n")
}

func FuzzDotenv(f *testing.F) {
	fuzz(f, "dotenv", "export A=1 # c\nB=\"x\\n${A}\"\nC='y\nz'\n", "A=`x`\r\nA=2\n", "=\n", "A=\"\\")
}

func FuzzProperties(f *testing.F) {
	fuzz(f, "properties", "# c\na=1\nb : \\\n  2\nc\\:d e\\u00e9\n", "\\", "a\\\r\n=b", "\\ud83d\\ude00")
}

func FuzzHCL(f *testing.F) {
	fuzz(f, "hcl", "a = -1\nb \"c\" {\n  d = [true, null, \"x${y}\"]\n}\nb \"c\" {}\n", "a = { b = 1, \"c\": 2, (d) = 3 }\n", "a = <<E\nx\nE\n", "a = 1e400\nb = f(1)[*].c\n")
}
