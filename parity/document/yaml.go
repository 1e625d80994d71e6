package document

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity"
)

// parseYAML reads one document, or several as a list.
func parseYAML(data []byte) (parity.Value, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	r := yamlReader{left: maxExpanded}
	var documents []parity.Value
	for {
		var root yaml.Node
		err := dec.Decode(&root)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return parity.Value{}, yamlError(err)
		}
		v, err := r.value(&root, 0)
		if err != nil {
			return v, err
		}
		if v.Kind != parity.Null { // between two lines of ---
			documents = append(documents, v)
		}
	}
	switch len(documents) {
	case 0:
		return parity.Value{}, nil
	case 1:
		return documents[0], nil
	}
	return parity.ListOf(documents), nil
}

var (
	yamlLine   = lazyregexp.New(`^yaml: (?:line (\d+): )?`)
	yamlParser = lazyregexp.New(`^did not find expected (<|key$|node content|'-'|',')|^found (duplicate|incompatible|undefined) `)
)

// yamlError takes the line out of an error's text, as there is no other way to it: there is no column, and the parser,
// other than the scanner below it, counts lines from 0.
func yamlError(err error) error {
	text := err.Error()
	m := yamlLine.FindStringSubmatch(text)
	if m == nil {
		return errorAt(0, 0, "", "%s", text)
	}
	text = text[len(m[0]):]
	line, err := strconv.Atoi(m[1])
	if err == nil && yamlParser.MatchString(text) {
		line++
	}
	return errorAt(line, 0, "A bracket, quote or indentation is wrong there, or just before.", "%s", text)
}

// yamlReader turns nodes into values. left bounds what aliases may multiply.
type yamlReader struct{ left int }

func (r *yamlReader) value(n *yaml.Node, depth int) (parity.Value, error) {
	r.left -= 1 + len(n.Value)
	switch {
	case depth > maxNesting:
		return parity.Value{}, tooDeep(n.Line, n.Column) // also an anchor that holds itself
	case r.left < 0:
		return parity.Value{}, errorAt(n.Line, n.Column, "Write out what the aliases stand for, as far as it is needed.",
			"with its aliases written out it has more than %d MiB", maxExpanded>>20)
	}
	switch n.Kind {
	case yaml.DocumentNode:
		return r.value(n.Content[0], depth)
	case yaml.AliasNode:
		return r.value(n.Alias, depth+1)
	case yaml.ScalarNode:
		return yamlScalar(n)
	case yaml.SequenceNode:
		items := make([]parity.Value, len(n.Content))
		for i, child := range n.Content {
			var err error
			if items[i], err = r.value(child, depth+1); err != nil {
				return parity.Value{}, err
			}
		}
		return tagged(n, parity.ListOf(items)), nil
	case yaml.MappingNode:
		v, err := r.mapping(n, depth)
		return tagged(n, v), err
	}
	return parity.Value{}, nil // of an empty document
}

// tagged keeps an application's own tag (!Ref) of a map or a list, as the key above it.
func tagged(n *yaml.Node, v parity.Value) parity.Value {
	if tag := n.ShortTag(); !strings.HasPrefix(tag, "!!") && tag != "" {
		return parity.ObjectOf([]string{tag}, []parity.Value{v})
	}
	return v
}

func (r *yamlReader) mapping(n *yaml.Node, depth int) (parity.Value, error) {
	var o object
	var merged []parity.Value
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, child := n.Content[i], n.Content[i+1]
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return parity.Value{}, errorAt(n.Content[i].Line, n.Content[i].Column, "Most applications take texts alone for keys.", "a key is a map or a list")
		}
		v, err := r.value(child, depth+1)
		if err != nil {
			return v, err
		}
		r.left -= len(k.Value)
		if k.ShortTag() == "!!merge" {
			maps := []parity.Value{v}
			if v.Kind == parity.List {
				maps = v.Items()
			}
			for _, m := range maps {
				if m.Kind != parity.Object {
					return parity.Value{}, errorAt(child.Line, child.Column, "Put an alias of a map, or a list of such, behind <<.", "what is merged is no map")
				}
			}
			merged = append(merged, maps...)
			continue
		}
		if !o.add(k.Value, v) {
			return parity.Value{}, duplicate(k.Line, k.Column, k.Value)
		}
	}
	for _, m := range merged { // own keys come before merged ones, and those before later ones
		for i, key := range m.Keys() {
			r.left -= 1 + len(key)
			o.add(key, m.Items()[i])
		}
	}
	if r.left < 0 {
		return r.value(n, depth) // tells so
	}
	return o.value(), nil
}

var jsonNumber = lazyregexp.New(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

func yamlScalar(n *yaml.Node) (parity.Value, error) {
	bad := func() error {
		return errorAt(n.Line, n.Column, "Remove the tag, or correct the value.", "the value is not of the type that its tag says")
	}
	switch tag := n.ShortTag(); tag {
	case "!!null":
		return parity.Value{}, nil
	case "!!bool":
		var b bool
		if n.Decode(&b) != nil {
			return parity.Value{}, bad()
		}
		return boolean(b), nil
	case "!!int", "!!float":
		if jsonNumber.MatchString(n.Value) {
			return parity.Value{Kind: parity.Number, Text: n.Value}, nil
		}
		var number any
		if n.Decode(&number) != nil {
			return parity.Value{}, bad()
		}
		switch x := number.(type) {
		case int:
			return integer(int64(x)), nil
		case int64:
			return integer(x), nil
		case uint64:
			return parity.Value{Kind: parity.Number, Text: strconv.FormatUint(x, 10)}, nil
		case float64:
			return float(x), nil
		}
		return parity.Value{}, bad()
	default:
		if strings.HasPrefix(tag, "!!") {
			return parity.Text(n.Value), nil // dates too: as they are written
		}
		return parity.Text(tag + " " + n.Value), nil // !Ref VPC, !secret NAME
	}
}

func boolean(b bool) parity.Value {
	return parity.Value{Kind: parity.Bool, Text: strconv.FormatBool(b)}
}

func integer(i int64) parity.Value {
	return parity.Value{Kind: parity.Number, Text: strconv.FormatInt(i, 10)}
}

// float is a number, or the text of what JSON has no number for: NaN and infinities.
func float(f float64) parity.Value {
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return parity.Text(strings.ToLower(text))
	}
	return parity.Value{Kind: parity.Number, Text: text}
}
