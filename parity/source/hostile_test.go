package source_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/source"
)

// refused checks that a source is not read, and that the error names the
// source, says what is wrong and what to do next.
func refused(t *testing.T, data []byte, wants ...string) *source.Error {
	t.Helper()
	s, err := source.Read("some.tfstate", bytes.NewReader(data))
	require.Error(t, err)
	assert.Nil(t, s, "all or nothing")
	var e *source.Error
	require.ErrorAs(t, err, &e)
	assert.Contains(t, err.Error(), "reading some.tfstate")
	for _, want := range wants {
		assert.Contains(t, err.Error(), want)
	}
	assert.Less(t, len(err.Error()), 1000, "an error is no place for the source's content")
	return e
}

func utf16of(text string, order binary.ByteOrder, bom bool) []byte {
	var out []byte
	units := utf16.Encode([]rune(text))
	if bom {
		units = append([]uint16{0xfeff}, units...)
	}
	for _, u := range units {
		var b [2]byte
		order.PutUint16(b[:], u)
		out = append(out, b[:]...)
	}
	return out
}

func TestNoJSON(t *testing.T) {
	var zipped bytes.Buffer
	zw := gzip.NewWriter(&zipped)
	_, err := zw.Write([]byte(stateOf()))
	require.NoError(t, err)
	require.NoError(t, zw.Close())

	tests := []struct {
		name, data string
		says, hint string
	}{
		{"empty", "", "the file is empty", ".backup"},
		{"white space", " \n\t\r\n ", "the file is empty", ".backup"},
		{"much white space", strings.Repeat(" \n", 1<<17), "nothing but white space", "terraform show -json"},
		{"gzip", zipped.String(), "compressed with gzip", "gunzip"},
		{"plan", "PK\x03\x04\x14\x00\x08\x00tfplan", "a plan in Terraform's binary form", "terraform show -json PLAN"},
		{"UTF-16 little", string(utf16of(stateOf(), binary.LittleEndian, true)), "UTF-16", "iconv"},
		{"UTF-16 big", string(utf16of(stateOf(), binary.BigEndian, true)), "UTF-16", "iconv"},
		{"UTF-16 without mark", string(utf16of(stateOf(), binary.LittleEndian, false)), "binary, not JSON", "wanted"},
		{"byte order mark", "\xef\xbb\xbf" + stateOf(), "byte order mark", "utf8NoBOM"},
		{"git-crypt", "\x00GITCRYPT\x00abcdef", "encrypted", "Decrypt"},
		{"age", "age-encryption.org/v1\n-> X25519 abc", "encrypted", "Decrypt"},
		{"age, armoured", "-----BEGIN AGE ENCRYPTED FILE-----\nabc", "encrypted", "Decrypt"},
		{"ansible-vault", "$ANSIBLE_VAULT;1.1;AES256\n6162", "encrypted", "Decrypt"},
		{"PGP", "-----BEGIN PGP MESSAGE-----\n", "encrypted", "Decrypt"},
		{"openssl", "Salted__abcdefgh", "encrypted", "Decrypt"},
		{"random bytes", "\x8f\x01\xff\x00\x10\x80\x81\x82", "binary, not JSON", "wanted"},
		{"HTML", "<!DOCTYPE html>\n<html><body>Sign in</body></html>", "no JSON object", "terraform show -json"},
		{"HCL", "resource \"aws_instance\" \"web\" {\n  ami = \"ami-1\"\n}\n", "no JSON object", "terraform show -json"},
		{"terraform show", "# aws_instance.web:\nresource \"aws_instance\" \"web\" {}\n", "no JSON object", "terraform show -json"},
		{"array", "[" + stateOf() + "]", "no JSON object", "terraform show -json"},
		{"a string", `"version 4"`, "no JSON object", "terraform show -json"},
		{"git conflict", "{\n<<<<<<< HEAD\n  \"version\": 4,\n", "", "terraform state pull"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := refused(t, []byte(tt.data), tt.says)
			assert.Contains(t, e.Hint, tt.hint)
		})
	}
}

