package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
)

// How much the text shows unless all is asked for.
const (
	maxPlaces = 4
	maxCauses = 40
	maxMended = 5
	maxBoxes  = 16 // boxes of the widest tier
	maxTitle  = 70 // width to which titles are aligned
)

// Text writes the report for people at a terminal: the verdict first, then
// the tiers as boxes side by side, then the findings by cause.
func Text(w io.Writer, r *parity.Report, s Style) error {
	var buf bytes.Buffer
	t := text{w: &buf, r: r, s: s}
	t.baseline, t.candidate = names(r)
	t.verdict()
	t.tiers()
	t.incomplete()
	t.findings()
	t.mended()
	t.waived()
	t.footer()
	_, err := w.Write(buf.Bytes())
	return err
}

type text struct {
	w *bytes.Buffer
	r *parity.Report
	s Style

	baseline, candidate string
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
	line := strings.TrimRight(fmt.Sprintf(format, args...), " ")
	// On a GitHub runner such a line would be a command.
	if rest := strings.TrimLeft(line, " \n"); strings.HasPrefix(rest, "::") {
		line = strings.Replace(line, "::", `:\u003a`, 1)
	}
	t.w.WriteString(line)
	t.w.WriteByte('\n')
}

func (t *text) verdict() {
	r := t.r
	word, says := claim(r, t.baseline, t.candidate)
	attr := map[parity.Verdict]color.Attribute{parity.Pass: color.FgGreen, parity.Fail: color.FgRed, parity.Incomplete: color.FgYellow}[r.Verdict]
	t.line("%s  %s", t.paint(word, attr, color.Bold), t.paint(says, color.Bold))
	t.line("      %s", tally(r))
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
	if since := changes(r); since != "" {
		t.line("      %s", since)
	}
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
	b, c := t.baseline, t.candidate
	type row struct{ name, kind, left, right, status string }
	var rows []row
	same := 0
	for _, x := range t.r.Tiers {
		if !t.s.All && single(x) {
			same++
			continue
		}
		expected := x.Expected.Members
		if x.Status == "ok" || x.Status == "extra" {
			expected = 0
		}
		rows = append(rows, row{clean(x.Name), clean(x.Kind), boxes(x.Baseline, unit, 0), boxes(x.Candidate, unit, expected), t.status(x)})
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
		t.line("  %s", t.paint(fmt.Sprintf("and %s of one member in both", plural.Count(same, "tier")), color.Faint))
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
		t.line("\n  … and %s more; --show all shows them", plural.Count(hidden, "cause"))
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
	title, rules := pad(c.title, width), strings.Join(c.rules, ", ")
	if c.known {
		attr, title, rules = color.Faint, t.paint(title, color.Faint), rules+"  known"
	}
	t.line("  %s %s  %s", t.paint(mark, attr, color.Bold), title, t.paint(rules, color.Faint))
	t.places(c)
}

// places lists where a cause is, where all is asked for with the ids that
// maquette waive takes.
func (t *text) places(c *cause) {
	for i, p := range c.places {
		if i == maxPlaces && len(c.places) > maxPlaces+1 && !t.s.All {
			t.line("      %s", t.paint(fmt.Sprintf("and %d more places", len(c.places)-i), color.Faint))
			break
		}
		id := ""
		if t.s.All {
			id = t.paint(clean(c.findings[i].ID), color.Faint)
		}
		t.line("      %s", strings.TrimSpace(p+"  "+id))
	}
}

// mended lists what an earlier report had.
func (t *text) mended() {
	if len(t.r.Mended) == 0 {
		return
	}
	t.line("\n%s", t.paint("Mended", color.Bold))
	cs := causes(t.r.Mended)
	for i, c := range cs {
		if i == maxMended && !t.s.All {
			t.line("  %s", t.paint(fmt.Sprintf("and %s more", plural.Count(len(cs)-i, "cause")), color.Faint))
			break
		}
		t.line("  %s %s  %s", t.paint("✓", color.FgGreen, color.Bold), c.title, t.paint(strings.Join(c.rules, ", "), color.Faint))
	}
}

// waived lists what is accepted, and by whom.
func (t *text) waived() {
	if t.r.Summary.Waived == 0 || !t.s.All {
		return
	}
	t.line("\n%s", t.paint("Waived", color.Bold))
	for _, f := range t.r.Findings {
		if f.Waiver != nil {
			t.line("  %s %s  %s", t.paint("~", color.Faint, color.Bold), headline(f), t.paint(clean(f.Rule), color.Faint))
			t.line("      %s", place(f))
			t.line("      %s", t.paint(waiver(f.Waiver), color.Faint))
		}
	}
}

func (t *text) footer() {
	var notes []string
	if n := t.r.Summary.Info; n > 0 && !t.s.All {
		notes = append(notes, plural.Count(n, "info")+" not shown: --show all")
	}
	if n := t.r.Summary.Waived; n > 0 && !t.s.All {
		notes = append(notes, fmt.Sprintf("%d waived: --show all says why", n))
	}
	notes = append(notes, unjudged(t.r)...)
	if len(notes) > 0 {
		t.line("")
	}
	for _, n := range notes {
		t.line("%s", t.paint("  "+n, color.Faint))
	}
	for _, f := range t.r.Findings {
		if f.Waiver == nil && f.Severity > parity.Info {
			t.line("\nWhy it matters: maquette explain %s", clean(f.Rule))
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
