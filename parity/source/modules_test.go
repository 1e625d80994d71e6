package source

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// asTree reads what Read does, with one tree for each member of the document:
// slowly, and so that it is plain to see what comes of what.
func asTree(name string, r io.Reader) (*parity.Snapshot, error) {
	br := bufio.NewReader(r)
	head, _ := peek(br)
	if err := sniff(head); err != nil {
		return nil, wrap(name, "", err)
	}
	d := &treeDocument{
		document: &document{src: br, dec: parity.NewDecoder(br), pack: parity.NewPacker(), snap: &parity.Snapshot{Sources: []string{name}}},
		unknown:  map[string]parity.Value{}, sensitive: map[string]parity.Value{}, created: map[string]bool{},
	}
	err := d.read()
	if err == nil {
		if d.hasPlan {
			d.plan(name)
			d.hasPlan, d.hasValues = false, true
		}
		err = d.finish(name)
	}
	if err != nil {
		return nil, wrap(name, d.place(err), err)
	}
	for i := range d.snap.Resources {
		r := &d.snap.Resources[i]
		r.Attributes = parity.AttributesOf(d.pack.Pack(r.Attributes.Value()))
	}
	return d.snap, nil
}

type treeDocument struct {
	*document
	unknown, sensitive map[string]parity.Value
	created            map[string]bool
}

func (d *treeDocument) read() error {
	seen := map[string]bool{}
	err := d.object(func(key string) error {
		if seen[key] {
			return withHint("Two files may have been joined, or a merge left both sides; take one of them.",
				"there are two members of the name %q", clip(key))
		}
		seen[key] = true
		return d.member(key)
	})
	if err != nil {
		return err
	}
	if _, err := d.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("something follows the end of the JSON object")
		}
		return err
	}
	return nil
}

func (d *treeDocument) member(key string) error {
	switch key {
	case "values", "planned_values":
		v, err := d.dec.Value()
		if err != nil {
			return err
		}
		root, err := rootModule(v)
		if err != nil {
			return err
		}
		d.hasValues = true
		d.hasPlan = d.hasPlan || key == "planned_values"
		return d.values(root, 0)
	case "prior_state":
		v, err := d.dec.Value()
		if err != nil {
			return err
		}
		root, err := rootModule(v.Get("values"))
		if err != nil {
			return err
		}
		return d.dataSources(root, 0)
	case "resource_changes":
		d.hasPlan = true
		return d.array(d.dec.Value, d.change)
	}
	return d.document.member(key)
}

func rootModule(values parity.Value) (parity.Value, error) {
	root := values.Get("root_module")
	if values.Kind != parity.Object && values.Kind != parity.Null || root.Kind != parity.Object && root.Kind != parity.Null {
		return root, errors.New("an object with a root_module is wanted here")
	}
	return root, nil
}

