package terraform

import (
	"strings"
	"testing"
	"time"

	"github.com/maquette/maquette/provision"
	"github.com/stretchr/testify/assert"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/atomicfile"
)

func hear(text string, chunk int, secrets map[string]cty.Value) (*listener, *transcript) {
	j, said := job("/src", "try", secrets)
	l := &listener{say: newVoice(j), source: "/src"}
	w := &lines{each: l.hear}
	for len(text) > 0 {
		n := min(chunk, len(text))
		_, _ = w.Write([]byte(text[:n]))
		text = text[n:]
	}
	w.flush()
	return l, said
}

const spoken = `{"@level":"info","@message":"a.b: Creating...","hook":{"resource":{"addr":"a.b"},"action":"create"},"type":"apply_start"}
{"@level":"info","@message":"a.b: Still creating... [10s elapsed]","hook":{"resource":{"addr":"a.b"},"action":"create","elapsed_seconds":10},"type":"apply_progress"}
not JSON, with s3cret
{"@message":"new","type":"of a later version"}
{"diagnostic":{"severity":"error","summary":"No","detail":"s3cret\nis bad","address":"a.b","range":{"filename":"../m/main.tf","start":{"line":3}}},"type":"diagnostic"}
{"@message":"Outputs: 1","outputs":{"o":{"sensitive":false,"action":"create"}},"type":"outputs"}
{"changes":{"add":1,"change":2,"remove":3,"operation":"apply"},"@message":"Apply complete!","type":"change_summary"}
{"@message":"Outputs: 1","outputs":{"o":{"sensitive":false,"type":"string","value":"x"}},"type":"outputs"}`

func TestEvents(t *testing.T) {
	secrets := map[string]cty.Value{"p": cty.StringVal("s3cret").Mark(provision.Secret)}
	for _, chunk := range []int{1, 7, len(spoken)} {
		l, said := hear(spoken, chunk, secrets)
		assert.Equal(t, []provision.Event{
			{Kind: provision.EventPhase, Message: "applying"},
			{Kind: provision.EventStart, Address: "a.b", Action: "create", Message: "a.b: Creating..."},
			{Kind: provision.EventProgress, Address: "a.b", Action: "create", Elapsed: 10 * time.Second, Message: "a.b: Still creating... [10s elapsed]"},
			{Kind: provision.EventDiagnostic, Address: "a.b", Severity: "error", Message: "No", Detail: "(secret)\nis bad"},
			{Kind: provision.EventSummary, Action: "apply", Message: "Apply complete!", Add: 1, Change: 2, Destroy: 3},
		}, said.events)
		assert.Equal(t, "a.b: Creating...\na.b: Still creating... [10s elapsed]\nnot JSON, with (secret)\nnew\n"+
			"Error: No\n  (secret)\n  is bad\n  at /m/main.tf:3, in a.b\nOutputs: 1\nApply complete!\nOutputs: 1\n", said.String())
		assert.JSONEq(t, `"x"`, string(l.outputs["o"].Value))
	}
}

func FuzzEvents(f *testing.F) {
	f.Add(spoken, 5)
	f.Add("{\"type\":\"diagnostic\"}\n{}\nnull\n[1]\n{\"hook\":7}", 3)
	f.Fuzz(func(t *testing.T, text string, chunk int) {
		if chunk < 1 {
			chunk = 1
		}
		_, said := hear(text, chunk, map[string]cty.Value{"p": cty.StringVal("s3cret").Mark(provision.Secret)})
		assert.NotContains(t, said.String(), "s3cret")
		for _, e := range said.events {
			assert.NotContains(t, e.Message+"\x00"+e.Detail+"\x00"+e.Address, "s3cret")
		}
	})
}

func TestMask(t *testing.T) {
	secret := func(v cty.Value) cty.Value { return v.Mark(provision.Secret) }
	m := newMask(map[string]cty.Value{
		"text":   secret(cty.StringVal("pa\"ss")),
		"pin":    secret(cty.NumberIntVal(90210)),
		"flag":   secret(cty.True),
		"short":  secret(cty.StringVal("ab")),
		"map":    cty.MapVal(map[string]cty.Value{"k": secret(cty.StringVal("inner secret"))}),
		"key":    secret(cty.StringVal("-----BEGIN-----\nMIIEpAIBAAKCAQEA\n-----END-----\n")),
		"public": cty.StringVal("public"),
		"marked": cty.StringVal("by the module"),
	}, &provision.Module{Variables: map[string]provision.Variable{"marked": {Sensitive: true}}}, map[string]string{"TF_TOKEN_x": "t0ken"})
	for text, want := range map[string]string{
		`pa"ss`: "(secret)", `["pa\"ss"]`: `["(secret)"]`, `"[\"pa\\\"ss\"]"`: `"[\"(secret)\"]"`, "pa%22ss": "(secret)", "cGEic3M=": "(secret)",
		"90210!": "(secret)!", "true": "true", "ab": "ab", "inner secret": "(secret)", "public": "public", "by the module": "(secret)",
		"x MIIEpAIBAAKCAQEA y": "x (secret) y", "t0ken": "(secret)", "https://joe:pw@example.com": "https://example.com",
	} {
		assert.Equal(t, want, m.apply(text), text)
	}
}

func TestCopier(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) { assert.NoError(t, atomicfile.Write(dir+"/s", []byte(text))) }
	c := newCopier(dir+"/s", dir+"/copies")
	assert.NoError(t, c.take(), "no state yet")
	for n := range 30 {
		write(`{"version":4,"lineage":"l","serial":` + strings.Repeat("1", n%15+1) + `}`)
		assert.NoError(t, c.take())
		write("")
		assert.NoError(t, c.take())
	}
	copies, err := listCopies(dir + "/copies")
	assert.NoError(t, err)
	assert.Len(t, copies, keptCopies)
	for i, s := range copies {
		assert.Equal(t, 30-keptCopies+1+i, s.number)
	}
}
