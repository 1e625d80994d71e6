package report

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
)

// What a page holds, so that a browser stays quick. The verdict and the counts
// are of everything.
const (
	maxPageFindings = 2000
	maxPageTiers    = 200
	maxPageList     = 200  // of mended findings, gaps, notes
	maxPageText     = 1000 // characters of a value
	maxPlotBoxes    = 48   // on one side of a tier
	maxPlotLanes    = 6
	boxSide         = 18 // of the baseline's machines, in pixels
)

//go:embed html
var pageFiles embed.FS

// pageTemplate is parsed when it is first used: most runs write no page.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report.html.tmpl").Funcs(template.FuncMap{
		"of": func(p *page, c pageCause) map[string]any { return map[string]any{"Page": p, "Cause": c} },
	}).ParseFS(pageFiles, "html/report.html.tmpl"))
})

// HTML writes the report as a page in one file, for the people who decide on a
// gate. It loads nothing, and its policy forbids it to. Without JavaScript it
// is a document like any other; with it findings can be filtered and searched.
func HTML(w io.Writer, r *parity.Report, _ Style) error {
	return pageTemplate().Execute(w, newPage(r))
}

// pageStyle is the style of every page, before that of one kind.
func pageStyle(files ...string) template.CSS {
	var css strings.Builder
	for _, file := range append([]string{"style.css"}, files...) {
		css.WriteString(pageFile(file))
	}
	for n := boxSide / 3; n <= 2*boxSide; n++ { // as styles of single elements are forbidden
		fmt.Fprintf(&css, ".b%d { --b: %dpx; }\n", n, n)
	}
	return template.CSS(css.String())
}

func pageFile(name string) string {
	data, err := pageFiles.ReadFile("html/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(data)
}

// contentPolicy lets a page use its own style and script, which are told by
// their digests, and nothing else: what is injected neither runs nor loads.
func contentPolicy(css template.CSS, js template.JS) string {
	digest := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'",
		digest(string(css)), digest(string(js)))
}

// page is what the template shows: texts that are clean, and words for what
// has one.
type page struct {
	Policy string
	CSS    template.CSS
	JS     template.JS

	Baseline, Candidate       string
	Sides                     []pageSide
	Verdict, Word, Mark, Says string
	FailOn, Since             string
	Score, Declared, Measured string
	Summary                   parity.Summary
	Known                     int

	Gaps           []parity.Gap
	GapsLeft       int
	Dimensions     []pageDimension
	Tiers, Singles []pageTier
	TiersLeft      int

	Findings    int // all
	Shown, Left int
	Groups      []pageGroup
	TierNames   []string
	RuleIDs     []string
	States      []string
	Mended      []pageCause
	MendedLeft  int
	Notes       []string
	NotesLeft   int
}

type pageSide struct {
	Role, Name, Observed string
	Sources              []string
	Resources            string
}

type pageDimension struct {
	Name, Score, Says string
	Judged            bool
	Width             string // of the bar, in hundredths
}

type pageTier struct {
	Name, Kind, Status, Mark, Label, Expected, Unit string
	Baseline, Candidate                             plot
	Link                                            string // what was found of it
}

// plot is one side of a tier, drawn: a box a member, in a lane for each zone.
type plot struct {
	Lanes   []lane
	Says    string
	Unknown bool
}

type lane struct {
	Gone  bool // the baseline has this zone, the candidate does not
	Boxes []box
}

type box struct {
	Absent bool // expected, and not there
	Side   int  // pixels
	Zones  int  // how many it stretches over; 0: it stands in its lane
}

type pageGroup struct {
	ID, Title, Says string
	Causes          []pageCause
}

type pageCause struct {
	Severity, Mark, State, Title, Key, From, To string
	Rules, Why                                  []string
	Message, Help                               string
	Waiver                                      *parity.Waiver
	Places                                      []pagePlace
}

type pagePlace struct {
	ID, Rule, Tier, Baseline, Candidate, Path, From, To, Location string
}

var marks = map[parity.Severity]string{parity.Error: "✗", parity.Warning: "!", parity.Info: "i"}

