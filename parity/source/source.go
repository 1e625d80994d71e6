// Package source reads what Terraform and Maquette write into snapshots:
// state files (format 4), `terraform show -json` of a state or of a plan, and
// saved snapshots. It finds the kind from the content. It is given a reader
// and does no other I/O.
package source

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/maquette/maquette/parity"
)

// Limit is how many bytes one source may have. States of a million instances
// have about half as many.
const Limit = 4 << 30

// valueLimit is how many bytes one value may have that is read as a whole, such as a
// text, or a resource with all its instances.
const valueLimit = 256 << 20

// Error says where reading a source failed and what to do about it.
type Error struct {
	Name  string // the source, as the user named it
	Place string // JSON pointer and byte offset, "" where there is none
	Err   error
	Hint  string
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "reading %s", e.Name)
	if e.Place != "" {
		fmt.Fprintf(&b, " at %s", e.Place)
	}
	fmt.Fprintf(&b, ": %v", e.Err)
	if e.Hint != "" {
		fmt.Fprintf(&b, "\n  %s", e.Hint)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// hinted is an error that knows what to do next.
type hinted struct {
	error
	hint string
}

func withHint(hint, format string, args ...any) error {
	return hinted{fmt.Errorf(format, args...), hint}
}

// Read reads a source to its end. name is what errors and the report call it.
// Either the whole snapshot is returned or an *Error. A reader that knows the
// Size of what it reads spares memory.
func Read(name string, r io.Reader) (*parity.Snapshot, error) {
	lim := &limited{r: r, left: Limit}
	br := bufio.NewReaderSize(lim, 1<<16)
	head, err := peek(br)
	if err != nil {
		return nil, wrap(name, "", err)
	}
	if err := sniff(head); err != nil {
		return nil, wrap(name, "", err)
	}
	d := &document{lim: lim, src: br, dec: parity.NewDecoder(br), pack: parity.NewPacker(), snap: &parity.Snapshot{Sources: []string{name}}}
	lim.done = d.offset
	if s, ok := r.(interface{ Size() int64 }); ok {
		d.size = min(s.Size(), Limit)
		d.pack.Expect(d.size)
	}
	err = d.read()
	if err == nil {
		err = d.finish(name)
	}
	if err != nil {
		return nil, wrap(name, d.place(err), err)
	}
	return d.snap, nil
}

// peek returns the beginning of a source: of one that begins with white space,
// as much as the buffer holds.
func peek(br *bufio.Reader) ([]byte, error) {
	head, err := br.Peek(512)
	if err == nil && len(bytes.TrimSpace(head)) == 0 {
		head, err = br.Peek(br.Size())
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return head, err
}

func wrap(name, place string, err error) error {
	e := &Error{Name: name, Place: place, Err: err}
	var h hinted
	if errors.As(err, &h) {
		e.Err, e.Hint = h.error, h.hint
		return e
	}
	var syn *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Err = errors.New("the file ends in the middle: it was cut short")
		e.Hint = "Fetch it again, or read the state anew: terraform state pull > FILE"
	case errors.As(err, &syn) && errors.Unwrap(syn.Err) != nil:
		e.Err = syn.Err // of whoever was read from
	case errors.As(err, &syn):
		e.Err = errors.New(strings.TrimPrefix(syn.Err.Error(), "jsontext: "))
		e.Hint = "This is no JSON that Terraform writes; make it with `terraform state pull` or `terraform show -json`."
	}
	return e
}

// limited fails, rather than ends, after too many bytes.
type limited struct {
	r    io.Reader
	left int64
	read int64
	done func() int64 // how much of it is worked off; nil: all
}

func (l *limited) Read(p []byte) (int, error) {
	if l.done != nil && l.read-l.done() > valueLimit {
		return 0, withHint("No provider writes such a value; look what it is, and whether the file was generated wrongly.",
			"one value has more than %d MiB", int64(valueLimit>>20))
	}
	if l.left <= 0 {
		return 0, withHint("Split the environment into several states, or save a snapshot of what matters.",
			"the source has more than %d GiB", int64(Limit>>30))
	}
	p = p[:min(int64(len(p)), l.left, 1<<20)] // a value that grows without end is noticed in time
	n, err := l.r.Read(p)
	l.left -= int64(n)
	l.read += int64(n)
	return n, err
}

// sniff names the content that is often given in place of JSON.
func sniff(head []byte) error {
	text := bytes.TrimLeft(head, " \t\r\n")
	has := func(prefix string) bool { return bytes.HasPrefix(head, []byte(prefix)) }
	switch {
	case len(text) == 0 && len(head) >= 1<<16:
		return withHint("A state, the output of `terraform show -json` or a saved snapshot is wanted.", "the file begins with nothing but white space")
	case len(text) == 0:
		return withHint("Terraform takes an empty state for no state at all; look for the .backup file beside it.",
			"the file is empty")
	case has("PK\x03\x04"):
		return withHint("Write it as JSON: terraform show -json PLAN > plan.json", "this is a plan in Terraform's binary form")
	case has("\x1f\x8b"):
		return withHint("Unpack it first: gunzip -c FILE | maquette parity - …", "this is compressed with gzip")
	case has("\x00GITCRYPT"), has("$ANSIBLE_VAULT"), has("age-encryption.org"), has("-----BEGIN AGE"), has("-----BEGIN PGP"), has("Salted__"):
		return withHint("Decrypt it first, or name the Terraform directory, which is read through Terraform.", "this file is encrypted")
	case has("\xff\xfe"), has("\xfe\xff"):
		return withHint("Convert it to UTF-8: iconv -f UTF-16 -t UTF-8 FILE", "this is UTF-16 text")
	case has("\xef\xbb\xbf"):
		return withHint("Remove the first three bytes; PowerShell writes them with `>`: use `| Out-File -Encoding utf8NoBOM`.", "the file starts with a byte order mark")
	case bytes.IndexByte(head, 0) >= 0 || len(head) >= utf8.UTFMax && !utf8.Valid(head[:len(head)-utf8.UTFMax]) && !validButCut(head):
		return withHint("A state, the output of `terraform show -json` or a saved snapshot is wanted.", "this is binary, not JSON text")
	case text[0] != '{':
		return withHint("A state, the output of `terraform show -json` or a saved snapshot is wanted.", "this is no JSON object")
	}
	return nil
}

// validButCut reports whether head is UTF-8 that ends inside a character.
func validButCut(head []byte) bool {
	for i := 1; i < utf8.UTFMax && i < len(head); i++ {
		if utf8.Valid(head[:len(head)-i]) {
			return true
		}
	}
	return false
}

// document collects what a source's top level holds.
type document struct {
	lim  *limited
	src  io.Reader // what dec has not read yet
	dec  *parity.Decoder
	base int64   // what dec's offsets are behind the source's
	win  *window // where elements are read without dec
	size int64   // how long the source is, 0 where it does not say
	pack *parity.Packer
	snap *parity.Snapshot

	version      string // of a state
	format       string // of show -json
	schema       string // of a snapshot
	hasState     bool   // resources with instances were met
	hasValues    bool
	hasPlan      bool
	encrypted    bool
	sops         bool
	errored      bool
	incomplete   bool // a plan that says it is not complete
	hasResources bool
	changes      map[string]*change // plan: by address
	alike        map[change]*change // plan: each once
	config       parity.Value       // plan: configuration
	providers    map[string]string  // the addresses in what a state calls them
	declarations map[parity.Declaration]*parity.Declaration
	words        map[string]string              // of a state: the names of modules, types and resources, by how they are written
	module       string                         // of the resources that are read now
	places       map[parity.Place]*parity.Place // in that module
	patterns     map[string][]known             // of a state: how instances are written, by their type
	learned      map[string]int                 // how many were made
}

func (d *document) place(err error) string {
	var syn *jsontext.SyntacticError
	pointer, offset := string(d.dec.StackPointer()), d.offset()
	if errors.As(err, &syn) {
		pointer, offset = string(syn.JSONPointer), d.base+syn.ByteOffset
	}
	var m misplaced
	if errors.As(err, &m) {
		pointer, offset = string(m.pointer), d.base+m.offset
	}
	if offset == 0 {
		return ""
	}
	if len(pointer) > 200 {
		pointer = strings.ToValidUTF8(pointer[:200], "") + "…"
	}
	if pointer == "" {
		return fmt.Sprintf("byte %d", offset)
	}
	return fmt.Sprintf("%s (byte %d)", pointer, offset)
}

func (d *document) read() error {
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

// member reads one member of the top-level object.
func (d *document) member(key string) error {
	switch key {
	case "version", "format_version", "terraform_version", "schema", "environment", "observed_at", "timestamp":
		v, err := d.dec.Value()
		if err != nil {
			return err
		}
		if v.Kind != parity.Null && !v.IsScalar() {
			return fmt.Errorf("%s is no text", key)
		}
		switch key {
		case "version":
			d.version = v.Text
		case "format_version":
			d.format = v.Text
		case "terraform_version":
			d.snap.Terraform = v.Str()
		case "schema":
			d.schema = v.Str()
			d.dec.MaxDepth *= 2 // documents are spelled out in snapshots
		case "environment":
			d.snap.Environment = v.Str()
		default:
			d.snap.ObservedAt = v.Str()
		}
		return d.checkVersion()
	case "resources":
		d.hasResources = true
		return d.resources()
	case "values", "planned_values":
		d.hasValues = true
		d.hasPlan = d.hasPlan || key == "planned_values"
		return d.values()
	case "prior_state":
		return d.priorState()
	case "resource_changes":
		d.hasPlan = true
		return d.array(func() (parity.Value, error) { return d.packed(0, d.pack.Change) }, d.change)
	case "configuration":
		v, err := d.dec.Value()
		if err == nil && v.Kind != parity.Object && v.Kind != parity.Null {
			return errors.New("an object is wanted here")
		}
		d.config = v
		return err
	case "errored", "complete":
		v, err := d.dec.Value()
		d.errored = d.errored || key == "errored" && v.Text == "true"
		d.incomplete = d.incomplete || key == "complete" && v.Text == "false"
		return err
	case "encrypted_data":
		d.encrypted = true
	case "sops":
		d.sops = true
	case "providers", "modules", "externals", "incomplete", "sources", "gone", "shows":
		v, err := d.dec.Value()
		if err != nil {
			return err
		}
		return d.snapshotMember(key, v)
	}
	return d.dec.SkipValue()
}

// element reads one of the resources.
func (d *document) element() (parity.Value, error) {
	raw, err := d.dec.ReadValue()
	if err != nil {
		return parity.Value{}, tooDeep(err)
	}
	return d.pack.Element(raw, d.dec.MaxDepth)
}

// tooDeep says in our words what the decoder says of values that nest too deep for it.
func tooDeep(err error) error {
	var syn *jsontext.SyntacticError
	if errors.As(err, &syn) && strings.HasSuffix(syn.Err.Error(), "max depth") {
		return parity.ErrTooDeep
	}
	return err
}

// array reads an array, or null, element by element.
func (d *document) array(read func() (parity.Value, error), element func(parity.Value) error) error {
	if d.dec.PeekKind() == jsontext.KindNull {
		return d.dec.SkipValue()
	}
	if k := d.dec.PeekKind(); k != jsontext.KindBeginArray && k != jsontext.KindInvalid {
		return errors.New("a list is wanted here")
	}
	return d.list(objects(read, element))
}

// objects reads an element of an array, which has to be an object.
func objects(read func() (parity.Value, error), element func(parity.Value) error) func() error {
	return func() error {
		v, err := read()
		if err != nil {
			return err
		}
		if v.Kind != parity.Object {
			return errors.New("an object is wanted here")
		}
		return element(v)
	}
}

// object reads an object: member does, of each member, what follows the key.
func (d *document) object(member func(key string) error) error {
	if _, err := d.dec.ReadToken(); err != nil {
		return err
	}
	return d.restOfObject(member)
}

// restOfObject reads the members of an object that are still to come, and its end.
func (d *document) restOfObject(member func(key string) error) error {
	for d.dec.PeekKind() != jsontext.KindEndObject {
		key, err := d.dec.Name()
		if err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
	}
	_, err := d.dec.ReadToken()
	return err
}

// list reads an array: element does each element.
func (d *document) list(element func() error) error {
	if _, err := d.dec.ReadToken(); err != nil {
		return err
	}
	return d.restOfList(element)
}

// restOfList reads the elements of an array that are still to come, and its end.
func (d *document) restOfList(element func() error) error {
	for d.dec.PeekKind() != jsontext.KindEndArray {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := d.dec.ReadToken()
	return err
}

// checkVersion refuses a format as soon as it is known.
func (d *document) checkVersion() error {
	switch {
	case strings.HasPrefix(d.version, "ENC[") || strings.HasPrefix(d.format, "ENC["):
		return errSops()
	case d.version != "" && d.version != "4":
		switch d.version {
		case "1", "2", "3":
			return withHint("Upgrade it: terraform init && terraform apply -refresh-only with Terraform 0.13 or later writes format 4.",
				"this is a Terraform state of format %s, from before Terraform 0.12; format 4 is read", d.version)
		}
		return withHint("Use a newer Maquette, or the output of `terraform show -json`.",
			"this is a Terraform state of format %s; format 4 is read", clip(d.version))
	case d.format != "" && !strings.HasPrefix(d.format, "1.") && !strings.HasPrefix(d.format, "0."):
		return withHint("Use a newer Maquette.", "the JSON is of format_version %s; 1.x is read", clip(d.format))
	case d.schema != "" && d.schema != SnapshotSchema:
		if strings.HasPrefix(d.schema, "maquette/report/") {
			return withHint("Give the sources that the report was made from.", "this is a parity report, not something to compare")
		}
		return withHint("Make it anew with `maquette snapshot`.", "the snapshot is of schema %q; %q is read", clip(d.schema), SnapshotSchema)
	}
	return nil
}

// finish checks that the document was one that can be compared.
func (d *document) finish(name string) error {
	switch {
	case d.encrypted:
		return withHint("Name the directory instead, which is read through OpenTofu, or decrypt it: tofu state pull > FILE", "the state is encrypted by OpenTofu")
	case d.sops:
		return errSops()
	case d.schema != "" && (d.hasState || d.hasValues || d.hasPlan):
		// Its secrets would be taken for sealed.
		return withHint("Make it anew with `maquette snapshot`.", "this is half a snapshot and half a Terraform state")
	case d.schema != "":
		d.snap.Sealed = true
	case d.hasPlan:
		d.plan(name)
	case d.hasValues:
	case d.version != "" && (d.hasState || d.hasResources):
	case d.format != "":
		// `terraform show -json` of nothing has neither values nor plan.
		if len(d.snap.Resources) == 0 {
			d.snap.Incomplete = append(d.snap.Incomplete, parity.Gap{Source: name, Reason: "Terraform shows no state: nothing was ever applied here"})
			return nil
		}
	default:
		return withHint("A state (terraform state pull), the output of `terraform show -json`, or a snapshot (maquette snapshot) is wanted.",
			"the JSON is neither a Terraform state, nor a plan, nor a snapshot")
	}
	if len(d.snap.Resources) == 0 {
		d.snap.Incomplete = append(d.snap.Incomplete, parity.Gap{Source: name, Reason: "it holds no managed resource"})
	}
	return nil
}

func errSops() error {
	return withHint("Decrypt it first: sops --decrypt FILE", "the file is encrypted by sops")
}

// clip bounds what an error repeats of a source.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}
