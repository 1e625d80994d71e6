package report

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
)

// name is a side's name for people.
func name(s parity.Side, fallback string) string {
	if s.Name == "" {
		return fallback
	}
	return shorten(clean(s.Name), 60)
}

// names are those of both sides, told apart.
func names(r *parity.Report) (baseline, candidate string) {
	b, c := name(r.Baseline, "the baseline"), name(r.Candidate, "the candidate")
	if b == c {
		return b + " (baseline)", c + " (candidate)"
	}
	return b, c
}

// pair names what was compared in one word, for whoever tells reports apart.
func pair(r *parity.Report) string {
	slug := func(s parity.Side, fallback string) string {
		return strings.Map(func(c rune) rune {
			if c < utf8.RuneSelf && (unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("._-", c)) {
				return c
			}
			return '_'
		}, name(s, fallback))
	}
	return slug(r.Baseline, "baseline") + "-" + slug(r.Candidate, "candidate")
}

// claim is the verdict, as a word and as a sentence about a baseline and a
// candidate.
func claim(r *parity.Report, baseline, candidate string) (word, says string) {
	switch {
	case r.Verdict == parity.Incomplete:
		return "INCOMPLETE", fmt.Sprintf("evidence is missing: nothing is claimed of %s and %s", candidate, baseline)
	case r.Verdict == parity.Fail:
		return "FAIL", fmt.Sprintf("%s is not a true scale model of %s", candidate, baseline)
	case r.Summary.Error+r.Summary.Warning > 0:
		return "PASS", fmt.Sprintf("%s models %s, but for what is below", candidate, baseline)
	}
	return "PASS", fmt.Sprintf("%s is a true scale model of %s", candidate, baseline)
}

// tally counts findings, resources and the rest of the verdict in words.
func tally(r *parity.Report) string {
	scale := "measured " + parity.RatioText(r.Scale.Observed)
	if r.Scale.Declared != nil {
		scale = "declared " + clean(*r.Scale.Declared) + ", " + scale
	}
	return fmt.Sprintf("%s, %s, %s · scale %s · %d and %d resources · score %.2f",
		plural.Count(r.Summary.Error, "error"), plural.Count(r.Summary.Warning, "warning"), plural.Count(r.Summary.Info, "info"),
		scale, r.Baseline.Resources, r.Candidate.Resources, r.Score)
}

// changes says in words what has changed since an earlier report; "" where
// there is none.
func changes(r *parity.Report) string {
	known := 0
	for _, f := range r.Findings {
		if f.Known && f.Waiver == nil {
			known++
		}
	}
	if known+len(r.Mended) == 0 {
		return ""
	}
	return fmt.Sprintf("since the earlier report: %d new, %d known, %d mended",
		r.Summary.Error+r.Summary.Warning+r.Summary.Info-known, known, len(r.Mended))
}

// unjudged says of what nothing is claimed, for other reasons than that a
// source could not be read.
func unjudged(r *parity.Report) []string {
	var notes []string
	if n := r.Unresolved; n > 0 {
		notes = append(notes, plural.Count(n, "reference")+" to things outside of both environments, taken for equal")
	}
	if n := r.Unknown; n > 0 {
		notes = append(notes, plural.Count(n, "attribute")+" not known, so not compared")
	}
	if len(r.Uncompared) > 0 {
		var types []string
		for _, k := range slices.Sorted(maps.Keys(r.Uncompared)) {
			types = append(types, fmt.Sprintf("%s %d", clean(k), r.Uncompared[k]))
		}
		notes = append(notes, "settings not compared of: "+strings.Join(types, ", "))
	}
	if note := leftOut(r); note != "" {
		notes = append(notes, note)
	}
	for _, ig := range r.Ignored {
		notes = append(notes, fmt.Sprintf("%s ignored, of %s: %s", plural.Count(ig.Findings, "finding"), clean(ig.String()), clean(ig.Reason)))
	}
	for _, c := range r.Custom {
		if c.Matched == 0 {
			notes = append(notes, "the rule "+clean(c.Rule)+" matches nothing in either environment")
		}
	}
	return notes
}

// leftOut says how many findings the report counts and does not list; "" where it lists all.
func leftOut(r *parity.Report) string {
	if r.Cut == nil {
		return ""
	}
	return fmt.Sprintf("counted and not listed, as there are too many: %s, %s, %s and %d waived",
		plural.Count(r.Cut.Error, "error"), plural.Count(r.Cut.Warning, "warning"), plural.Count(r.Cut.Info, "info"), r.Cut.Waived)
}

