package parity

import (
	"bytes"
	"encoding/base64"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity/catalog"
)

var sealedTypes = []string{
	"aws_ssm_parameter", "aws_ecs_task_definition", "aws_iam_role", "aws_instance", "aws_db_instance", "aws_secretsmanager_secret_version",
	"azurerm_kubernetes_cluster", "google_sql_user", "helm_release", "custom_thing", documentType,
}

// FuzzSeal: what is sealed without a tree is what a tree's sealer makes.
func FuzzSeal(f *testing.F) {
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(f, diags.HasErrors())
	script := base64.StdEncoding.EncodeToString([]byte("export DB_PASSWORD=hunter2hunter2 é"))
	for _, attributes := range []string{
		`{}`, `{"":"{\"value\":\"x\"}","type":"SecureString"}`, `{"type":"SecureString","value":"hunter2hunter2","insecure_value":"hunter3hunter3"}`,
		`{"type":"String","value":["a",{"b":1}]}`, `{"type":"SecureString","value":{"a":[1,"x",{"b":true}]}}`,
		`{"policy":"{\"Statement\":[{\"Action\":\"s3:*\",\"Deny\":null}],\"Version\":\"2012-10-17\"}","name":"r"}`,
		`{"policy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"password\":\"hunter2hunter2\"},\"Version\":2}"}`,
		`{"container_definitions":"[{\"command\":[\"run\",\"--password\",\"hunter2hunter2\",\"--token\",\"-x\"],\"environment\":[{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2hunter3\"},{\"name\":\"LEVEL\",\"value\":\"debug\"}]}]"}`,
		`{"settings":[{"name":"","key":"api_key","value":["a",["--secret","b"],{"c":2}]},{"Key":"token","Value":3},{"name":{},"value":"x"}]}`,
		`{"settings":[{"name":"db_password","value":{"name":"x","value":[["--password","b"],4]}},{"name":"level","value":{"name":"db_password","value":4}}]}`,
		`{"settings":[{"Key":"level","Name":"level","key":"level","name":"db_password","value":"x"},{"key":"db_password","name":"level","value":"x"},{"Key":"level","Value":"x","key":"token"}]}`,
		`{"user_data":"{\"a\":\"` + script + `\"}","x":"{\"a\":\"` + script + `\"}"}`,
		`{"kube_config":[{"a":1,"b":["x",null,{"c":"y"}]}],"password":7,"administrator_login_password":{"a":"b"}}`,
		`{"user_data":"` + script + `","user_data_base64":"` + script + `","tags":{"user_data":"[not json]"}}`,
		`{"a":"{\"b\":\"{\\\"password\\\":\\\"hunter2hunter2\\\",\\\"c\\\":\\\"[1]\\\"}\"}","d":"{\"b\":\"[]\"}"}`,
		`{"a":"postgres://u:hunter2hunter2@h/db","b":"AKIAABCDEFGHIJKLMNOP","c":"x --token=hunter2hunter2","d":["-","--token","x"]}`,
		`{"a":"` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `","b":"` + strings.Repeat("[", 64) + `{\"c\":null}` + strings.Repeat("]", 64) + `"}`,
	} {
		for typ := range sealedTypes {
			f.Add(uint8(typ), []byte{0}, []byte(attributes))
			f.Add(uint8(typ), []byte{0, 1, 0, 2, 4, 0, 3}, []byte(attributes))
		}
	}
	f.Fuzz(func(t *testing.T, typ uint8, marks, data []byte) {
		raw := jsontext.Value(data)
		if !raw.IsValid(jsontext.AllowDuplicateNames(true)) || raw.Kind() != jsontext.KindBeginObject || len(marks) == 0 {
			return
		}
		v, err := NewDecoder(bytes.NewReader(data)).Value()
		if err != nil {
			return
		}
		requireSealedAlike(t, cat.Type(sealedTypes[int(typ)%len(sealedTypes)]), asMarked(v, marks, new(int)))
	})
}

