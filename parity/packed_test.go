package parity

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzElement: what is read without a tree is what the decoder reads.
func FuzzElement(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":null}`, `{"b":1,"a":2}`, `{"a":1,"a":2}`, `{"a":1,"a":null}`, `{"":null,"":1}`, `{"a":[null,[],{},{"x":null}]}`,
		`{"a":"x\"y\\zé😀","b":"\\"}`, `{"a\"b":1,"c":{"a\"b":1}}`, `{"a":-1.5e+3,"b":0,"c":true,"d":false}`,
		"{ \"a\" :\t[ 1 , 2 ] ,\n\"b\" : { \"c\" : \"d\" } }", `{"attributes":{"attributes":{"dependencies":["x"]}}}`,
		`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`,
		`{"a":` + strings.Repeat("[", 31) + `{"b":null}` + strings.Repeat("]", 31) + `}`, `{"a":` + strings.Repeat("[", 30) + `{"b":null}` + strings.Repeat("]", 30) + `}`,
	} {
		f.Add([]byte(seed))
	}
	p := NewPacker() // what it remembers of others must not show
	f.Fuzz(func(t *testing.T, data []byte) {
		raw := jsontext.Value(data)
		if !raw.IsValid(jsontext.AllowDuplicateNames(true)) || raw.Kind() != jsontext.KindBeginObject {
			return
		}
		d := NewDecoder(bytes.NewReader(data))
		d.MaxDepth = 32
		want, wantErr := d.Value()
		element, err := p.Element([]byte(`{"attributes":`+string(data)+`}`), 33)
		require.Equal(t, wantErr, err)
		if err != nil {
			return
		}
		got := element.Get("attributes")
		require.NotNil(t, got.node.rows, "attributes are kept without a tree")
		requireSame(t, want, got)
		requireSame(t, want, NewPacker().Pack(want))
	})
}

func requireSame(t *testing.T, want, got Value) {
	t.Helper()
	require.Equal(t, want.Kind, got.Kind)
	require.Equal(t, want.Text, got.Text)
	require.Equal(t, want.Document, got.Document)
	require.Equal(t, want.Masked, got.Masked)
	require.Equal(t, want.Empty(), got.Empty())
	require.Equal(t, want.isMarker(), got.isMarker())
	require.Equal(t, string(want.AppendJSON(nil)), string(got.AppendJSON(nil)))
	require.Equal(t, len(want.Keys()), len(got.Keys()))
	require.Len(t, got.Items(), len(want.Items()))
	for i := range want.Items() {
		if want.Kind == Object {
			require.Equal(t, want.Keys()[i], got.Keys()[i])
			requireSame(t, want.Items()[i], got.Get(want.Keys()[i]))
		}
		requireSame(t, want.Items()[i], got.Items()[i])
	}
}

func TestPackedValuesOfAllKinds(t *testing.T) {
	nulls := ObjectOf(nil, nil)
	nulls.node.nulls = true
	v := ObjectOf([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}, []Value{
		{Kind: Secret, Text: "digest"},
		{Kind: Unknown},
		{Kind: Unknown, Masked: true},
		{Kind: String, Masked: true, Text: "hidden"},
		markDocument(ListOf([]Value{Text("x"), {}, ObjectOf(nil, nil), ObjectOf([]string{"$json"}, []Value{ListOf(nil)}), {Kind: Secret}})),
		ObjectOf([]string{"$secret"}, []Value{{Kind: Bool, Text: "true"}}),
		ObjectOf([]string{"<&>"}, []Value{Text("\u2028\xff\x01")}),
		{Kind: Number, Text: "1e999"},
		nulls,
	})
	requireSame(t, v, NewPacker().Pack(v))
	assert.Equal(t, `{"a":{"$secret":true},"b":{"$unknown":true},"c":{"$masked":true},"d":{"$masked":true},`+
		`"e":{"$json":["x",null,{},{"$object":{"$json":[]}},{"$secret":true}]},"f":{"$object":{"$secret":true}},`+
		"\"g\":{\"<&>\":\"\u2028\ufffd\\u0001\"},\"h\":1e999,\"i\":{\"\":null}}", string(NewPacker().Pack(v).AppendJSON(nil)))
}

