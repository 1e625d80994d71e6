package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
)

// What fits into a pull request's comment: GitHub takes 65,536 characters, and
// what is cut is counted in bytes, which are no fewer.
const (
	maxComment  = 65000
	maxGaps     = 16000 // up to where gaps in the evidence are listed
	maxTiers    = 32000 // and tiers
	maxNotes    = 40000 // and what is not judged
	tailComment = 400
)

// Markdown writes the report as a comment on a pull request: the verdict, the
// tiers, then the findings by severity and cause, folded. It fits into
// GitHub's limit; what does not is counted at the end, the least severe first.
func Markdown(w io.Writer, r *parity.Report, _ Style) error {
	m := markdown{r: r}
	m.baseline, m.candidate = names(r)
	m.verdict()
	m.incomplete()
	m.tiers()
	m.unjudged()
	m.findings()
	_, err := w.Write(m.buf.Bytes())
	return err
}

type markdown struct {
	buf                 bytes.Buffer
	r                   *parity.Report
	baseline, candidate string
	left                int // findings that did not fit
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.buf, format+"\n", args...) }

func (m *markdown) verdict() {
	word, says := claim(m.r, m.baseline, m.candidate)
	mark := map[parity.Verdict]string{parity.Pass: "✅", parity.Fail: "❌", parity.Incomplete: "❓"}[m.r.Verdict]
	// Whoever posts the comment finds the one of an earlier run by this line.
	m.line("<!-- maquette parity %s -->", pair(m.r))
	m.line("### %s %s\n", mark, prose(capital(says)))
	m.line("**%s** · %s\n", word, prose(tally(m.r)))
	if since := changes(m.r); since != "" {
		m.line("%s\n", prose(capital(since)))
	}
}

func (m *markdown) incomplete() {
	if len(m.r.Incomplete) == 0 {
		return
	}
	m.line("**Missing evidence**\n")
	for i, g := range m.r.Incomplete {
		if m.buf.Len() > maxGaps {
			m.line("- and %d more", len(m.r.Incomplete)-i)
			break
		}
		m.line("- %s: %s", code(g.Source), prose(shorten(clean(g.Reason), 300)))
	}
	m.line("")
}

func (m *markdown) tiers() {
	var rows []parity.Tier
	same := 0
	for _, x := range m.r.Tiers {
		if single(x) {
			same++
			continue
		}
		rows = append(rows, x)
	}
	if len(rows) > 0 {
		m.line("| Tier | Kind | %s | %s | |", cell(m.baseline), cell(m.candidate))
		m.line("| :--- | :--- | ---: | ---: | :--- |")
		for len(rows) > 0 && m.buf.Len() < maxTiers {
			x := rows[0]
			rows = rows[1:]
			m.line("| %s | %s | %s | %s | %s |", cell(x.Name), cell(x.Kind), members(x.Baseline), members(x.Candidate), status(x))
		}
		m.line("")
	}
	if len(rows) > 0 {
		m.line("and %s more\n", plural.Count(len(rows), "tier"))
	}
	if same > 0 {
		m.line("%s of one member in both\n", plural.Count(same, "tier"))
	}
}

func (m *markdown) unjudged() {
	notes := unjudged(m.r)
	if len(notes) == 0 {
		return
	}
	m.line("<details><summary>Not judged</summary>\n")
	for i, note := range notes {
		if m.buf.Len() > maxNotes {
			m.line("- and %d more", len(notes)-i)
			break
		}
		m.line("- %s", prose(shorten(note, 300)))
	}
	m.line("\n</details>\n")
}

// members is a cell with a side of a tier.
func members(side *parity.TierSide) string {
	switch {
	case side == nil:
		return "–"
	case side.Members < 0:
		return "not known"
	case side.Size == "":
		return fmt.Sprint(side.Members)
	}
	return fmt.Sprintf("%d × %s", side.Members, cell(side.Size))
}

func status(x parity.Tier) string {
	switch x.Status {
	case "one-box":
		return fmt.Sprintf("❌ **one box**, expected %d", x.Expected.Members)
	case "missing":
		return "❌ **missing**"
	case "proportion":
		return fmt.Sprintf("⚠️ expected %d", x.Expected.Members)
	case "extra":
		return "extra"
	case "unknown":
		return "not known"
	}
	return "ok"
}