func newPage(r *parity.Report) *page {
	p := &page{CSS: pageStyle("report.css"), JS: template.JS(pageFile("report.js"))}
	p.Policy = contentPolicy(p.CSS, p.JS)
	p.Baseline, p.Candidate = names(r)
	p.verdict(r)
	p.Gaps, p.GapsLeft = head(r.Incomplete, maxPageList)
	p.Gaps = slices.Clone(p.Gaps)
	for i, g := range p.Gaps {
		p.Gaps[i] = parity.Gap{Source: shorten(clean(g.Source), maxPageText), Reason: shorten(clean(g.Reason), maxPageText)}
	}
	p.dimensions(r)
	p.tiers(r)
	p.findings(r)
	mended, mendedLeft := head(r.Mended, maxPageList)
	for _, c := range causes(mended) {
		p.Mended = append(p.Mended, newPageCause(c))
	}
	p.MendedLeft = mendedLeft
	notes, left := head(unjudged(r), maxPageList)
	for _, note := range notes {
		p.Notes = append(p.Notes, capital(shorten(note, 10*maxPageText)))
	}
	p.NotesLeft = left
	return p
}

// head is the first of a list, and how many are left out.
func head[T any](list []T, n int) ([]T, int) {
	n = min(n, len(list))
	return list[:n], len(list) - n
}

func (p *page) verdict(r *parity.Report) {
	word, says := claim(r, p.Baseline, p.Candidate)
	p.Verdict, p.Word, p.Says = string(r.Verdict), capital(strings.ToLower(word)), capital(says)
	p.Mark = map[parity.Verdict]string{parity.Pass: "✓", parity.Fail: "✗", parity.Incomplete: "?"}[r.Verdict]
	p.FailOn = r.FailOn.String()
	p.Since = capital(changes(r))
	p.Score = strconv.FormatFloat(r.Score, 'f', 2, 64)
	p.Measured = parity.RatioText(r.Scale.Observed)
	if r.Scale.Declared != nil {
		p.Declared = shorten(clean(*r.Scale.Declared), 20)
	}
	p.Summary = r.Summary
	for _, side := range []struct {
		role, name string
		of         parity.Side
	}{{"Baseline", p.Baseline, r.Baseline}, {"Candidate", p.Candidate, r.Candidate}} {
		s := pageSide{Role: side.role, Name: side.name, Resources: plural.Count(side.of.Resources, "resource")}
		for _, source := range side.of.Sources {
			s.Sources = append(s.Sources, shorten(clean(source), maxPageText))
		}
		if side.of.ObservedAt != nil {
			s.Observed = shorten(clean(*side.of.ObservedAt), 60)
		}
		p.Sides = append(p.Sides, s)
	}
}

func (p *page) dimensions(r *parity.Report) {
	for _, name := range parity.Dimensions {
		d := r.Dimensions[name]
		if d == nil || d.Compared == 0 {
			p.Dimensions = append(p.Dimensions, pageDimension{Name: capital(name), Score: "–", Says: "nothing to compare"})
			continue
		}
		says := fmt.Sprintf("%d compared, all alike", d.Compared)
		if d.Different > 0 {
			says = fmt.Sprintf("%d compared, %d different", d.Compared, d.Different)
		}
		p.Dimensions = append(p.Dimensions, pageDimension{
			Name: capital(name), Score: strconv.FormatFloat(d.Score, 'f', 2, 64), Judged: true, Says: says,
			Width: strconv.FormatFloat(100*d.Score, 'f', 1, 64),
		})
	}
}

func (p *page) tiers(r *parity.Report) {
	found := map[string]*parity.Summary{}
	for _, f := range r.Findings {
		if f.Tier == nil {
			continue
		}
		s := found[*f.Tier]
		if s == nil {
			s = &parity.Summary{}
			found[*f.Tier] = s
		}
		switch {
		case f.Waiver != nil:
			s.Waived++
		case f.Severity == parity.Error:
			s.Error++
		case f.Severity == parity.Warning:
			s.Warning++
		}
	}
	tiers := r.Tiers
	if len(tiers) > maxPageTiers { // what is well is left out first
		tiers = slices.Clone(tiers)
		slices.SortStableFunc(tiers, func(a, b parity.Tier) int {
			return cmp.Compare(boolInt(a.Status == "ok"), boolInt(b.Status == "ok"))
		})
		tiers, p.TiersLeft = head(tiers, maxPageTiers)
	}
	for _, x := range tiers {
		t := newPageTier(x)
		if s := found[x.Name]; s != nil {
			var parts []string
			if s.Error > 0 {
				parts = append(parts, plural.Count(s.Error, "error"))
			}
			if s.Warning > 0 {
				parts = append(parts, plural.Count(s.Warning, "warning"))
			}
			if s.Waived > 0 {
				parts = append(parts, fmt.Sprintf("%d waived", s.Waived))
			}
			t.Link = strings.Join(parts, ", ")
		}
		// The status is of the number of members: it is no praise of the rest.
		if t.Status == "ok" && (t.Link != "" || lessZones(x)) {
			t.Status, t.Mark, t.Label = "fits", "=", "Number fits"
		}
		// Single things that are the same in both are no picture.
		if single(x) && x.Baseline.Size == x.Candidate.Size && x.Baseline.Zones == x.Candidate.Zones && t.Link == "" {
			p.Singles = append(p.Singles, t)
			continue
		}
		p.Tiers = append(p.Tiers, t)
	}
}