func TestWhatIsReadOfShownElements(t *testing.T) {
	p := NewPacker()
	const masked = `{"mode":"managed","values":{"b":{"c":1},"a":null},"sensitive_values":{"b":{"c":true}},"depends_on":[[1]],"index":0}`
	shown, err := p.Shown([]byte(masked), 3)
	require.NoError(t, err)
	assert.Equal(t, []string{"index", "mode", "sensitive_values", "values"}, shown.Keys())
	form, ok := shown.Get("values").Form()
	require.True(t, ok, "the values are packed")
	assert.Equal(t, []any{Object, 1, true}, []any{form.Kind(), form.Len(), form.Nulls()})
	assert.Equal(t, []any{Object, Number, Null, Null}, []any{form.Item(0).Kind(), form.Get("b").Get("c").Kind(), form.Get("a").Kind(), form.Get("b").Get("c").Get("d").Kind()})
	again, err := p.Shown([]byte(masked), 3)
	require.NoError(t, err)
	assert.Equal(t, shown.Get("sensitive_values"), again.Get("sensitive_values"))
	assert.Same(t, shown.Get("sensitive_values").node, again.Get("sensitive_values").node, "masks that are alike are one")

	names, err := p.ShownNames([]byte(`{"mode":"data","values":{"id":"x","other":[1],"arn":"y"},"index":0}`), 3)
	require.NoError(t, err)
	assert.Equal(t, `{"mode":"data","values":{"arn":"y","id":"x"}}`, string(names.AppendJSON(nil)))

	change, err := p.Change([]byte(`{"address":"a","mode":"m","change":{"before":{"x":1},"actions":["create"],"after_unknown":true}}`), 3)
	require.NoError(t, err)
	assert.Equal(t, `{"address":"a","change":{"actions":["create"],"after_unknown":true}}`, string(change.AppendJSON(nil)))

	// What is left out must not nest too deep either, nor a mask.
	for _, text := range []string{`{"more":[[1]]}`, `{"sensitive_values":{"a":{"b":1}}}`, `{"values":{"a":{"b":1}}}`, `{"name":{"a":{"b":1}}}`} {
		_, err := p.Shown([]byte(text), 3)
		require.NoError(t, err, text)
		_, err = p.Shown([]byte(text), 2)
		require.ErrorIs(t, err, ErrTooDeep, text)
	}
}

// A copy may be changed, and what it was copied from stays as it was.
func TestCloneIsIndependent(t *testing.T) {
	s := &Snapshot{Resources: []Resource{NewResource(Declaration{Type: "aws_a", Name: "b"}, Place{}, ObjectOf([]string{"x"}, []Value{Text("password-of-another")}))}}
	s.packAll()
	c, again := s.Clone(), s.Clone()
	c.hide(&secrets{values: map[string]bool{"password-of-another": true}})
	again.pack.texts.ofString("new")
	assert.Equal(t, Hidden, c.Resources[0].Attributes.Get("x").Text)
	assert.Equal(t, "password-of-another", s.Resources[0].Attributes.Get("x").Text)
	assert.Equal(t, "password-of-another", again.Resources[0].Attributes.Get("x").Text)
	assert.Equal(t, []string{"", "x", "password-of-another"}, []string{s.pack.texts.at(0), s.pack.texts.at(1), s.pack.texts.at(2)})
}