// capital is text with its first letter large.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// sentence is text that can stand before another sentence.
func sentence(s string) string {
	s = capital(clean(s))
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// told is a finding in sentences, for readers that show nothing else of it: the resource, what is found there, the values
// where both sides have one, and what to do.
func told(f parity.Finding) string {
	text := clean(f.Message)
	if address := clean(cmp.Or(f.Subject.Candidate, f.Subject.Baseline)); address != "" {
		text = address + ": " + text
	} else {
		text = capital(text)
	}
	if f.Baseline != nil && f.Candidate != nil {
		text += " (" + value(f.Baseline) + " → " + value(f.Candidate) + ")"
	}
	return strings.TrimSuffix(text, ".") + ". " + clean(f.Help)
}

// ruleOf describes a finding's rule, as far as it can where it is the user's
// own.
func ruleOf(f parity.Finding) parity.Rule {
	if rule, ok := parity.RuleFor(f.Rule); ok {
		return rule
	}
	return parity.Rule{ID: f.Rule, Severity: f.Severity, Fires: "the rule " + shorten(clean(f.Rule), 200) + " is broken", Help: f.Help}
}

// location is where a finding is mended. Formats that annotate files want one
// of each: where nobody has said, it is what the candidate was read from.
func location(r *parity.Report, f parity.Finding) parity.Location {
	if f.Location != nil && f.Location.File != "" {
		l := *f.Location
		return parity.Location{File: path.Clean(clean(l.File)), Line: max(l.Line, 1), Column: max(l.Column, 1)}
	}
	file := "candidate"
	if n := len(r.Candidate.Sources); n > 0 && r.Candidate.Sources[n-1] != "" {
		file = path.Clean(clean(r.Candidate.Sources[n-1]))
	}
	return parity.Location{File: file, Line: 1, Column: 1}
}

// single reports whether a tier is one thing that has its counterpart, which
// is no picture.
func single(x parity.Tier) bool {
	return x.Status == "ok" && x.Baseline != nil && x.Baseline.Members == 1 && x.Candidate != nil && x.Candidate.Members == 1
}

// cause is findings that have one reason: the same key with the same values in
// several places, or one tier.
type cause struct {
	rules    []string
	severity parity.Severity
	known    bool
	title    string
	places   []string
	help     string
	findings []parity.Finding
}

// causes groups findings: those that are known come last, more severe ones
// first.
func causes(fs []parity.Finding) []*cause {
	type key struct {
		title    string
		severity parity.Severity
		known    bool
		waiver   string
	}
	var out []*cause
	at := map[key]*cause{}
	for _, f := range fs {
		k := key{title: headline(f), severity: f.Severity, known: f.Known}
		if f.Waiver != nil {
			k.waiver = waiver(f.Waiver)
		}
		c := at[k]
		if c == nil {
			c = &cause{severity: f.Severity, known: f.Known, title: k.title, help: advice(f)}
			at[k] = c
			out = append(out, c)
		}
		if rule := clean(f.Rule); !slices.Contains(c.rules, rule) {
			c.rules = append(c.rules, rule)
		}
		c.places = append(c.places, place(f))
		c.findings = append(c.findings, f)
	}
	slices.SortStableFunc(out, func(a, b *cause) int {
		return cmp.Or(cmp.Compare(boolInt(a.known), boolInt(b.known)), cmp.Compare(b.severity, a.severity))
	})
	return out
}

// advice is what to do: the remedy where there is one that is certain.
func advice(f parity.Finding) string {
	if f.Remedy == nil {
		return f.Help
	}
	return fmt.Sprintf("Set %s = %s in %s:%d, as maquette remedy does.", f.Remedy.Set, f.Remedy.To, f.Remedy.File, f.Remedy.Line)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
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

func value(v any) string { return valueUpTo(v, 60) }

// valueUpTo is a value in up to n characters.
func valueUpTo(v any, n int) string {
	switch x := v.(type) {
	case nil:
		return "(none)"
	case string:
		if x == "" {
			return `""`
		}
		return shorten(clean(x), n)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// waiver says who accepts a finding, why, and for how long.
func waiver(w *parity.Waiver) string {
	return fmt.Sprintf("%s (%s, until %s)", clean(w.Reason), clean(w.Owner), clean(w.Expires))
}

func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// place says where a finding is: in the environments, or in the policy where
// it is of none of their resources.
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
	if where == "" && f.Path == "" && f.Location != nil {
		return fmt.Sprintf("%s:%d", clean(f.Location.File), f.Location.Line)
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

// Clean makes text of others' safe to print in one line of a terminal.
func Clean(s string) string { return clean(s) }

// clean makes text safe to print: no control characters, nothing that moves
// the cursor or reverses the line, and no mark by which the logs of CI systems
// know a command in the middle of a line.
func clean(s string) string {
	safe := true
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.Is(unicode.Bidi_Control, r) {
			safe = false
			break
		}
	}
	if !safe {
		q := strconv.QuoteToGraphic(strings.ToValidUTF8(s, "\ufffd"))
		s = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	}
	return strings.ReplaceAll(s, "##", `#\u0023`)
}