// lessZones reports whether a tier's candidate leaves out zones that it has the
// members for. One thing may be in several zones, as a balancer is.
func lessZones(x parity.Tier) bool {
	b, c := x.Baseline, x.Candidate
	return b != nil && c != nil && c.Zones > 0 && c.Zones < b.Zones && (c.Members == 1 || c.Zones < c.Members)
}

func newPageTier(x parity.Tier) pageTier {
	t := pageTier{Name: shorten(clean(x.Name), 120), Kind: shorten(clean(x.Kind), 60), Status: x.Status}
	expected := x.Expected.Members
	switch x.Status {
	case "one-box":
		t.Mark, t.Label = "✗", "One box"
	case "missing":
		t.Mark, t.Label = "✗", "Missing"
	case "proportion":
		t.Mark, t.Label = "!", "Off scale"
	case "extra":
		t.Mark, t.Label, expected = "i", "Extra", 0
	case "unknown":
		t.Mark, t.Label = "?", "Not known"
	default:
		t.Mark, t.Label, expected = "✓", "True to scale", 0
	}
	switch {
	case expected > 0 && x.Candidate != nil && x.Candidate.Members >= 0 && x.Candidate.Members < expected:
		t.Expected = fmt.Sprintf("%d of %d expected", x.Candidate.Members, expected)
	case expected > 0:
		t.Expected = fmt.Sprintf("%d expected", expected)
	}
	most, zones := max(1, expected), 0
	for _, side := range []*parity.TierSide{x.Baseline, x.Candidate} {
		if side != nil {
			most = max(most, side.Members)
		}
	}
	unit := 1 + (most-1)/maxPlotBoxes
	if unit > 1 {
		t.Unit = fmt.Sprintf("a box is %d members", unit)
	}
	size := ""
	if x.Baseline != nil {
		zones, size = x.Baseline.Zones, x.Baseline.Size
	}
	t.Baseline = newPlot(x.Baseline, unit, 0, 0, size)
	t.Candidate = newPlot(x.Candidate, unit, expected, zones, size)
	return t
}

// newPlot draws a side of a tier. Which member stands in which zone is not in
// the report: they are dealt out evenly. Zones that only the baseline has, and
// that there would be members for, are dashed lanes; and the area of a box says how large its machine is beside the
// baseline's.
func newPlot(side *parity.TierSide, unit, expected, baselineZones int, baselineSize string) plot {
	boxes := func(members int) int { return (members + unit - 1) / unit }
	if side == nil {
		p := plot{Says: "none"}
		if expected > 0 {
			p.Lanes = []lane{{Boxes: slices.Repeat([]box{{Absent: true, Side: boxSide}}, boxes(expected))}}
		}
		return p
	}
	if side.Members < 0 {
		return plot{Unknown: true, Says: "members not known" + machineText(side)}
	}
	p := plot{Says: strconv.Itoa(side.Members) + machineText(side)}
	pixels := boxSide
	if ratio, ok := parity.SizeRatio(baselineSize, side.Size); ok && baselineSize != "" {
		pixels = int(math.Round(min(max(boxSide*math.Sqrt(ratio), boxSide/3), boxSide*2)))
	}
	zones := side.Zones
	spans := side.Members == 1 && zones > 1 && expected <= 1 // one thing in several zones at once, as a balancer is
	lanes := zones
	switch {
	case spans:
		lanes = max(zones, baselineZones)
	case zones > 0:
		lanes = max(zones, min(baselineZones, max(side.Members, expected)))
	}
	lanes = min(max(lanes, 1), maxPlotLanes)
	p.Lanes = make([]lane, lanes)
	for i := range p.Lanes {
		p.Lanes[i].Gone = zones > 0 && i >= zones
	}
	there := min(max(zones, 1), lanes)
	full := boxes(side.Members)
	if spans {
		p.Lanes[0].Boxes = []box{{Side: pixels, Zones: there}}
		return p
	}
	for i := range full {
		l := &p.Lanes[i%there]
		l.Boxes = append(l.Boxes, box{Side: pixels})
	}
	for i := full; i < boxes(expected); i++ {
		l := &p.Lanes[i%lanes]
		l.Boxes = append(l.Boxes, box{Absent: true, Side: pixels})
	}
	return p
}

