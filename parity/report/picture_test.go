package report_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

var escape = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

// svg draws coloured terminal output, up to a number of lines, as an SVG
// picture that is readable on light and dark pages.
func svg(text string, maxLines int) []byte {
	const charW, lineH, margin = 8.4, 19, 16
	classes := map[string]string{"31": "r", "32": "g", "33": "y", "34": "b", "36": "c", "1": "o", "2": "f", "22": "", "0": ""}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > maxLines {
		lines = append(lines[:maxLines], "…")
	}
	width := 0
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(escape.ReplaceAllString(l, "")))
	}
	var b strings.Builder
	w, h := int(float64(width)*charW)+2*margin, len(lines)*lineH+2*margin
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="maquette parity report">`+"\n", w, h, w, h)
	b.WriteString(`<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d8dee9;white-space:pre}` +
		`.r{fill:#ff7b72}.g{fill:#7ee787}.y{fill:#e3b341}.b{fill:#79c0ff}.c{fill:#76e3ea}.o{font-weight:bold}.f{opacity:.6}</style>` + "\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" rx="8" fill="#161b22"/>`+"\n", w, h)
	for i, l := range lines {
		fmt.Fprintf(&b, `<text x="%d" y="%d" xml:space="preserve">`, margin, margin+14+i*lineH)
		class := ""
		last := 0
		emit := func(s string) {
			if s == "" {
				return
			}
			if class == "" {
				b.WriteString(html.EscapeString(s))
				return
			}
			fmt.Fprintf(&b, `<tspan class="%s">%s</tspan>`, class, html.EscapeString(s))
		}
		for _, m := range escape.FindAllStringSubmatchIndex(l, -1) {
			emit(l[last:m[0]])
			last = m[1]
			var names []string
			for _, code := range strings.Split(l[m[2]:m[3]], ";") {
				if c := classes[code]; c != "" {
					names = append(names, c)
				}
			}
			class = strings.Join(names, " ")
		}
		emit(l[last:])
		b.WriteString("</text>\n")
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