func TestSealAtRandom(t *testing.T) {
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors())
	for seed := range int64(1000) {
		r := rand.New(rand.NewSource(seed))
		marks := []byte{0}
		if seed%2 == 0 {
			marks = slices.Concat(make([]byte, r.Intn(20)), []byte{byte(r.Intn(5))}, make([]byte, r.Intn(9)))
		}
		v := asMarked(randomObject(r, 0), marks, new(int))
		requireSealedAlike(t, cat.Type(sealedTypes[r.Intn(len(sealedTypes))]), v)
	}
}

// What a source marks as sensitive stays if it is part of something that is a
// secret as a whole.
func TestSealMarkedInsideSecret(t *testing.T) {
	cat, diags := catalog.Load(hclparse.NewParser())
	require.False(t, diags.HasErrors())
	marked := Value{Kind: Secret, Text: "hunter2hunter2"}
	inner := ObjectOf([]string{"name", "value"}, []Value{Text("level"), marked})
	for _, name := range []string{"db_password", "level"} {
		entry := ObjectOf([]string{"name", "value"}, []Value{Text(name), inner})
		requireSealedAlike(t, cat.Type("custom_thing"), ObjectOf([]string{"settings"}, []Value{ListOf([]Value{entry})}))
	}
}

// asMarked returns v with other kinds below it, as the marks say.
func asMarked(v Value, marks []byte, at *int) Value {
	items := make([]Value, len(v.Items()))
	for i, it := range v.Items() {
		*at++
		switch mark := marks[*at%len(marks)]; {
		case it.Kind == List || it.Kind == Object:
			if it = asMarked(it, marks, at); mark == 4 {
				it = markDocument(it)
			}
		case mark == 1:
			it = Value{Kind: Secret, Text: it.Text}
		case mark == 2:
			it.Masked = it.Kind == String || it.Kind == Number
		case mark == 3:
			it = Value{Kind: Unknown}
		}
		items[i] = it
	}
	return v.withItems(items)
}

// otherTexts returns a value of the same form, with others of its texts in every second place.
func otherTexts(v Value, first, shift int) Value {
	var texts []string
	eachString(v, func(text string) { texts = append(texts, text) })
	at := first
	var turn func(v Value) Value
	turn = func(v Value) Value {
		switch v.Kind {
		case List, Object:
			items := make([]Value, len(v.Items()))
			for i, it := range v.Items() {
				items[i] = turn(it)
			}
			return v.withItems(items)
		case String:
			if at++; at%2 == 0 {
				v.Text = texts[(at+shift)%len(texts)]
			}
		}
		return v
	}
	return turn(v)
}

// requireSealedAlike seals a value, and others of its form, in both ways.
func requireSealedAlike(t *testing.T, typ *catalog.Type, v Value) {
	t.Helper()
	known := func() *secrets {
		return &secrets{key: []byte("key"), values: map[string]bool{}}
	}
	ofTrees, ofPacked := known(), known()
	p := NewPacker()
	// Some share rows in which the texts of every second place are the same.
	values := []Value{v, otherTexts(v, 0, 0), v, otherTexts(v, 0, 1), otherTexts(v, 0, 2), otherTexts(v, 1, 0), v}
	packed := make([]Value, len(values))
	for i, v := range values {
		packed[i] = p.Pack(v)
	}
	ps := newPackedSealer(ofPacked, p)
	for i, v := range values {
		want := sealer{ofTrees, typ, v, NewPacker()}.object(v, "", false)
		got := ps.attributes(packed[i], typ)
		require.NotNil(t, got.node.rows, "attributes are kept without a tree")
		requireSame(t, want, got)
		require.Equal(t, ofTrees.values, ofPacked.values)
	}
}