func TestOtherJSON(t *testing.T) {
	tests := []struct{ name, data, says, hint string }{
		{"nothing", `{}`, "neither a Terraform state", "terraform state pull"},
		{"package.json", `{"name":"shop","version":"1.2.3","dependencies":{}}`, "format 1.2.3", "newer"},
		{"version 1", `{"version":1,"serial":1,"modules":[]}`, "format 1,", "Terraform 0.13"},
		{"version 2", `{"version":2}`, "format 2,", "Terraform 0.13"},
		{"version 3", `{"version":3,"terraform_version":"0.11.14","serial":1,"modules":[{"path":["root"],"resources":{}}]}`, "format 3,", "Terraform 0.13"},
		{"version 5", `{"version":5,"resources":[]}`, "format 5;", "newer Maquette"},
		{"format_version 2", `{"format_version":"2.0","values":{}}`, "format_version 2.0", "newer Maquette"},
		{"another snapshot", `{"schema":"maquette/snapshot/v9","resources":[]}`, `"maquette/snapshot/v9"`, "maquette snapshot"},
		{"a report", `{"schema":"maquette/report/v1"}`, "a parity report", "sources"},
		{"OpenTofu", `{"serial":1,"lineage":"x","meta":{"key_provider.pbkdf2.k":"e30="},"encrypted_data":"AAAA","encryption_version":"v0"}`, "encrypted by OpenTofu", "tofu state pull"},
		{"sops", `{"version":4,"resources":[],"sops":{"version":"3.9.0","mac":"x"}}`, "encrypted by sops", "sops --decrypt"},
		{"sops, numbers too", `{"version":"ENC[AES256_GCM,data:NA==]","resources":[],"sops":{}}`, "encrypted by sops", "sops --decrypt"},
		{"half a snapshot", `{"schema":"maquette/snapshot/v1","resources":[{"mode":"managed","type":"a","name":"b","instances":[{"attributes":{"password":"p"}}]}]}`, "half a snapshot", "maquette snapshot"},
		{"flat attributes", stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes_flat":{"id":"x"}}]}`), "flat form", "apply -refresh-only"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := refused(t, []byte(tt.data), tt.says)
			assert.Contains(t, e.Hint, tt.hint)
		})
	}
}

