package report_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// xsd checks documents against an XML Schema. It knows as much of the language
// as junit-10.xsd uses (elements, references, sequences, choices, attributes,
// patterns) and fails where a schema says more.
type xsd struct {
	elements, types map[string]*xmlNode
}

type xmlNode struct {
	name     string
	attrs    map[string]string
	children []*xmlNode
	text     string
}

func parseXML(data []byte) (*xmlNode, error) {
	dec := xml.NewDecoder(bytes.NewReader(data))
	stack := []*xmlNode{{}}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			if len(stack) != 1 || len(stack[0].children) != 1 {
				return nil, fmt.Errorf("the document has %d roots", len(stack[0].children))
			}
			return stack[0].children[0], nil
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch tok := tok.(type) {
		case xml.StartElement:
			n := &xmlNode{name: tok.Name.Local, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				n.attrs[a.Name.Local] = a.Value
			}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(tok)
		}
	}
}

func loadXSD(t testing.TB, file string) *xsd {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	root, err := parseXML(data)
	require.NoError(t, err)
	s := &xsd{map[string]*xmlNode{}, map[string]*xmlNode{}}
	for _, n := range root.children {
		switch n.name {
		case "element":
			s.elements[n.attrs["name"]] = n
		case "complexType", "simpleType":
			s.types[n.attrs["name"]] = n
		default:
			require.Fail(t, "xs:"+n.name+" is not known here")
		}
	}
	return s
}

func (s *xsd) validate(document []byte) error {
	root, err := parseXML(document)
	if err != nil {
		return err
	}
	decl := s.elements[root.name]
	if decl == nil {
		return fmt.Errorf("<%s> is no element of the schema", root.name)
	}
	return s.element(decl, root)
}

func (s *xsd) element(decl, n *xmlNode) error {
	if ref := decl.attrs["ref"]; ref != "" {
		decl = s.elements[ref]
	}
	if name := decl.attrs["type"]; name != "" {
		if typ := s.types[name]; typ != nil && typ.name == "complexType" {
			return s.complex(typ, n)
		}
		if len(n.children)+len(n.attrs) > 0 {
			return fmt.Errorf("<%s> is text only", n.name)
		}
		return s.simple(name, n.text)
	}
	if len(decl.children) != 1 || decl.children[0].name != "complexType" {
		return fmt.Errorf("the type of <%s> is not known here", n.name)
	}
	return s.complex(decl.children[0], n)
}

func (s *xsd) complex(typ, n *xmlNode) error {
	allowed := map[string]bool{}
	model := ""
	decls := map[string]*xmlNode{}
	for _, part := range typ.children {
		switch part.name {
		case "attribute":
			name := part.attrs["name"]
			allowed[name] = true
			v, has := n.attrs[name]
			if !has && part.attrs["use"] == "required" {
				return fmt.Errorf("<%s> has no attribute %s", n.name, name)
			}
			if err := s.simple(part.attrs["type"], v); has && err != nil {
				return fmt.Errorf("<%s %s>: %w", n.name, name, err)
			}
		case "sequence", "choice":
			var err error
			if model, err = s.particle(part, decls); err != nil {
				return err
			}
		default:
			return fmt.Errorf("xs:%s is not known here", part.name)
		}
	}
	for a := range n.attrs {
		if !allowed[a] {
			return fmt.Errorf("<%s> has an attribute %s", n.name, a)
		}
	}
	if typ.attrs["mixed"] != "true" && strings.TrimSpace(n.text) != "" {
		return fmt.Errorf("<%s> holds text", n.name)
	}
	children := ""
	for _, c := range n.children {
		children += c.name + ";"
	}
	if !regexp.MustCompile("^(?:" + model + ")$").MatchString(children) {
		return fmt.Errorf("<%s> holds %s, and should %s", n.name, children, model)
	}
	for _, c := range n.children {
		if err := s.element(decls[c.name], c); err != nil {
			return err
		}
	}
	return nil
}

// particle is the regular expression of the names of the children, each with
// a semicolon. It collects their declarations.
func (s *xsd) particle(p *xmlNode, decls map[string]*xmlNode) (string, error) {
	inner := ""
	switch p.name {
	case "element":
		name := p.attrs["ref"] + p.attrs["name"]
		decls[name] = p
		inner = regexp.QuoteMeta(name + ";")
	case "sequence", "choice":
		var parts []string
		for _, c := range p.children {
			part, err := s.particle(c, decls)
			if err != nil {
				return "", err
			}
			parts = append(parts, part)
		}
		inner = strings.Join(parts, map[string]string{"sequence": "", "choice": "|"}[p.name])
	default:
		return "", fmt.Errorf("xs:%s is not known here", p.name)
	}
	occurs := p.attrs["minOccurs"] + "," + p.attrs["maxOccurs"]
	many, known := map[string]string{",": "", "0,": "?", "0,1": "?", "0,unbounded": "*", ",unbounded": "+"}[occurs]
	if !known {
		return "", fmt.Errorf("occurs %s is not known here", occurs)
	}
	return "(?:" + inner + ")" + many, nil
}

func (s *xsd) simple(name, v string) error {
	if name == "xs:string" {
		return nil
	}
	typ := s.types[name]
	if typ == nil || len(typ.children) != 1 || typ.children[0].name != "restriction" || len(typ.children[0].children) != 1 || typ.children[0].children[0].name != "pattern" {
		return fmt.Errorf("the type %s is not known here", name)
	}
	if pattern := typ.children[0].children[0].attrs["value"]; !regexp.MustCompile("^(?:" + pattern + ")$").MatchString(v) {
		return fmt.Errorf("%q is not of the form %s", v, pattern)
	}
	return nil
}

// The checker must refuse what the schema does.
func TestXSD(t *testing.T) {
	schema := loadXSD(t, junitXSD)
	suite := func(inner string) string {
		return `<testsuite name="a" tests="1" failures="0" errors="0">` + inner + `</testsuite>`
	}
	for _, good := range []string{
		suite(``),
		suite(`<testcase name="x" time="0"><failure type="t" message="m">text</failure><system-out>o</system-out></testcase>`),
		`<testsuites>` + suite(`<properties><property name="n" value="v"/></properties>`) + `</testsuites>`,
	} {
		assert.NoError(t, schema.validate([]byte(good)), good)
	}
	for _, bad := range []string{
		``, `<html/>`,
		`<testsuite name="a" tests="1" failures="0"/>`,
		suite(`<testcase/>`),
		suite(`text`),
		suite(`<testcase name="x" line="1"/>`),
		suite(`<testcase name="x"><b/></testcase>`),
		suite(`<testcase name="x"><system-out><b/></system-out></testcase>`),
		`<testsuite name="a" tests="1" failures="0" errors="0" time="soon"/>`,
		`<testsuites>` + suite(``) + `<testcase name="x"/></testsuites>`,
		`<testsuites/><testsuites/>`,
	} {
		assert.Error(t, schema.validate([]byte(bad)), bad)
	}
}