var (
	randomKeys = strings.Fields("name key value Name Key Value type insecure_value password db_password administrator_login_password user_data policy environment tags secret_string kube_config command a b c")
	randomText = []string{
		"", "-", "x", "debug", "true", "12", "SecureString", "String", "DB_PASSWORD", "level", "token", "--password", "--token", "-v", "--token=hunter2hunter2", "hunter2hunter2", "Correct-Horse7",
		"postgres://u:swordfish99@h/db", "AKIAABCDEFGHIJKLMNOP", "run --secret swordfish98", "-----BEGIN RSA PRIVATE KEY-----\nx", "bearer abcdefgh123", "[not json]", "{}", "[]", `{"b":1,"a":null}`,
		`{"password":"a","name":"x","name":"api_key","value":"swordfish97"}`, "ZXhwb3J0IERCX1BBU1NXT1JEPWh1bnRlcjJodW50ZXIy", "YWJjZGVmZ2hpamts",
	}
)

func randomObject(r *rand.Rand, depth int) Value {
	n := r.Intn(6)
	keys, items := make([]string, n), make([]Value, n)
	for i := range n {
		keys[i], items[i] = randomKeys[r.Intn(len(randomKeys))], randomValue(r, depth+1)
	}
	return ObjectOf(keys, items)
}

func randomValue(r *rand.Rand, depth int) Value {
	switch r.Intn(12) {
	case 0:
		return Value{Kind: Number, Text: []string{"0", "7", "8080", "1234567"}[r.Intn(4)]}
	case 1:
		return Value{Kind: Bool, Text: "true"}
	case 2, 3:
		if depth < 4 {
			return randomObject(r, depth)
		}
	case 4, 5, 6:
		if depth < 4 {
			items := make([]Value, r.Intn(5))
			for i := range items {
				items[i] = randomValue(r, depth+1)
			}
			return ListOf(items)
		}
	case 7, 8:
		if depth < 4 {
			v := randomObject(r, depth)
			if r.Intn(2) == 0 {
				v = ListOf([]Value{v, randomValue(r, depth+1)})
			}
			return Text(string(v.AppendJSON(nil)))
		}
	}
	return Text(randomText[r.Intn(len(randomText))])
}

// A text is only searched for secrets where one may be, and none is missed.
func TestScrubMissesNone(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab"[r.Intn(2)]
		}
		return string(b)
	}
	hidden := 0
	for range 2000 {
		s := &secrets{values: map[string]bool{}}
		var pairs []string
		for range 1 + r.Intn(4) {
			value := word(minEmbedded + r.Intn(4))
			s.values[value] = true
			pairs = append(pairs, value, Hidden)
		}
		sortPairsByLength(pairs)
		for value := range s.values {
			require.Equal(t, Hidden, s.scrub(value))
		}
		text := word(r.Intn(40))
		want := strings.NewReplacer(pairs...).Replace(text)
		require.Equal(t, want, s.scrub(text), "%q in %q", pairs, text)
		if want != text {
			hidden++
		}
	}
	require.Greater(t, hidden, 100)
}

// What a text holds is only looked for where its bytes allow it, and none is missed.
func TestHideInsideMissesNone(t *testing.T) {
	plain := func(text string) string {
		ignore := func(string) {}
		text = replaceGroup(userInfo, text, 2, ignore)
		text = hideAssignments(text, ignore)
		text = replaceGroup(bearer, text, 2, ignore)
		return keyBlock.ReplaceAllString(text, Hidden)
	}
	for _, text := range []string{
		"postgres://u:hunter2hunter2@h/db", "x://a:b@c", "a@example.com", "password=hunter2", "password =\thunter2", "x=y", "--token hunter2", "token: hunter2", "pwd=x y=z",
		"bearer\tabcdefgh", "bearer\nabcdefgh", "basic\fabcdefgh", "Basic\rabcdefgh", "Basic abcdefgh", "the bearer was here", "-----BEGIN PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----\ny",
	} {
		s := &secrets{values: map[string]bool{}}
		require.Equal(t, plain(text), s.hideInside(text), "%q", text)
	}
}
