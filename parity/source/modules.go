package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/maquette/maquette/parity"
)

// moduleReader reads the modules of `terraform show -json`, a state's values or a
// plan's, resource by resource. What is wrong with them is told only when all
// has been read: JSON that is none comes first, of a member that comes twice the
// last one counts, and a module may say its address at its end. So what is
// refused is returned beside the error of reading.
type moduleReader struct {
	*document
	namesOnly bool // only what names data sources is of use
}

// maxModules is how deep modules may nest.
const maxModules = 64

// values reads a state's values, or a plan's planned values.
func (d *document) values() error {
	refused, err := moduleReader{d, false}.root(0)
	if err != nil {
		return err
	}
	return refused
}

// priorState reads what was there before a plan. Its data sources are of use:
// the planned values leave them out.
func (d *document) priorState() error {
	if d.dec.PeekKind() != jsontext.KindBeginObject {
		_, err := d.tree(0)
		return err
	}
	m := moduleReader{d, true}
	from := m.nothing()
	var refused error
	err := d.object(func(key string) (err error) {
		if key != "values" || d.dec.PeekKind() == jsontext.KindNull {
			_, err = d.tree(1)
			return err
		}
		m.cut(from)
		refused, err = m.root(1)
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

// root reads an object with a root_module, at a depth of its member of the
// document. There is none where nothing is left.
func (m moduleReader) root(depth int) (refused, err error) {
	wanted := errors.New("an object with a root_module is wanted here")
	if m.dec.PeekKind() != jsontext.KindBeginObject {
		v, err := m.tree(depth)
		if v.Kind != parity.Null {
			refused = wanted
		}
		return refused, err
	}
	from := m.nothing()
	err = m.object(func(key string) (err error) {
		if key == "root_module" && m.dec.PeekKind() == jsontext.KindBeginObject {
			m.cut(from)
			refused, err = m.module(depth+1, 0)
			return err
		}
		v, err := m.tree(depth + 1)
		if key == "root_module" && v.Kind != parity.Null {
			m.cut(from)
			refused = wanted
		}
		return err
	})
	return refused, err
}

// part is what a member of a module added to the snapshot.
type part struct {
	resources, externals [2]int // from and to
	refused              func(address string) error
}

// nothing is the part that nothing has been added to yet.
func (m moduleReader) nothing() part {
	r, e := len(m.snap.Resources), len(m.snap.Externals)
	return part{resources: [2]int{r, r}, externals: [2]int{e, e}}
}

// cut takes away what was added since a part was begun.
func (m moduleReader) cut(since part) {
	m.snap.Resources = m.snap.Resources[:since.resources[0]]
	m.snap.Externals = m.snap.Externals[:since.externals[0]]
}

// refuse notes the first thing that is wrong.
func (p *part) refuse(why func(address string) error) {
	if p.refused == nil {
		p.refused = why
	}
}

func (m moduleReader) module(depth, nested int) (refused, err error) {
	if nested > maxModules {
		_, err := m.tree(depth)
		return fmt.Errorf("modules nest more than %d levels deep", maxModules), err
	}
	from := m.nothing()
	own, children := from, from
	var keys []string // of what is there
	var items []parity.Value
	err = m.object(func(key string) error {
		parts := map[string]*part{"resources": &own, "child_modules": &children}
		if parts[key] == nil || m.dec.PeekKind() != jsontext.KindBeginArray {
			v, err := m.tree(depth + 1)
			if _, ok := moduleKinds[key]; !ok || v.Kind == parity.Null {
				return err
			}
			keys, items = append(keys, key), append(items, v)
			if p := parts[key]; p != nil {
				*p = from
			}
			return err
		}
		keys, items = append(keys, key), append(items, parity.ListOf(nil))
		element := m.resource
		if key == "child_modules" {
			element = func(p *part, depth int) error { return m.child(p, depth, nested+1) }
		}
		p := m.nothing()
		err := m.list(func() error { return element(&p, depth+2) })
		p.resources[1], p.externals[1] = len(m.snap.Resources), len(m.snap.Externals)
		*parts[key] = p
		return err
	})
	if err != nil {
		return nil, err
	}
	head := parity.ObjectOf(keys, items)
	address := head.Get("address").Str()
	m.locate(own, address)
	m.snap.Resources = arranged(m.snap.Resources, from.resources[0], own.resources, children.resources)
	m.snap.Externals = arranged(m.snap.Externals, from.externals[0], own.externals, children.externals)
	if err := members(head, moduleKinds); err != nil && !m.namesOnly {
		return fmt.Errorf("module %q: %w", clip(address), err), nil
	}
	for _, p := range []part{own, children} {
		if p.refused != nil {
			return p.refused(address), nil
		}
	}
	return nil, nil
}

// resource reads one of a module's resources, before it is known which
// module's.
func (m moduleReader) resource(p *part, depth int) error {
	read := m.pack.Shown
	if m.namesOnly {
		read = m.pack.ShownNames
	}
	v, err := m.packed(depth, read)
	if err != nil {
		return err
	}
	if m.namesOnly {
		if v.Get("mode").Str() == "data" {
			m.external(parity.Declaration{Type: v.Get("type").Str(), Name: v.Get("name").Str()}, parity.Place{}, v.Get("values"))
		}
		return nil
	}
	if m.shown(v, "") != nil {
		p.refuse(func(address string) error { return m.shown(v, address) })
	}
	return nil
}

func (m moduleReader) child(p *part, depth, nested int) error {
	if m.dec.PeekKind() != jsontext.KindBeginObject {
		_, err := m.tree(depth)
		if !m.namesOnly {
			p.refuse(func(address string) error { return fmt.Errorf("a child of module %q is no object", clip(address)) })
		}
		return err
	}
	refused, err := m.module(depth, nested)
	if refused != nil {
		p.refuse(func(string) error { return refused })
	}
	return err
}

// locate says which module a part is of.
func (m moduleReader) locate(p part, address string) {
	if address == "" {
		return
	}
	for i := p.resources[0]; i < p.resources[1]; i++ {
		r := &m.snap.Resources[i]
		r.Place = m.placed(parity.Place{Module: address, Key: r.Key, KeyKind: r.KeyKind})
	}
	for i := p.externals[0]; i < p.externals[1]; i++ {
		e := &m.snap.Externals[i]
		e.Address = address + "." + e.Address
	}
}

// arranged is all with a module's own things before its children's, and without
// those that do not count.
func arranged[T any](all []T, from int, own, children [2]int) []T {
	if own[0] <= children[0] && own[1]-own[0]+children[1]-children[0] == len(all)-from {
		return all
	}
	return append(all[:from], slices.Concat(all[own[0]:own[1]], all[children[0]:children[1]])...)
}

// tree reads a value that lies at a depth of its member of the document.
func (d *document) tree(depth int) (parity.Value, error) {
	d.dec.MaxDepth -= depth
	defer func() { d.dec.MaxDepth += depth }()
	return d.dec.Value()
}

// packed reads, with a method of the Packer, an element of a list that lies at
// a depth of its member of the document.
func (d *document) packed(depth int, read func(raw []byte, maxDepth int) (parity.Value, error)) (parity.Value, error) {
	maxDepth := d.dec.MaxDepth - depth
	raw, err := d.dec.ReadValue()
	if err != nil {
		return parity.Value{}, d.broken(err, maxDepth)
	}
	v, err := read(raw, maxDepth)
	if err != nil {
		err = located(raw, nil, maxDepth, d.dec.StackPointer(), d.dec.InputOffset()-int64(len(raw)))
	}
	return v, err
}

// broken returns what is wrong with an element that could not be read as a
// whole, as reading it piece by piece tells it.
func (d *document) broken(err error, maxDepth int) error {
	raw := bytes.TrimLeft(d.dec.UnreadBuffer(), " \t\r\n")
	end := d.dec.InputOffset() + int64(len(d.dec.UnreadBuffer()))
	pointer := d.dec.StackPointer()
	_, before := d.dec.StackIndex(d.dec.StackDepth())
	if before > 0 {
		pointer = pointer.Parent() // it is of the element before
		var comma bool
		if raw, comma = bytes.CutPrefix(raw, []byte(",")); !comma {
			return err
		}
	}
	if raw = bytes.TrimLeft(raw, " \t\r\n"); len(raw) == 0 || raw[0] != '{' && raw[0] != '[' {
		return err // it has no pieces
	}
	element, offset := pointer+jsontext.Pointer("/"+strconv.FormatInt(before, 10)), end-int64(len(raw))
	cause := err // as the reader told it
	var syn *jsontext.SyntacticError
	if errors.As(err, &syn) {
		cause = syn.Err
	}
	if cause = errors.Unwrap(cause); cause != nil {
		return cmp.Or(located(raw, cause, maxDepth, element, offset), err)
	}
	found := located(raw, nil, maxDepth, element, offset)
	if errors.Is(found, io.ErrUnexpectedEOF) && !errors.Is(err, io.ErrUnexpectedEOF) { // no more was read than told that it is broken
		const enough = 1 << 16
		more, _ := io.ReadAll(io.LimitReader(d.src, enough))
		found = located(slices.Concat(raw, more), nil, maxDepth, element, offset)
		if errors.Is(found, io.ErrUnexpectedEOF) && len(more) == enough {
			return err
		}
	}
	return cmp.Or(found, err)
}

// misplaced is an error at another place than where the decoder is.
type misplaced struct {
	error
	pointer jsontext.Pointer
	offset  int64
}

func (m misplaced) Unwrap() error { return m.error }

// located is the first error in what is there of an element of a list, which
// lies at a pointer and an offset. cause is why there is no more of it, nil for
// the end of the source.
func located(raw []byte, cause error, maxDepth int, element jsontext.Pointer, offset int64) error {
	var r io.Reader = bytes.NewBuffer(append([]byte("["), raw...))
	if cause != nil {
		r = io.MultiReader(r, failing{cause})
	}
	dec := parity.NewDecoder(r)
	dec.MaxDepth = maxDepth
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	_, err := dec.Value()
	if err == nil {
		return nil
	}
	within, at := dec.StackPointer(), dec.InputOffset()
	var syn *jsontext.SyntacticError
	if errors.As(err, &syn) {
		within, at = syn.JSONPointer, syn.ByteOffset
	}
	pointer := element.Parent()
	if below, ok := strings.CutPrefix(string(within), "/0"); ok {
		pointer = element + jsontext.Pointer(below)
	}
	return misplaced{err, pointer, offset + at - 1}
}

// failing is a reader that does not read on.
type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }
