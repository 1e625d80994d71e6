package document

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

const canary = "canary-5f1c9"

func asJSON(t *testing.T, v parity.Value) string {
	t.Helper()
	text, err := v.MarshalJSON()
	require.NoError(t, err)
	return string(text)
}

func TestParse(t *testing.T) {
	for name, test := range map[string]struct{ format, text, want string }{
		"json":           {"json", "\xef\xbb\xbf" + `{"b": [1, 2.50, "x", null], "a": {"on": true, "off": null}}`, `{"a":{"on":true},"b":[1,2.50,"x",null]}`},
		"json list":      {"json", `[]`, `[]`},
		"yaml scalars":   {"yaml", "i: 12\nhex: 0x1F\nf: 1.50\nb: true\nyes: yes\nn: ~\ns: '12'\nd: 2024-02-30\nd2: 2024-02-03\ninf: .inf\nbig: 99999999999999999999\nu: 18446744073709551615\nsep: 1_000\nbin: !!binary aGk=\n", `{"b":true,"big":99999999999999999999,"bin":"aGk=","d":"2024-02-30","d2":"2024-02-03","f":1.50,"hex":31,"i":12,"inf":"+inf","s":"12","sep":1000,"u":18446744073709551615,"yes":"yes"}`},
		"yaml comments":  {"yaml", "# nothing\n", `{}`},
		"yaml anchors":   {"yaml", "base: &b {a: 1, b: 2}\nuse: *b\nnames: &n [x]\nmore: [*n, *n]\n*k : v\n", ""},
		"yaml aliases":   {"yaml", "base: &b {a: 1, b: 2}\nuse: *b\nkey: &k name\nof:\n  *k : v\n", `{"base":{"a":1,"b":2},"key":"name","of":{"name":"v"},"use":{"a":1,"b":2}}`},
		"yaml merge":     {"yaml", "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2, d: 2}\none: {<<: *x, a: 9}\ntwo: {d: ~, <<: [*x, *y]}\nplain: {\"<<\": 1}\n", `{"one":{"a":9,"b":1},"plain":{"<<":1},"two":{"a":1,"b":1,"c":2},"x":{"a":1,"b":1},"y":{"b":2,"c":2,"d":2}}`},
		"yaml documents": {"yaml", "---\na: 1\n---\n---\nb: 2\n...\n", `[{"a":1},{"b":2}]`},
		"yaml one":       {"yaml", "---\na: 1\n---\n", `{"a":1}`},
		"yaml tags":      {"yaml", "a: !Ref Vpc\nb: !Sub [x, y]\nc: !!str 12\n8080: port\n", `{"8080":"port","a":"!Ref Vpc","b":{"!Sub":["x","y"]},"c":"12"}`},
		"toml":           {"toml", "title = \"x\"\nd = 1979-05-27\ndt = 1979-05-27T07:32:00Z\nlt = 07:32:00\nldt = 1979-05-27T07:32:00\nf = 1.0\ni = 0xff\n[a.b]\nc = [1, 2]\n[[t]]\nn = 1\n[[t]]\nn = 2\n", `{"a":{"b":{"c":[1,2]}},"d":"1979-05-27","dt":"1979-05-27T07:32:00Z","f":1,"i":255,"ldt":"1979-05-27T07:32:00","lt":"07:32:00","t":[{"n":1},{"n":2}],"title":"x"}`},
		"dotenv": {
			"dotenv", "# c\nexport A=1\nB = two words # c\nC='single $X #'\nD=\"a\\nb \\\"q\\\" \\$X ${Y} \\d\"\nE=\"line 1\r\nline 2\" # c\nF=\nG=#x\nH=a#b\n\tI=`back`\r\nexported=x\nexport\tJ=1\n",
			`{"A":"1","B":"two words","C":"single $X #","D":"a\nb \"q\" $X ${Y} \\d","E":"line 1\nline 2","F":"","G":"","H":"a#b","I":"back","J":"1","exported":"x"}`,
		},
		"properties": {
			"properties", "# c\n! c\na=1\nb : 2\nc 3\n  d.e = x y \nlong = one, \\\n   two\\\\\nk\\:e\\ y=v\\t\\u00e9\\ud83d\\ude00\nempty\nlast=\\",
			`{"a":"1","b":"2","c":"3","d.e":"x y ","empty":"","k:e y":"v\té😀","last":"","long":"one, two\\"}`,
		},
		"properties crlf": {"properties", "a=1\\\r\n  2\r\nb=3\r\n", `{"a":"12","b":"3"}`},
		"hcl": {
			"hcl", "a = 1.50\nb = -2\nc = \"x\"\nd = [true, null, \"y\"]\ne = { k = 1, \"q r\" = 2, (var.x) = 3 }\nf = var.name\ng = \"a-${var.b}\"\nh = <<EOT\ntext\nEOT\ni = upper(\"x\")\nn = null\nserver {\n  p = 1\n}\nserver {\n  p = 2\n}\nflag \"x\" \"y\" {\n  on = true\n}\nflag \"x\" \"z\" {\n}\n",
			`{"a":1.50,"b":-2,"c":"x","d":[true,null,"y"],"e":{"(var.x)":3,"k":1,"q r":2},"f":"var.name","flag":{"x":{"y":{"on":true},"z":{}}},"g":"\"a-${var.b}\"","h":"text\n","i":"upper(\"x\")","server":[{"p":1},{"p":2}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Parse("x", test.format, []byte(test.text))
			if test.want == "" {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, asJSON(t, v))
		})
	}
}

// One configuration in four formats is one value; the formats without types have its texts.
func TestSameInEachFormat(t *testing.T) {
	want := `{"payments":{"enabled":true,"hosts":["a","b"],"port":8080}}`
	for format, text := range map[string]string{
		"json": want,
		"yaml": "payments:\n  enabled: true # on\n  port: 8080\n  hosts: [a, 'b']\n",
		"toml": "[payments]\nenabled = true\nport = 8080\nhosts = [\"a\", \"b\"]\n",
		"hcl":  "payments = {\n  enabled = true\n  port: 8080\n  hosts = [\"a\", \"b\"]\n}\n",
	} {
		v, err := Parse("x", format, []byte(text))
		require.NoError(t, err)
		assert.Equal(t, want, asJSON(t, v), format)
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat("[", maxNesting+2) + strings.Repeat("]", maxNesting+2)
	bomb := "a0: &a0 " + strings.Repeat("x", 1000) + "\n"
	for i := range 9 {
		n := string(rune('0' + i))
		bomb += "a" + string(rune('1'+i)) + ": &a" + string(rune('1'+i)) + " [" + strings.Repeat("*a"+n+", ", 10) + "]\n"
	}
	for name, test := range map[string]struct{ format, text, want string }{
		"format":             {"ini", "a=1", `reading flags: "ini" is no format; one of: dotenv, hcl, json, properties, toml, yaml`},
		"empty":              {"yaml", " \n\n", "reading flags: it is empty\n  A file that was cut short"},
		"utf-16":             {"json", "\xff\xfe{\x00}\x00", "it is UTF-16 text\n  Convert it"},
		"utf-8":              {"yaml", "a: é\nbé: \xff", "reading flags:2:5: it is no UTF-8 here"},
		"zero":               {"dotenv", "A=1\nB=\x00", "reading flags:2:3: it holds a zero byte"},
		"large":              {"dotenv", strings.Repeat("#", Limit+1), "it has more than 4 MiB"},
		"scalar":             {"yaml", "hello", "as yaml it is one value, without keys"},
		"sops":               {"yaml", "a: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[x]\n", "encrypted by sops"},
		"sops dotenv":        {"dotenv", "A=ENC[x]\nsops_mac=ENC[x]\n", "encrypted by sops"},
		"vault":              {"yaml", "$ANSIBLE_VAULT;1.1;AES256\n6162", "encrypted by ansible-vault"},
		"json syntax":        {"json", "{\n  \"a\": 1,\n}", "reading flags:2:9: "},
		"json cut":           {"json", `{"a": `, "reading flags:1:7: it ends in the middle"},
		"json two":           {"json", "{}\n{}", "something follows the JSON value"},
		"json twice":         {"json", "{\"a\": 1,\n \"a\": 2}", "reading flags:2:2: the key \"a\" is there twice"},
		"json deep":          {"json", deep, "it nests more than 100 levels deep"},
		"yaml syntax":        {"yaml", "a: 1\nb: [1,\nc: 2\n", "reading flags:2: did not find expected ',' or ']'"},
		"yaml scanner":       {"yaml", "a: 1\nb: \"x\\z\"\n", "reading flags:2: found unknown escape character"},
		"yaml indentation":   {"yaml", "a: 1\nb: 2\n  c: 3\n", "reading flags:3: mapping values are not allowed"},
		"yaml key lost":      {"yaml", "x: 1\na:\n  b: 1\n c: 2\n", "reading flags:4: did not find expected key"},
		"yaml twice":         {"yaml", "a:\n  é: 1\n  b: 2\n  é: 3\n", "reading flags:4:3: the key \"é\" is there twice"},
		"yaml deep":          {"yaml", deep, "it nests more than 100 levels deep"},
		"yaml deeper":        {"yaml", strings.Repeat("[", 20_000), "exceeded max depth"},
		"yaml itself":        {"yaml", "a: &a\n  b: *a\n", "it nests more than 100 levels deep"},
		"yaml bomb":          {"yaml", bomb, "with its aliases written out it has more than 16 MiB"},
		"yaml key":           {"yaml", "? [a, b]\n: 1\n", "reading flags:1:3: a key is a map or a list"},
		"yaml merge":         {"yaml", "a: 1\n<<: 3\n", "reading flags:2:5: what is merged is no map"},
		"yaml tag":           {"yaml", "a: !!int x\n", "reading flags:1:4: the value is not of the type that its tag says"},
		"yaml unknown alias": {"yaml", "a: *b\n", "unknown anchor"},
		"toml syntax":        {"toml", "a = 1\nb = = 2\n", "reading flags:2:5: "},
		"toml twice":         {"toml", "a = 1\na = 2\n", "reading flags:2:1: "},
		"toml deep":          {"toml", "a = " + deep, "it nests more than 100 levels deep"},
		"toml dots":          {"toml", strings.Repeat("a.", 100_000) + "a = 1", ""},
		"dotenv no =":        {"dotenv", "A=1\n  B\n", "reading flags:2:3: the line has no ="},
		"dotenv name":        {"dotenv", "2A=1\n", "reading flags:1:1: what stands before = is no name"},
		"dotenv open":        {"dotenv", "A=1\nB='x\n\n", "reading flags:2:3: the quote ' is not closed"},
		"dotenv more":        {"dotenv", "A='x'y\n", "reading flags:1:6: something follows the closing quote"},
		"dotenv twice":       {"dotenv", "A=1\nexport A=2\n", "reading flags:2:1: the key \"A\" is there twice"},
		"properties escape":  {"properties", "a=1\n b=\\u12\n", "reading flags:2:2: a \\u without four"},
		"properties twice":   {"properties", "a=1\na\\\n =2\n", "reading flags:2:1: the key \"a\" is there twice"},
		"hcl syntax":         {"hcl", "a = 1\nb = {\n", "reading flags:"},
		"hcl twice":          {"hcl", "a = 1\na = 2\n", "reading flags:2:1: attribute redefined"},
		"hcl twice in map":   {"hcl", "m = {\n  a = 1\n  \"a\" = 2\n}\n", "reading flags:3:3: the key \"a\" is there twice"},
		"hcl both":           {"hcl", "a = 1\na {\n}\n", "reading flags:2:1: the key \"a\" is there twice"},
		"hcl deep":           {"hcl", "a = " + deep, "it nests more than 100 levels deep"},
		"hcl operators":      {"hcl", "a = " + strings.Repeat("-", 60_000) + "1", "operators and lists"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("flags", test.format, []byte(test.text))
			require.Error(t, err)
			assert.Contains(t, err.Error(), test.want)
			assert.Less(t, len(err.Error()), 1000)
			var typed *Error
			require.ErrorAs(t, err, &typed)
		})
	}
}

// Errors are shown and logged: what is broken may be a secret.
func TestErrorsKeepValues(t *testing.T) {
	for format, texts := range map[string][]string{
		"json":       {`{"password": "` + canary + `" "x"}`, `{"password": "` + canary, `{"password": ` + canary + `}`, `{"password": "\x` + canary + `"}`},
		"yaml":       {"password: [" + canary, "password: \"" + canary, "password: !!int " + canary, "password: \"\\z" + canary + "\"", "password: x: " + canary, "password: %" + canary, "password: @" + canary},
		"toml":       {"password = " + canary, "password = \"" + canary, "password = '" + canary + "' x", "password = \"\\z" + canary + "\""},
		"dotenv":     {"PASSWORD='" + canary, "PASSWORD='x'" + canary, "PASSWORD " + canary, "-----BEGIN " + canary + "=x"},
		"properties": {`password=\u` + canary, "password=" + canary + `\u1`},
		"hcl":        {"password = \"" + canary, "password = \"${" + canary, "password = " + canary + " x", "password = '" + canary + "'", "password = \"\\z" + canary + "\"", "password = \"%{ " + canary + " }\""},
	} {
		for _, text := range texts {
			_, err := Parse("flags", format, []byte(text))
			if assert.Error(t, err, text) {
				assert.NotContains(t, err.Error(), canary, text)
			}
		}
	}
}

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]string{
		"a/flags.json": "json", "flags.YML": "yaml", `c:\x\flags.yaml`: "yaml", "pyproject.toml": "toml", ".env": "dotenv",
		".env.production": "dotenv", "prod.env": "dotenv", "application.properties": "properties", "x.tfvars": "hcl", "x.hcl": "hcl",
		"flags": "", "flags.txt": "", "dir.yaml/flags": "", "": "",
	} {
		assert.Equal(t, want, FormatOf(name), name)
	}
}

func TestHide(t *testing.T) {
	v, err := Parse("x", "json", []byte(`{"payments": {"stripe": {"key": "k1", "on": true}, "list": [{"key": 2}]}, "pin": 1, "a": {"pin": "p", "b": ["q"]}, "db.url": "u", "x/y": "z"}`))
	require.NoError(t, err)
	hidden, unmatched := Hide(v, []string{"payments.*.key", "pin", "a.b", "db.url", "x/*", "none.of", "key.*"})
	assert.Equal(t, []string{"none.of", "key.*"}, unmatched)
	assert.Equal(t, `{"a":{"b":[{"$secret":true}],"pin":{"$secret":true}},"db.url":{"$secret":true},"payments":{"list":[{"key":{"$secret":true}}],"stripe":{"key":{"$secret":true},"on":true}},"pin":{"$secret":true},"x/y":{"$secret":true}}`, asJSON(t, hidden))

	same, unmatched := Hide(v, nil)
	assert.Empty(t, unmatched)
	assert.Equal(t, asJSON(t, v), asJSON(t, same))
	for _, bad := range []string{"", "a..b", ".a"} {
		assert.Error(t, CheckPattern(bad), bad)
	}
	assert.NoError(t, CheckPattern("payments.*.key"))
}
