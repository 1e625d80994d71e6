package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/maquette/maquette/parity"
)

// How much the text shows unless all is asked for.
const (
	maxPlaces = 4
	maxCauses = 40
	maxBoxes  = 16 // boxes of the widest tier
	maxTitle  = 70 // width to which titles are aligned
)

// Text writes the report for people at a terminal: the verdict first, then
// the tiers as boxes side by side, then the findings by cause.
func Text(w io.Writer, r *parity.Report, s Style) error {
	var buf bytes.Buffer
	t := text{w: &buf, r: r, s: s}
	t.verdict()
	t.tiers()
	t.incomplete()
	t.findings()
	t.footer()
	_, err := w.Write(buf.Bytes())
	return err
}

type text struct {
	w *bytes.Buffer
	r *parity.Report
	s Style
}

func (t *text) paint(s string, attrs ...color.Attribute) string {
	c := color.New(attrs...)
	if t.s.Colour {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c.Sprint(s)
}

func (t *text) line(format string, args ...any) {
	t.w.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	t.w.WriteByte('\n')
}

// name is a side's name for people.
func name(s parity.Side, fallback string) string {
	if s.Name == "" {
		return fallback
	}
	return clean(s.Name)
}

func (t *text) names() (string, string) {
	b, c := name(t.r.Baseline, "the baseline"), name(t.r.Candidate, "the candidate")
	if b == c {
		return b + " (baseline)", c + " (candidate)"
	}
	return b, c
}

func (t *text) verdict() {
	r := t.r
	b, c := t.names()
	word, attr := "PASS", color.FgGreen
	says := fmt.Sprintf("%s is a true scale model of %s", c, b)
	switch {
	case r.Verdict == parity.Incomplete:
		word, attr = "INCOMPLETE", color.FgYellow
		says = fmt.Sprintf("evidence is missing: nothing is claimed of %s and %s", c, b)
	case r.Verdict == parity.Fail:
		word, attr = "FAIL", color.FgRed
		says = fmt.Sprintf("%s is not a true scale model of %s", c, b)
	case r.Summary.Error+r.Summary.Warning > 0:
		says = fmt.Sprintf("%s models %s, but for what is below", c, b)
	}
	t.line("%s  %s", t.paint(word, attr, color.Bold), t.paint(says, color.Bold))
	scale := "measured " + parity.RatioText(r.Scale.Observed)
	if r.Scale.Declared != nil {
		scale = "declared " + *r.Scale.Declared + ", " + scale
	}
	t.line("      %s, %s, %s · scale %s · %d and %d resources · score %.2f",
		count(r.Summary.Error, "error"), count(r.Summary.Warning, "warning"), count(r.Summary.Info, "info"),
		scale, r.Baseline.Resources, r.Candidate.Resources, r.Score)
	var dims []string
	for _, d := range parity.Dimensions {
		x := r.Dimensions[d]
		score := "–"
		if x.Compared > 0 {
			score = strconv.FormatFloat(x.Score, 'f', 2, 64)
		}
		part := d + " " + score
		if x.Different > 0 {
			part = t.paint(part, color.FgYellow)
		}
		dims = append(dims, part)
	}
	t.line("      %s", strings.Join(dims, "   "))
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// tiers draws both environments side by side, a box a member.
func (t *text) tiers() {
	if len(t.r.Tiers) == 0 {
		return
	}
	most := 1
	for _, x := range t.r.Tiers {
		for _, side := range []*parity.TierSide{x.Baseline, x.Candidate} {
			if side != nil {
				most = max(most, side.Members)
			}
		}
	}
	unit := (most + maxBoxes - 1) / maxBoxes
	b, c := t.names()
	type row struct{ name, kind, left, right, status string }
	var rows []row
	same := 0
	for _, x := range t.r.Tiers {
		// Single things that have their counterpart are no picture.
		if !t.s.All && x.Status == "ok" && x.Baseline != nil && x.Baseline.Members == 1 && x.Candidate != nil && x.Candidate.Members == 1 {
			same++
			continue
		}
		expected := x.Expected.Members
		if x.Status == "ok" || x.Status == "extra" {
			expected = 0
		}
		rows = append(rows, row{clean(x.Name), x.Kind, boxes(x.Baseline, unit, 0), boxes(x.Candidate, unit, expected), t.status(x)})
	}
	title := "Tiers"
	if unit > 1 {
		title += fmt.Sprintf("  (■ = %d members)", unit)
	}
	t.line("\n%s", t.paint(title, color.Bold))
	if len(rows) > 0 {
		widths := []int{4, 4, utf8.RuneCountInString(b), utf8.RuneCountInString(c)}
		for _, x := range rows {
			for i, cell := range []string{x.name, x.kind, x.left, x.right} {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell))
			}
		}
		t.line("  %s  %s  %s  %s", pad("", widths[0]), pad("", widths[1]), t.paint(pad(b, widths[2]), color.Faint), t.paint(c, color.Faint))
		for _, x := range rows {
			t.line("  %s  %s  %s  %s  %s", pad(x.name, widths[0]), t.paint(pad(x.kind, widths[1]), color.Faint), pad(x.left, widths[2]), pad(x.right, widths[3]), x.status)
		}
	}
	if same > 0 {
		t.line("  %s", t.paint(fmt.Sprintf("and %s of one member in both", count(same, "tier")), color.Faint))
	}
}