func (d *treeDocument) values(module parity.Value, depth int) error {
	if depth > 64 {
		return errors.New("modules nest more than 64 levels deep")
	}
	if err := members(module, moduleKinds); err != nil {
		return fmt.Errorf("module %q: %w", clip(module.Get("address").Str()), err)
	}
	for _, v := range module.Get("resources").Items() {
		if err := members(v, shownKinds); err != nil {
			return fmt.Errorf("resource %q: %w", clip(v.Get("address").Str()), err)
		}
		r := parity.Resource{
			Declaration: d.declared(parity.Declaration{Type: v.Get("type").Str(), Name: v.Get("name").Str(), Provider: v.Get("provider_name").Str()}),
			Place:       &parity.Place{Module: module.Get("address").Str()}, Tainted: v.Get("tainted").Text == "true",
			Deposed: v.Get("deposed_key").Str() != "", Attributes: parity.AttributesOf(v.Get("values")),
		}
		if v.Kind != parity.Object || r.Type == "" || r.Name == "" {
			return fmt.Errorf("a resource of module %q has no type or no name", clip(r.Module))
		}
		if err := instanceKey(r.Place, v.Get("index")); err != nil {
			return fmt.Errorf("%s has %w", r.Block(), err)
		}
		if r.Attributes.Value().Kind != parity.Object {
			r.Attributes = parity.AttributesOf(parity.ObjectOf(nil, nil))
		}
		switch mode := v.Get("mode").Str(); mode {
		case "data":
			d.external(*r.Declaration, *r.Place, r.Attributes.Value())
			continue
		case "managed":
		default:
			return fmt.Errorf("%s has the unknown mode %q", clip(r.Address()), clip(mode))
		}
		r.Attributes = parity.AttributesOf(overlay(r.Attributes.Value(), v.Get("sensitive_values"), hide))
		d.snap.Resources = append(d.snap.Resources, r)
	}
	for _, child := range module.Get("child_modules").Items() {
		if child.Kind != parity.Object {
			return fmt.Errorf("a child of module %q is no object", clip(module.Get("address").Str()))
		}
		if err := d.values(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *treeDocument) dataSources(module parity.Value, depth int) error {
	if depth > 64 {
		return errors.New("modules nest more than 64 levels deep")
	}
	for _, v := range module.Get("resources").Items() {
		if v.Get("mode").Str() == "data" {
			d.external(parity.Declaration{Type: v.Get("type").Str(), Name: v.Get("name").Str()}, parity.Place{Module: module.Get("address").Str()}, v.Get("values"))
		}
	}
	for _, child := range module.Get("child_modules").Items() {
		if err := d.dataSources(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *treeDocument) change(v parity.Value) error {
	if err := members(v, changeKinds); err != nil {
		return err
	}
	address, change := v.Get("address").Str(), v.Get("change")
	if address == "" {
		return errors.New("a planned change has no address")
	}
	if v.Get("deposed").Str() != "" {
		return nil
	}
	d.unknown[address] = change.Get("after_unknown")
	d.sensitive[address] = change.Get("after_sensitive")
	if actions := change.Get("actions").Items(); len(actions) == 1 && actions[0].Str() == "create" {
		d.created[address] = true
	}
	return nil
}

func (d *treeDocument) plan(name string) {
	resources := d.snap.Resources
	d.snap.Resources = nil
	d.document.plan(name) // what is not of single resources
	configs := map[string]parity.Value{}
	d.modules(d.config.Get("root_module"), "", configs, 0)
	for i := range resources {
		r := &resources[i]
		r.Planned = d.created[r.Address()]
		attributes := overlay(r.Attributes.Value(), d.sensitive[r.Address()], hide)
		attributes = overlay(attributes, d.unknown[r.Address()], func(parity.Value) parity.Value { return parity.Value{Kind: parity.Unknown} })
		r.Attributes = parity.AttributesOf(refer(attributes, configs[parity.WithoutKeys(r.Address())], r.Module))
	}
	d.snap.Resources = resources
}

// told is all that a snapshot, or an error, says.
func told(s *parity.Snapshot, err error) string {
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return "an error of another type"
		}
		return e.Error()
	}
	var b strings.Builder
	for i := range s.Resources {
		r := s.Resources[i]
		attributes, of, at := r.Attributes.Value(), *r.Declaration, *r.Place
		form, ok := attributes.Form()
		r.Attributes, r.Declaration, r.Place = parity.Attributes{}, nil, nil
		fmt.Fprintf(&b, "%+v %+v %+v %t ", of, at, r, ok)
		tell(&b, attributes, form, true)
		b.WriteByte('\n')
	}
	rest := *s
	rest.Resources = nil
	fmt.Fprintf(&b, "%+v", rest)
	return b.String()
}

// tell writes a value with all its marks. Of attributes as a whole it does not
// matter whether some were null, unless they all were.
func tell(b *strings.Builder, v parity.Value, form parity.Form, whole bool) {
	fmt.Fprintf(b, "%d%q%t%t", v.Kind, v.Text, v.Document, v.Masked)
	if form.Nulls() && (!whole || form.Len() == 0) {
		b.WriteString("null")
	}
	for i, it := range v.Items() {
		if v.Kind == parity.Object {
			fmt.Fprintf(b, " %q", v.Keys()[i])
		}
		b.WriteByte('(')
		tell(b, it, form.Item(i), false)
		b.WriteByte(')')
	}
}

// sameAsTree checks that reading streamed gives what reading as a tree does.
func sameAsTree(t testing.TB, data []byte) (read bool) {
	t.Helper()
	got, err := Read("x", bytes.NewReader(data))
	want, wantErr := asTree("x", bytes.NewReader(data))
	require.Equal(t, told(want, wantErr), told(got, err), "%.3000s", data)
	return err == nil
}

const shop = "../../testdata/shop/"

func TestShownIsReadAsATreeIs(t *testing.T) {
	for _, file := range []string{
		shop + "production.show.json", shop + "staging-onebox.plan.json", "testdata/any.show.json", "testdata/any.plan.json",
	} {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.True(t, sameAsTree(t, data), file)
	}
}

// someShown are documents with all that the readers look at.
func someShown() []string {
	deep := func(n int, open, closing string) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(closing, n)
	}
	shown := func(values string) string { return `{"format_version":"1.0","values":` + values + `}` }
	root := func(module string) string { return shown(`{"root_module":` + module + `}`) }
	const (
		resource = `{"address":"a_b.c","mode":"managed","type":"a_b","name":"c","provider_name":"p","tainted":true,"values":{"s":"x","n":null,"block":[{"x":1,"y":null,"z":[]},{}],"map":{"k":null},"list":["a",null]},"sensitive_values":{"s":true,"block":[{"z":[]}],"map":{},"list":[false,false]}}`
		another  = `{"address":"a_b.d[1]","mode":"managed","type":"a_b","name":"d","index":1,"values":{"b":"y","a":[],"b":"z","l":null,"q":{"":1},"none":{"one":null}},"sensitive_values":{"l":[{}],"none":{"one":[false]},"q":{},"a":[]}}`
		data     = `{"mode":"data","type":"a_d","name":"e","values":{"id":"x-1","arn":"arn:1","more":{"id":"no"}}}`
		bad      = `{"mode":"wild","type":"a_b","name":"bad"}`
		worse    = `{"address":"a.b","mode":"managed","type":7,"name":"bad"}`
	)
	docs := []string{
		shown(`null`), shown(`7`), shown(`[]`), shown(`{}`), root(`null`), root(`7`), root(`[]`), root(`{}`),
		shown(`{"root_module":{"resources":[` + resource + `]},"root_module":null,"outputs":{"o":{"value":[1]}}}`),
		shown(`{"root_module":{"resources":[` + resource + `,` + data + `]},"root_module":{"resources":[` + another + `]}}`),
		shown(`{"root_module":7,"root_module":{"resources":[` + another + `]}}`),
		shown(`{"root_module":{"resources":[` + another + `]},"root_module":7}`),
		root(`{"resources":[7]}`), root(`{"resources":[null]}`), root(`{"resources":[[]]}`), root(`{"resources":[{}]}`),
		root(`{"resources":null,"child_modules":null,"address":null,"more":[{"x":null}]}`),
		root(`{"address":7,"resources":"x","child_modules":{}}`),
		root(`{"child_modules":[7],"resources":{}}`),
		root(`{"child_modules":[7],"address":"module.a"}`),
		root(`{"child_modules":[{"address":"module.a","resources":[` + bad + `]},7]}`),
		root(`{"child_modules":[7,{"address":"module.a","resources":[` + bad + `]}]}`),
		root(`{"child_modules":[` + worse + `,{"resources":[` + bad + `],"address":"module.b"}],"resources":[` + resource + `,` + worse + `,` + bad + `],"address":"module.a"}`),
		root(`{"resources":[` + bad + `],"resources":[` + resource + `],"resources":null}`),
		root(`{"resources":[` + resource + `],"resources":[` + bad + `]}`),
		root(`{"resources":[` + resource + `],"resources":"x"}`),
		root(`{"resources":"x","resources":[` + resource + `,` + data + `]}`),
		root(`{"resources":[` + bad + `,` + strings.Replace(resource, `"s":"x"`, `"s":`+deep(300, "[", "]"), 1) + `]}`),
		root(`{"resources":[` + resource + `,{"more":` + deep(300, `{"a":`, "}") + `}]}`),
		root(`{"resources":[{"sensitive_values":` + deep(300, `{"a":`, "}") + `}]}`),
		root(`{"child_modules":[{"resources":[` + resource + `, ` + strings.Replace(another, `"y"`, deep(12_000, "[", "]"), 1) + `]}]}`),
		root(`{"resources":[ ` + deep(12_000, "[", "]") + `]}`),
		root(`{"more":` + deep(300, "[", "]") + `}`),
	}
	for n := 250; n < 258; n++ {
		docs = append(docs, root(`{"resources":[`+strings.Replace(resource, `"s":"x"`, `"s":`+deep(n, "[", "]"), 1)+`]}`),
			root(`{"resources":[{"mode":"managed","type":"a","name":"b","more":`+deep(n, `{"a":[`, "]}")[:n*6]+`1`+strings.Repeat("]}", n)+`}]}`))
	}
	for _, n := range []int{63, 64, 65, 66, 130} {
		docs = append(docs, root(strings.Repeat(`{"child_modules":[`, n)+`{"resources":[`+resource+`]}`+strings.Repeat(`]}`, n)),
			`{"format_version":"1.2","planned_values":{},"prior_state":{"values":{"root_module":`+strings.Repeat(`{"child_modules":[`, n)+`{"resources":[`+data+`]}`+strings.Repeat(`]}`, n)+`}}}`)
	}
	// The members of a module, and of a plan, in all orders.
	inner := []string{`"address":"module.a.module.b"`, `"resources":[` + data + `,` + resource + `]`, `"child_modules":[{"resources":[` + another + `,` + data + `],"address":"module.a.module.b.module.c"}]`}
	outer := func(first, second, third string) []string {
		return []string{`"address":"module.a"`, `"resources":[` + another + `]`, `"child_modules":[{` + first + `,` + second + `,` + third + `},{"address":"module.a.module.d","resources":[` + resource + `]}]`}
	}
	var orders [][3]int
	for _, o := range []string{"012", "021", "102", "120", "201", "210"} {
		orders = append(orders, [3]int{int(o[0] - '0'), int(o[1] - '0'), int(o[2] - '0')})
	}
	for _, a := range orders {
		for _, b := range orders {
			o := outer(inner[a[0]], inner[a[1]], inner[a[2]])
			docs = append(docs, root(`{"child_modules":[{`+o[b[0]]+`,`+o[b[1]]+`,`+o[b[2]]+`}],"resources":[`+data+`,`+resource+`]}`))
		}
		plan := []string{
			`"planned_values":{"root_module":{"child_modules":[{"resources":[` + resource + `,` + another + `],"address":"module.a[\"k\"]"}]}}`,
			`"prior_state":{"values":{"root_module":{"resources":[` + data + `,` + bad + `,7,` + worse + `],"child_modules":[7,{"resources":[` + data + `],"address":"module.a"}]}},"more":{}}`,
			`"resource_changes":[{"address":"module.a[\"k\"].a_b.c","change":{"actions":["create"],"before":{"x":[1]},"after_unknown":{"id":true,"block":[{"x":true,"w":true},{}],"map":{}},"after_sensitive":{"list":[true],"block":[]}}},{"address":"module.a[\"k\"].a_b.d[1]","change":{"actions":["no-op"],"after_unknown":{"a":[]},"after_sensitive":{"none":{"one":[false]}}}},` +
				`{"address":"module.a[\"k\"].a_b.d[1]","deposed":"00","change":{"actions":["create"],"after_unknown":true}}],"configuration":{"root_module":{"module_calls":{"a":{"source":"./m","module":{"resources":[{"address":"a_b.c","expressions":{"id":{"references":["a_b.d.id","a_b.d"]},"block":[{"y":{"constant_value":true}}],"map":{}}},{"address":"a_b.d","expressions":{"none":{"references":["a_b.c"]},"q":{}}}]}}}}}`,
		}
		docs = append(docs, `{"format_version":"1.2",`+plan[a[0]]+`,`+plan[a[1]]+`,`+plan[a[2]]+`,"complete":true}`)
	}
	for _, prior := range []string{`7`, `null`, `{}`, `{"values":7}`, `{"values":null}`, `{"values":{"root_module":7}}`, `{"values":{"root_module":{"resources":[` + data + `]}},"values":null}`, `{"values":{"root_module":{"resources":[` + data + `]}},"values":{}}`, `{"values":7,"values":{"root_module":{"resources":[` + data + `,{"mode":"data","type":"x","name":"y","values":[]}]}}}`} {
		docs = append(docs, `{"format_version":"1.2","planned_values":{},"prior_state":`+prior+`}`)
	}
	for _, changes := range []string{
		`null`, `7`, `[7]`, `[null]`, `[{}]`, `[{"address":7}]`, `[{"address":"a","change":7}]`, `[{"address":"a","change":null}]`,
		`[{"address":"a_b.c","change":{"after_unknown":` + deep(300, `{"a":`, "}") + `}}]`, `[{"address":"a_b.c"},{"address":"a_b.c","change":{"before":` + deep(300, "[", "]") + `}}]`,
		`[{"address":"a_b.c","change":{"actions":["create"],"after_unknown":true}},{"address":"a_b.c","change":{"actions":["update"],"after_sensitive":true}}]`,
		`[{"address":"a_b.c","change":{"after_unknown":{"x":{"y":[{}]},"s":{"k":[true]},"list":[{},{},{}],"map":[true]}}}]`,
	} {
		docs = append(docs, `{"format_version":"1.2","planned_values":{"root_module":{"resources":[`+resource+`]}},"resource_changes":`+changes+`}`)
	}
	return docs
}

func TestShownInAllFormsIsReadAsATreeIs(t *testing.T) {
	right := 0
	for _, doc := range someShown() {
		if sameAsTree(t, []byte(doc)) {
			right++
			require.True(t, json.Valid([]byte(doc)))
		}
	}
	assert.Greater(t, right, 60, "documents that are read at all")
}

// Whatever is broken, both say the same of it, and that it is at the same place.
func TestShownThatIsBrokenIsRefusedAsATreeIs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, doc := range someShown() {
		if len(doc) > 5000 {
			continue
		}
		for range 40 {
			sameAsTree(t, broken(random, []byte(doc)))
		}
	}
}