// Whatever has another type than Terraform gives it is refused: to read on
// would leave something out, and the comparison would not know.
func TestWrongTypes(t *testing.T) {
	instance := func(members string) string {
		return stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{` + members + `}]}`)
	}
	shown := func(module string) string {
		return `{"format_version":"1.0","values":{"root_module":` + module + `}}`
	}
	resource := func(members string) string {
		return shown(`{"resources":[{"mode":"managed","type":"a_b","name":"c",` + members + `}]}`)
	}
	snapshot := func(members string) string {
		return `{"schema":"maquette/snapshot/v1",` + members + `}`
	}
	tests := []struct{ name, data, place string }{
		{"version a list", `{"version":[4],"resources":[]}`, "/version"},
		{"resources an object", `{"version":4,"resources":{}}`, "/resources"},
		{"resources a string", `{"version":4,"resources":"x"}`, "/resources"},
		{"resource a number", stateOf(`7`), "/resources/0"},
		{"resource null", stateOf(`null`), "/resources/0"},
		{"resource a list", stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[]}`, `[]`), "/resources/1"},
		{"resource empty", stateOf(`{}`), "/resources/0"},
		{"instances a string", stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":"x"}`), "/resources/0"},
		{"instances an object", stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":{}}`), "/resources/0"},
		{"module a number", stateOf(`{"module":7,"mode":"managed","type":"a_b","name":"c","instances":[]}`), "/resources/0"},
		{"mode a boolean", stateOf(`{"mode":true,"type":"a_b","name":"c","instances":[]}`), "/resources/0"},
		{"mode unknown", stateOf(`{"mode":"borrowed","type":"a_b","name":"c","instances":[{"attributes":{}}]}`), "/resources/0"},
		{"type an object", stateOf(`{"mode":"managed","type":{},"name":"c","instances":[]}`), "/resources/0"},
		{"name missing", stateOf(`{"mode":"managed","type":"a_b","instances":[]}`), "/resources/0"},
		{"provider a list", stateOf(`{"mode":"managed","type":"a_b","name":"c","provider":[],"instances":[]}`), "/resources/0"},
		{"instance a string", stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":["x"]}`), "/resources/0"},
		{"instance null", stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[null]}`), "/resources/0"},
		{"index_key a boolean", instance(`"index_key":true,"attributes":{}`), "/resources/0"},
		{"index_key an object", instance(`"index_key":{},"attributes":{}`), "/resources/0"},
		{"index_key negative", instance(`"index_key":-1,"attributes":{}`), "/resources/0"},
		{"index_key a fraction", instance(`"index_key":1.5,"attributes":{}`), "/resources/0"},
		{"index_key huge", instance(`"index_key":1e999,"attributes":{}`), "/resources/0"},
		{"attributes a list", instance(`"attributes":[]`), "/resources/0"},
		{"attributes a string", instance(`"attributes":"x"`), "/resources/0"},
		{"schema_version a string", instance(`"schema_version":"1","attributes":{}`), "/resources/0"},
		{"status a number", instance(`"status":1,"attributes":{}`), "/resources/0"},
		{"deposed a boolean", instance(`"deposed":true,"attributes":{}`), "/resources/0"},
		{"sensitive_attributes an object", instance(`"attributes":{},"sensitive_attributes":{}`), "/resources/0"},
		{"values a string", `{"format_version":"1.0","values":"x"}`, "/values"},
		{"values a list", `{"format_version":"1.0","values":[]}`, "/values"},
		{"root_module a list", shown(`[]`), "/values"},
		{"shown resources an object", shown(`{"resources":{}}`), "/values"},
		{"shown resource a string", shown(`{"resources":["x"]}`), "/values"},
		{"shown child a string", shown(`{"child_modules":["x"]}`), "/values"},
		{"shown children an object", shown(`{"child_modules":{}}`), "/values"},
		{"shown module a number", shown(`{"child_modules":[{"address":7}]}`), "/values"},
		{"shown values a list", resource(`"values":[]`), "/values"},
		{"shown index a boolean", resource(`"index":false`), "/values"},
		{"shown mode unknown", shown(`{"resources":[{"mode":"x","type":"a_b","name":"c"}]}`), "/values"},
		{"shown tainted a string", resource(`"tainted":"yes"`), "/values"},
		{"resource_changes an object", `{"format_version":"1.2","resource_changes":{}}`, "/resource_changes"},
		{"change a string", `{"format_version":"1.2","resource_changes":[{"address":"a_b.c","change":"x"}]}`, "/resource_changes/0"},
		{"change without address", `{"format_version":"1.2","resource_changes":[{"change":{}}]}`, "/resource_changes/0"},
		{"configuration a string", `{"format_version":"1.2","configuration":"x"}`, "/configuration"},
		{"prior_state odd", `{"format_version":"1.2","prior_state":{"values":[]}}`, "/prior_state"},
		{"snapshot providers a list", snapshot(`"providers":[]`), "/providers"},
		{"snapshot modules a list", snapshot(`"modules":["x"]`), "/modules"},
		{"snapshot externals an object", snapshot(`"externals":{}`), "/externals"},
		{"snapshot incomplete a string", snapshot(`"incomplete":"x"`), "/incomplete"},
		{"snapshot key a boolean", snapshot(`"resources":[{"type":"a","name":"b","key":true,"attributes":{}}]`), "/resources/0"},
		{"snapshot attributes missing", snapshot(`"resources":[{"type":"a","name":"b"}]`), "/resources/0"},
		{"snapshot attributes a secret", snapshot(`"resources":[{"type":"a","name":"b","attributes":{"$secret":true}}]`), "/resources/0"},
		{"snapshot deposed a string", snapshot(`"resources":[{"type":"a","name":"b","deposed":"x","attributes":{}}]`), "/resources/0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := refused(t, []byte(tt.data))
			assert.Contains(t, e.Place, tt.place)
			assert.Contains(t, e.Place, "byte ")
		})
	}
}

func TestBrokenJSON(t *testing.T) {
	deep := func(open, closing string) string {
		return stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes":{"x":` +
			strings.Repeat(open, 100_000) + "1" + strings.Repeat(closing, 100_000) + `}}]}`)
	}
	tests := []struct{ name, data, says string }{
		{"comma at the end", `{"version":4,"resources":[],}`, "byte"},
		{"single quotes", `{'version':4}`, "byte"},
		{"comment", "{\n  // a state\n  \"version\": 4}", "byte"},
		{"key without quotes", `{version:4}`, "byte"},
		{"key a number", `{4:"version"}`, "byte"},
		{"NaN", stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes":{"x":NaN}}]}`), "/resources/0"},
		{"NUL between", "{\"version\":4,\x00\"resources\":[]}", "binary"},
		{"NUL further on", `{"version":4,` + strings.Repeat(" ", 600) + "\x00\"resources\":[]}", "byte"},
		{"NUL in a string", stateOf(strings.Repeat(" ", 600) + "{\"mode\":\"managed\",\"type\":\"a\x00b\",\"name\":\"c\",\"instances\":[]}"), "/resources/0"},
		{"invalid UTF-8 in a string", stateOf(strings.Repeat(" ", 600) + "{\"mode\":\"managed\",\"type\":\"a\xff\xfeb\",\"name\":\"c\",\"instances\":[]}"), "/resources/0"},
		{"lone surrogate", stateOf(`{"mode":"managed","type":"a\ud800","name":"c","instances":[]}`), "/resources/0"},
		{"trailing garbage", stateOf() + "\n}", "byte"},
		{"two states", stateOf() + "\n" + stateOf(), "follows the end"},
		{"members twice", `{"version":4,"resources":[],"resources":[]}`, `"resources"`},
		{"deep lists", deep("[", "]"), "nest"},
		{"deep objects", deep(`{"a":`, "}"), "nest"},
		{"deep where nothing is read", `{"version":4,"resources":[],"check_results":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, "depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, []byte(tt.data), tt.says)
		})
	}
}

func TestOddButRight(t *testing.T) {
	attributes := func(members string) parity.Value {
		s := read(t, stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes":{`+members+`}}]}`))
		require.Len(t, s.Resources, 1)
		return s.Resources[0].Attributes.Value()
	}
	tests := []struct{ members, want string }{
		{`"x":1e999`, "{x:1e999}"},
		{`"x":-0.0`, "{x:-0.0}"},
		{`"x":123456789012345678901234567890`, "{x:123456789012345678901234567890}"},
		{`"x":"a\u0000b"`, "{x:a\x00b}"},
		{`"x":"\u00e9\ud83d\ude00"`, "{x:é😀}"},
		{`"x":"first","x":"last"`, "{x:last}"}, // as JSON has it
		{`"x":null,"":"empty key"`, "{:empty key}"},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, text(attributes(tt.members)), tt.members)
	}
	s := read(t, strings.Repeat("\n", 5000)+stateOf(`{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes":{}}]}`))
	assert.Len(t, s.Resources, 1)
}