func boxes(side *parity.TierSide, unit, expected int) string {
	if side == nil {
		return strings.Repeat("□", (expected+unit-1)/unit) + " –"
	}
	if side.Members < 0 {
		return "? unknown"
	}
	full := (side.Members + unit - 1) / unit
	s := strings.Repeat("■", full)
	if hollow := (expected+unit-1)/unit - full; hollow > 0 {
		s += strings.Repeat("□", hollow)
	}
	return s + " " + strconv.Itoa(side.Members)
}

func (t *text) status(x parity.Tier) string {
	switch x.Status {
	case "one-box":
		return t.paint(fmt.Sprintf("one box, expected %d", x.Expected.Members), color.FgRed, color.Bold)
	case "missing":
		return t.paint("missing", color.FgRed, color.Bold)
	case "proportion":
		return t.paint(fmt.Sprintf("expected %d", x.Expected.Members), color.FgYellow)
	case "extra":
		return t.paint("extra", color.Faint)
	case "unknown":
		return t.paint("not known", color.FgYellow)
	}
	return t.paint("ok", color.FgGreen)
}

func (t *text) incomplete() {
	if len(t.r.Incomplete) == 0 {
		return
	}
	t.line("\n%s", t.paint("Missing evidence", color.Bold))
	for _, g := range t.r.Incomplete {
		t.line("  %s %s: %s", t.paint("?", color.FgYellow), clean(g.Source), clean(g.Reason))
	}
}

// cause is findings that have one reason: the same key with the same values in
// several places, or one tier.
type cause struct {
	rules    []string
	severity parity.Severity
	title    string
	places   []string
	help     string
}

// causes groups a dimension's findings, most severe first.
func causes(fs []parity.Finding) []*cause {
	var out []*cause
	at := map[string]*cause{}
	for _, f := range fs {
		title := headline(f)
		key := title + "\x00" + f.Severity.String()
		c := at[key]
		if c == nil {
			c = &cause{severity: f.Severity, title: title, help: f.Help}
			at[key] = c
			out = append(out, c)
		}
		if !slices.Contains(c.rules, f.Rule) {
			c.rules = append(c.rules, f.Rule)
		}
		c.places = append(c.places, place(f))
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].severity > out[j].severity })
	return out
}

// headline says what differs, the same for the same cause.
func headline(f parity.Finding) string {
	if key := keyOf(f); key != "" {
		return fmt.Sprintf("%s  %s → %s", clean(key), value(f.Baseline), value(f.Candidate))
	}
	return clean(f.Message)
}

// keyOf is the short name of what differs: the last name of a path, or the
// key of a parameter; "" where the message says it better.
func keyOf(f parity.Finding) string {
	address := f.Subject.Baseline
	if address == "" {
		address = f.Subject.Candidate
	}
	path := strings.TrimSuffix(f.Path, ".value")
	switch {
	case f.Rule == "config/missing-key" && path == "", path == "value":
		return instanceKey(address)
	case path == "", f.Dimension == "topology" && f.Rule != "topology/size-family" && f.Rule != "topology/storage":
		return ""
	}
	return parity.LastKey(path)
}

// instanceKey is the key of a resource's address, "" where it has none.
func instanceKey(address string) string {
	if i := strings.LastIndex(address, `["`); i >= 0 && strings.HasSuffix(address, `"]`) {
		return address[i+2 : len(address)-2]
	}
	return ""
}