// findings lists the causes in folds, the most severe ones first, as the end
// is what is cut.
func (m *markdown) findings() {
	var folds [3][]parity.Finding
	var known, waived []parity.Finding
	for _, f := range m.r.Findings {
		switch {
		case f.Waiver != nil:
			waived = append(waived, f)
		case f.Known:
			known = append(known, f)
		default:
			folds[f.Severity] = append(folds[f.Severity], f)
		}
	}
	m.fold("❌", plural.Count(len(folds[parity.Error]), "error"), folds[parity.Error], true)
	m.fold("⚠️", plural.Count(len(folds[parity.Warning]), "warning"), folds[parity.Warning], false)
	m.fold("🕘", fmt.Sprintf("%d known from the earlier report", len(known)), known, false)
	m.fold("✅", fmt.Sprintf("%d mended", len(m.r.Mended)), m.r.Mended, false)
	m.fold("🤝", fmt.Sprintf("%d waived", len(waived)), waived, false)
	m.fold("ℹ️", plural.Count(len(folds[parity.Info]), "info"), folds[parity.Info], false)
	if m.left > 0 {
		m.line("… and %s more, for which a comment has no room: the JSON report has them all.\n", plural.Count(m.left, "finding"))
	}
}

// fold writes findings by cause, in as far as there is room.
func (m *markdown) fold(mark, title string, fs []parity.Finding, open bool) {
	if len(fs) == 0 {
		return
	}
	cs := causes(fs)
	attr := ""
	if open {
		attr = " open"
	}
	head := fmt.Sprintf("<details%s><summary>%s %s</summary>\n\n", attr, mark, title)
	if m.left > 0 || m.buf.Len()+len(head) > maxComment-tailComment {
		m.left += len(fs)
		return
	}
	m.buf.WriteString(head)
	room := true
	for i, c := range cs {
		help := c.help
		if i+1 < len(cs) && cs[i+1].help == help {
			help = ""
		}
		item := causeItem(c, help)
		if room = room && m.buf.Len()+len(item) <= maxComment-tailComment; !room {
			m.left += len(c.places)
			continue
		}
		m.buf.WriteString(item)
	}
	m.line("\n</details>\n")
}

// causeItem is a list item: what differs, where, and what to do.
func causeItem(c *cause, help string) string {
	var b strings.Builder
	title := prose(shorten(c.title, 300))
	if key := keyOf(c.findings[0]); key != "" {
		title = code(key) + ": " + code(value(c.findings[0].Baseline)) + " → " + code(value(c.findings[0].Candidate))
	}
	rules := make([]string, len(c.rules))
	for i, rule := range c.rules {
		rules[i] = code(rule)
	}
	fmt.Fprintf(&b, "- **%s** %s\n", strings.Join(rules, ", "), title)
	for i, p := range c.places {
		if i == maxPlaces && len(c.places) > maxPlaces+1 {
			fmt.Fprintf(&b, "  - and %d more places\n", len(c.places)-i)
			break
		}
		fmt.Fprintf(&b, "  - %s\n", code(p))
	}
	if w := c.findings[0].Waiver; w != nil {
		fmt.Fprintf(&b, "  - 🤝 %s\n", prose(shorten(waiver(w), 300)))
	} else if help != "" {
		fmt.Fprintf(&b, "  - → %s\n", prose(shorten(clean(help), 300)))
	}
	return b.String()
}

// code is text in a span of code, in which nothing has a meaning.
func code(s string) string {
	s = shorten(clean(s), 200)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.TrimSpace(s) != s || s == "" || s[0] == '`' || s[len(s)-1] == '`' {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell is text for a table, whose bars count inside of code too.
func cell(s string) string { return "<code>" + prose(shorten(clean(s), 60)) + "</code>" }

// prose is text in which nothing has a meaning: no markup, no link, nobody is
// told about it, and no issue is referred to.
func prose(s string) string { return entities.Replace(s) }

// entities write what HTML and Markdown give a meaning to. An empty comment
// keeps GitHub from making a mention or a reference of what follows.
var entities = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	`\`, "&#92;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "[", "&#91;", "]", "&#93;",
	"|", "&#124;", "~", "&#126;", ": ", ": ", ":", "&#58;", "$", "&#36;", "www.", "www&#46;",
	"@", "&#64;<!-- -->", "#", "&#35;<!-- -->", "GH-", "GH&#45;<!-- -->",
)