func TestHugeString(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 64 MB")
	}
	const size = 64 << 20
	s, err := source.Read("huge", io.MultiReader(
		strings.NewReader(`{"version":4,"resources":[{"mode":"managed","type":"a_b","name":"c","instances":[{"attributes":{"user_data":"`),
		io.LimitReader(endless('x'), size),
		strings.NewReader(`"}}]}]}`),
	))
	require.NoError(t, err)
	assert.Len(t, s.Resources[0].Attributes.Get("user_data").Str(), size)
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

// A state that was cut short is an error wherever the cut is, and never half
// a snapshot.
func TestTruncated(t *testing.T) {
	for _, file := range []string{
		shop + "production.tfstate", shop + "production.show.json", shop + "staging-onebox.plan.json", "testdata/any.plan.json",
	} {
		whole := bytes.TrimSpace(readFile(t, file))
		for n := 997; n < len(whole); n += 997 {
			e := refused(t, whole[:n], "cut short")
			assert.Contains(t, e.Place, "byte")
			assert.Contains(t, e.Hint, "terraform state pull")
			if t.Failed() {
				t.Fatalf("%s, %d bytes", file, n)
			}
		}
		refused(t, whole[:len(whole)-1], "cut short")
	}
}

func TestReaderFails(t *testing.T) {
	data := readFile(t, shop+"production.tfstate")
	for _, n := range []int{0, 100, 1000, 100_000} {
		s, err := source.Read("remote", io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(context.Canceled)))
		assert.Nil(t, s)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorContains(t, err, "reading remote")
	}
	broken := errors.New("connection reset by peer")
	_, err := source.Read("remote", io.MultiReader(bytes.NewReader(data[:5000]), iotest.ErrReader(broken)))
	assert.ErrorIs(t, err, broken)
	assert.ErrorContains(t, err, "connection reset by peer")

	s, err := source.Read("slow", iotest.OneByteReader(bytes.NewReader(data)))
	require.NoError(t, err)
	assert.Len(t, s.Resources, len(open(t, shop+"production.tfstate").Resources))
}

func TestErrorText(t *testing.T) {
	err := &source.Error{Name: "a", Place: "/b (byte 3)", Err: fmt.Errorf("c"), Hint: "Do d."}
	assert.Equal(t, "reading a at /b (byte 3): c\n  Do d.", err.Error())
	assert.Equal(t, "reading a: c", (&source.Error{Name: "a", Err: fmt.Errorf("c")}).Error())
}