// What is told by hand, for speed, is what the expressions tell.
func TestShapes(t *testing.T) {
	ids := regexp.MustCompile(`^[a-z]{1,12}-[0-9a-f]{8}([0-9a-f]{9})?$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^(db|cluster|Z)-?[A-Z0-9]{10,}$`)
	hosts := regexp.MustCompile(`^([a-z0-9_-]+\.){2,}[a-z]{2,}(:\d+)?$`)
	for _, s := range []string{
		"", "a.b.com:", "a.b.com:80:80", "a.b.com:x", "a..com", ".b.com", "a.b.c", "A.b.com", "a.b.co.", "a.b.c-d", "subnet-0a1b2c3d", "subnet-0a1b2c3d4e5f60718", "Subnet-0a1b2c3d", "abcdefghijklm-0a1b2c3d", "x-0a1b2c3g",
		"01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdeg", "db-ABCDEFGHIJ0", "dbABCDEFGHIJ", "db-ABC", "ZABCDEFGHIJ",
		"cluster-ABCDEFGHIJKL", "a.b.com", "a.b", "x_y.z-1.co:80", "a.b.c0m", "password = x", "PWD=x", "tokens are", "api key: x", "\u212aey=x",
		"DB_PASSWORD", "passwd", "PassPhrase", "pwd", "x-pass", "a.credentials", "credential", "APIKEY", "dsn", "licenseKey", "master_key", "connectionString", "aToken", "\u017fecret", "to\u212aen", "\u212aey",
		"-----BEGIN PRIVATE KEY-----", "AKIAABCDEFGHIJKLMNOP", "sk-0123456789012345678901", "glpat-0123456789abc", "eyJhbGciOiJIUz.eyJhbGciOiJIUz.x", "xoxb-012345678901",
	} {
		assert.Equal(t, ids.MatchString(s), idShaped(s), "%q", s)
		assert.Equal(t, hosts.MatchString(s), hostShaped(s), "%q", s)
		assert.Equal(t, assignment.MatchString(s), assigns(s), "%q", s)
		assert.True(t, mayBeSecret(s) || !secretWord.MatchString(s), "%q", s)
		assert.Equal(t, len(s) >= 16 && secretText.MatchString(s), LooksSecret(s), "%q", s)
		assert.True(t, remarkable([]byte(s)) || !bracketed(s) && !LooksSecret(s) && (&secrets{values: map[string]bool{}}).hideInside(s) == s, "%q", s)
	}
}

// Blocks are in the order of their addresses, which say more than their parts do.
func TestCompareBlocks(t *testing.T) {
	words := []string{"", "a", "a-b", "a.b", "module.a", "module.a-b", `module.a["x"]`, "module.a.module.b", "b"}
	for _, m := range words {
		for _, n := range words {
			for _, types := range [][2]string{{"t", "t"}, {"t", "t_u"}, {"t-u", "t"}, {"a", "b"}} {
				for _, names := range [][2]string{{"x", "x"}, {"x", "x-y"}, {"y", "x"}} {
					a := NewResource(Declaration{Type: types[0], Name: names[0]}, Place{Module: m}, Value{})
					b := NewResource(Declaration{Type: types[1], Name: names[1]}, Place{Module: n}, Value{})
					assert.Equal(t, strings.Compare(a.Block(), b.Block()), compareBlocks(&a, &b), "%s %s", a.Block(), b.Block())
				}
			}
		}
	}
}

// What is in one order is matched as what is in none: each text with the last that is equal.
func TestInOrder(t *testing.T) {
	for _, x := range [][2]string{
		{"", ""}, {"abc", "abc"}, {"abc", "abdc"}, {"abc", "xabc"}, {"abcd", "ad"}, {"cab", "abc"}, {"abc", ""}, {"aab", "aab"}, {"abc", "abbc"}, {"ab", "bab"},
	} {
		got := map[int]int{}
		inOrder(len(x[0]), len(x[1]),
			func(i int) string { return x[0][i : i+1] }, func(i int) string { return x[1][i : i+1] }, func(i, o int) { got[i] = o })
		for i, c := range x[0] {
			o, ok := got[i]
			assert.Equal(t, strings.ContainsRune(x[1], c), ok, "%q in %q", c, x[1])
			if ok && strings.Count(x[1], string(c)) == 1 {
				assert.Equal(t, strings.IndexRune(x[1], c), o)
			}
		}
	}
}
