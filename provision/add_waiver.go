package provision

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Block writes the waiver as a definition has it.
func (w Waive) Block() string {
	file := hclwrite.NewEmptyFile()
	body := file.Body().AppendNewBlock("waive", []string{w.Rule}).Body()
	for _, attribute := range []struct{ name, text string }{
		{"tier", w.Tier},
		{"address", w.Address},
		{"path", w.Path},
		{"reason", w.Reason},
		{"owner", w.Owner},
		{"expires", w.Expires.Format("2006-01-02")},
	} {
		if attribute.text != "" {
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
		out.WriteString(newline(data))
	}
	if len(data) > 0 {
		out.WriteString(newline(data))
	}
	line := bytes.Count(out.Bytes(), []byte("\n")) + 1
	out.WriteString(strings.ReplaceAll(text, "\n", newline(data)))
	return out.Bytes(), line
}

// insertText puts text at the end of a block, a step further in than the block is, and returns the line that it begins
// at. A block that is all on one line gets several.
func insertText(data []byte, block *hclsyntax.Block, text string) ([]byte, int) {
	open, brace := block.OpenBraceRange.End.Byte, block.CloseBraceRange.Start.Byte
	start := bytes.LastIndexByte(data[:brace], '\n') + 1
	before := string(data[start:brace])
	margin := before[:len(before)-len(strings.TrimLeft(before, " \t"))]
	step := "  "
	if strings.Contains(margin, "\t") {
		step = "\t"
	}
	text = indented(text, margin+step)
	from, to, lead := start, start, ""
	if margin == before { // the brace stands alone
		if above := bytes.TrimSpace(data[:start]); !bytes.HasSuffix(above, []byte("{")) {
			lead = "\n"
		}
	} else {
		from, to, lead = open, brace, "\n"
		if held := string(bytes.TrimSpace(data[open:brace])); held != "" {
			lead = "\n" + margin + step + held + "\n\n"
		}
		text += margin
	}
	line := bytes.Count(data[:from], []byte("\n")) + 1 + strings.Count(lead, "\n")
	text = strings.ReplaceAll(lead+text, "\n", newline(data))
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

// newline is how a file ends its lines.
func newline(data []byte) string {
	if bytes.Contains(data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