func value(v any) string {
	switch x := v.(type) {
	case nil:
		return "(none)"
	case string:
		if x == "" {
			return `""`
		}
		return shorten(clean(x), 60)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// place says where a finding is.
func place(f parity.Finding) string {
	b, c := clean(f.Subject.Baseline), clean(f.Subject.Candidate)
	where := b
	switch {
	case b == "":
		where = c
	case c != "" && block(b) != block(c):
		where = b + " ↔ " + c
	case c != "" && c != b && !strings.HasPrefix(f.Rule, "one-box") && len(b) < len(c):
		where = c
	}
	if f.Path != "" && f.Path != keyOf(f) && f.Path != "value" && f.Dimension != "topology" {
		where += "  " + clean(f.Path)
	}
	return where
}

// block is an address without its last key.
func block(address string) string {
	if strings.HasSuffix(address, "]") {
		if i := strings.LastIndexByte(address, '['); i >= 0 {
			return address[:i]
		}
	}
	return address
}

func (t *text) findings() {
	explained := map[string]bool{}
	shown, hidden := 0, 0
	for _, d := range parity.Dimensions {
		var fs []parity.Finding
		for _, f := range t.r.Findings {
			if f.Dimension == d && f.Waiver == nil && (t.s.All || f.Severity > parity.Info) {
				fs = append(fs, f)
			}
		}
		if len(fs) == 0 {
			continue
		}
		cs := causes(fs)
		t.line("\n%s", t.paint(strings.ToUpper(d[:1])+d[1:], color.Bold))
		width := 0
		for _, c := range cs {
			if n := utf8.RuneCountInString(c.title); n <= maxTitle {
				width = max(width, n)
			}
		}
		for i, c := range cs {
			if !t.s.All && shown >= maxCauses {
				hidden += len(cs) - i
				break
			}
			shown++
			t.cause(c, width)
			last := i+1 == len(cs) || cs[i+1].help != c.help
			if last && !explained[c.help] {
				explained[c.help] = true
				t.line("      %s %s", t.paint("→", color.FgCyan), clean(c.help))
			}
		}
	}
	if hidden > 0 {
		t.line("\n  … and %s more; --show all shows them", count(hidden, "cause"))
	}
}

func (t *text) cause(c *cause, width int) {
	mark, attr := "·", color.FgBlue
	switch c.severity {
	case parity.Error:
		mark, attr = "✗", color.FgRed
	case parity.Warning:
		mark, attr = "!", color.FgYellow
	}
	t.line("  %s %s  %s", t.paint(mark, attr, color.Bold), pad(c.title, width), t.paint(strings.Join(c.rules, ", "), color.Faint))
	for i, p := range c.places {
		if i == maxPlaces && len(c.places) > maxPlaces+1 && !t.s.All {
			t.line("      %s", t.paint(fmt.Sprintf("and %d more places", len(c.places)-i), color.Faint))
			break
		}
		t.line("      %s", p)
	}
}

func (t *text) footer() {
	var notes []string
	if n := t.r.Summary.Info; n > 0 && !t.s.All {
		notes = append(notes, count(n, "info")+" not shown: --show all")
	}
	if n := t.r.Summary.Waived; n > 0 {
		notes = append(notes, fmt.Sprintf("%d waived", n))
	}
	if n := t.r.Unresolved; n > 0 {
		notes = append(notes, count(n, "reference")+" to things outside of both environments, taken for equal")
	}
	if n := t.r.Unknown; n > 0 {
		notes = append(notes, count(n, "attribute")+" not known, so not compared")
	}
	if len(t.r.Uncompared) > 0 {
		var types []string
		for k, n := range t.r.Uncompared {
			types = append(types, fmt.Sprintf("%s %d", clean(k), n))
		}
		sort.Strings(types)
		notes = append(notes, "settings not compared of: "+strings.Join(types, ", "))
	}
	if len(notes) > 0 {
		t.line("")
	}
	for _, n := range notes {
		t.line("%s", t.paint("  "+n, color.Faint))
	}
	for _, f := range t.r.Findings {
		if f.Waiver == nil && f.Severity > parity.Info {
			t.line("\nWhy it matters: maquette explain %s", f.Rule)
			break
		}
	}
}

func pad(s string, n int) string {
	if k := n - utf8.RuneCountInString(s); k > 0 {
		return s + strings.Repeat(" ", k)
	}
	return s
}

// clean makes text safe to print: no control characters, nothing that moves
// the cursor or reverses the line.
func clean(s string) string {
	safe := true
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) {
			safe = false
			break
		}
	}
	if safe {
		return s
	}
	q := strconv.QuoteToGraphic(strings.ToValidUTF8(s, "\ufffd"))
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}