func TestShownThatIsNotReadToItsEndIsRefusedAsATreeIs(t *testing.T) {
	data, err := os.ReadFile("testdata/any.plan.json")
	require.NoError(t, err)
	for n := 600; n < len(data); n += 601 {
		fails := func() io.Reader {
			return io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(errors.New("connection reset")))
		}
		_, err := Read("x", fails())
		_, want := asTree("x", fails())
		require.EqualError(t, err, want.Error())
		require.ErrorContains(t, err, "connection reset")
	}
}

// broken is a document that was cut, or of which some bytes are others.
func broken(random *rand.Rand, doc []byte) []byte {
	doc = bytes.Clone(doc)
	switch random.IntN(4) {
	case 0:
		return doc[:1+random.IntN(len(doc)-1)]
	case 1: // a token is lost
		from := 1 + random.IntN(len(doc)-1)
		to := from + bytes.IndexAny(append(doc[from:], '"'), `{}[],:"`) + 1
		return append(doc[:from:from], doc[min(to, len(doc)):]...)
	default:
		for range 1 + random.IntN(2) {
			doc[1+random.IntN(len(doc)-1)] = "{}[]\",:1nt \\\xff"[random.IntN(13)]
		}
	}
	return doc
}

func FuzzShownAsTree(f *testing.F) {
	for _, doc := range someShown() {
		if len(doc) < 5000 {
			f.Add([]byte(doc))
		}
	}
	f.Add([]byte(`{"format_version": "1.0", "resources": [{`)) // the end comes where the decoder does not read
	f.Fuzz(func(t *testing.T, data []byte) {
		if sniff(data[:min(len(data), 512)]) != nil {
			return
		}
		got, err := Read("x", bytes.NewReader(data))
		want, wantErr := asTree("x", bytes.NewReader(data))
		// Within broken objects, jsontext's pointers depend on what its buffer happens to hold.
		for _, err := range []error{err, wantErr} {
			var e *Error
			if errors.As(err, &e) {
				e.Place = e.Place[max(0, strings.LastIndex(e.Place, "byte ")):]
			}
		}
		require.Equal(t, told(want, wantErr), told(got, err), "%.3000s", data)
	})
}
