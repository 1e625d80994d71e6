package provision

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Block writes the waiver as a definition has it. What it needs and has not is left empty, to be filled in.
func (w Waive) Block() string {
	file := hclwrite.NewEmptyFile()
	body := file.Body().AppendNewBlock("waive", []string{w.Rule}).Body()
	expires := ""
	if !w.Expires.IsZero() {
		expires = w.Expires.Format("2006-01-02")
	}
	for _, attribute := range []struct {
		name, text string
		required   bool
	}{
		{"tier", w.Tier, false},
		{"address", w.Address, false},
		{"path", w.Path, false},
		{"reason", w.Reason, true},
		{"owner", w.Owner, true},
		{"expires", expires, true},
	} {
		if attribute.text != "" || attribute.required {
			body.SetAttributeValue(attribute.name, cty.StringVal(attribute.text))
		}
	}
	return string(hclwrite.Format(file.Bytes()))
}

// AddWaiver returns a file of definitions with one more waiver in an environment's parity block, which is made where
// there is none, and the line that it begins at. Of "", the file is one of policy. All else in the file stays as it is,
// byte by byte.
func AddWaiver(file File, environment string, w Waive) (data []byte, line int, err error) {
	parsed, diags := parseFile(file)
	if diags.HasErrors() {
		return nil, 0, diags
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return nil, 0, fmt.Errorf("%s is not written in HCL's own syntax", file.Name)
	}
	if environment == "" {
		data, line = appendText(file.Data, w.Block())
		return data, line, nil
	}
	env := blockOf(body, "environment", environment)
	if env == nil {
		return nil, 0, fmt.Errorf("%s has no environment %q", file.Name, environment)
	}
	if policy := blockOf(env.Body, "parity", ""); policy != nil {
		data, line = insertText(file.Data, policy, w.Block())
		return data, line, nil
	}
	data, line = insertText(file.Data, env, "parity {\n"+indented(w.Block(), "  ")+"}\n")
	return data, line + 1, nil
}

func blockOf(body *hclsyntax.Body, typ, label string) *hclsyntax.Block {
	for _, block := range body.Blocks {
		if block.Type == typ && strings.Join(block.Labels, " ") == label {
			return block
		}
	}
	return nil
}

// appendText adds text at the end of a file, and returns the line that it begins at.
func appendText(data []byte, text string) ([]byte, int) {
	var out bytes.Buffer
	out.Write(data)
	if len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")) {
		out.WriteString(newline(data, len(data)))
	}
	if len(data) > 0 {
		out.WriteString(newline(data, len(data)))
	}
	line := bytes.Count(out.Bytes(), []byte("\n")) + 1
	out.WriteString(strings.ReplaceAll(text, "\n", newline(data, len(data))))
	return out.Bytes(), line
}

// insertText puts text at the end of a block, a step further in than the block is, and returns the line that it begins
// at. A block that is all on one line gets several.
func insertText(data []byte, block *hclsyntax.Block, text string) ([]byte, int) {
	open, brace := block.OpenBraceRange.End.Byte, block.CloseBraceRange.Start.Byte
	start := bytes.LastIndexByte(data[:brace], '\n') + 1
	before := string(data[start:brace])
	margin := blank(before)
	step := "  "
	if strings.Contains(margin, "\t") {
		step = "\t"
	}
	text = indented(text, margin+step)
	from, to, lead := start, start, ""
	switch held := string(bytes.TrimSpace(data[open:brace])); {
	case margin == before: // the brace stands alone
		if above := bytes.TrimSpace(data[:start]); !bytes.HasSuffix(above, []byte("{")) {
			lead = "\n"
		}
	case start > open: // a comment stands before it
		from, to, lead, text = brace, brace, "\n\n", text+margin
	case held != "":
		from, to, lead, text = open, brace, "\n"+margin+step+held+"\n\n", text+margin
	default:
		from, to, lead, text = open, brace, "\n", text+margin
	}
	line := bytes.Count(data[:from], []byte("\n")) + 1 + strings.Count(lead, "\n")
	text = strings.ReplaceAll(lead+text, "\n", newline(data, from))
	return append(append(bytes.Clone(data[:from]), text...), data[to:]...), line
}

// indented moves lines to the right.
func indented(text, margin string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(margin + line)
	}
	return out.String()
}

// blank is the white space that a line begins with.
func blank(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// newline is how the last whole line ends before a place in a file, or the first one after it.
func newline(data []byte, at int) string {
	end := bytes.LastIndexByte(data[:at], '\n')
	if end < 0 {
		end = bytes.IndexByte(data, '\n')
	}
	if end > 0 && data[end-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