// machineText says of what size members are, and in how many zones.
func machineText(side *parity.TierSide) string {
	s := ""
	if side.Size != "" {
		s = " × " + shorten(clean(side.Size), 60)
	}
	if side.Zones > 0 {
		s += " in " + plural.Count(side.Zones, "zone")
	}
	return s
}

// findings groups what there is by dimension and cause. Of too many, the least
// severe are left out, and before them those that do not fail.
func (p *page) findings(r *parity.Report) {
	rank := func(f parity.Finding) int {
		return 4*boolInt(f.Waiver != nil) + 2*boolInt(f.Known)
	}
	fs := slices.Clone(r.Findings)
	slices.SortStableFunc(fs, func(a, b parity.Finding) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Severity, a.Severity))
	})
	for _, f := range fs {
		p.Known += boolInt(f.Known && f.Waiver == nil)
	}
	p.Findings = len(fs)
	fs, p.Left = head(fs, maxPageFindings)
	p.Shown = len(fs)

	dimensions := slices.Clone(parity.Dimensions)
	tiers, rules, states := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range fs {
		if !slices.Contains(dimensions, f.Dimension) {
			dimensions = append(dimensions, f.Dimension)
		}
	}
	for _, d := range dimensions {
		var open, waived []parity.Finding
		for _, f := range fs {
			switch {
			case f.Dimension != d:
			case f.Waiver != nil:
				waived = append(waived, f)
			default:
				open = append(open, f)
			}
		}
		g := pageGroup{ID: clean(d), Title: capital(clean(d)), Says: plural.Count(len(open)+len(waived), "finding")}
		for _, c := range append(causes(open), causes(waived)...) {
			pc := newPageCause(c)
			states[pc.State] = true
			for _, place := range pc.Places {
				rules[place.Rule] = true
				if place.Tier != "" {
					tiers[place.Tier] = true
				}
			}
			g.Causes = append(g.Causes, pc)
		}
		if len(g.Causes) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	p.TierNames, p.RuleIDs, p.States = slices.Sorted(maps.Keys(tiers)), slices.Sorted(maps.Keys(rules)), slices.Sorted(maps.Keys(states))
}

func newPageCause(c *cause) pageCause {
	first := c.findings[0]
	pc := pageCause{
		Severity: c.severity.String(), Mark: marks[c.severity], State: "open", Rules: c.rules,
		Title: shorten(c.title, 300), Help: sentence(shorten(c.help, maxPageText)),
	}
	switch {
	case first.Waiver != nil:
		w := first.Waiver
		pc.State = "waived"
		pc.Waiver = &parity.Waiver{Reason: sentence(shorten(w.Reason, maxPageText)), Owner: shorten(clean(w.Owner), 120), Expires: shorten(clean(w.Expires), 60)}
	case c.known:
		pc.State = "known"
	}
	if key := keyOf(first); key != "" {
		pc.Key, pc.From, pc.To = shorten(clean(key), 120), value(first.Baseline), value(first.Candidate)
		if !strings.HasSuffix(first.Message, " differs") { // which the key and the values have said
			pc.Message = shorten(clean(first.Message), maxPageText)
		}
	}
	for _, f := range c.findings {
		if why := ruleOf(f).Why; why != "" && !slices.Contains(pc.Why, why) {
			pc.Why = append(pc.Why, why)
		}
		place := pagePlace{
			ID: clean(f.ID), Rule: shorten(clean(f.Rule), 200), Path: shorten(clean(f.Path), maxPageText),
			Baseline: shorten(clean(f.Subject.Baseline), maxPageText), Candidate: shorten(clean(f.Subject.Candidate), maxPageText),
			From: valueUpTo(f.Baseline, maxPageText), To: valueUpTo(f.Candidate, maxPageText),
		}
		if f.Tier != nil {
			place.Tier = shorten(clean(*f.Tier), 120)
		}
		if f.Location != nil && f.Location.File != "" {
			place.Location = fmt.Sprintf("%s:%d", shorten(clean(f.Location.File), maxPageText), f.Location.Line)
		}
		pc.Places = append(pc.Places, place)
	}
	return pc
}
