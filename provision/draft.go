package provision

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
)

// Draft is what first definitions of two environments are written from.
type Draft struct {
	Baseline, Candidate Observation // where they are observed
	Report              *parity.Report
	// Scaled are the baseline's tiers whose members follow a scale, by their address.
	Scaled map[string]bool
}

// Files writes a definition of each environment into a directory: tiers and scale as they are now, and, as comments, a
// waiver to be filled in for every finding that is more than an info. So they are judged as without definitions.
func (d Draft) Files(dir string) []File {
	baseline, candidate := d.names()
	return []File{
		{filepath.Join(dir, baseline+".hcl"), d.production(dir, baseline)},
		{filepath.Join(dir, candidate+".hcl"), d.model(dir, baseline, candidate)},
	}
}

// names are the environments' own, where they have two that can name an environment.
func (d Draft) names() (baseline, candidate string) {
	name := func(text, instead string) string {
		if text == "" {
			return instead
		}
		return slug(text)
	}
	baseline, candidate = name(d.Report.Baseline.Name, "production"), name(d.Report.Candidate.Name, "staging")
	if baseline != candidate {
		return baseline, candidate
	}
	return "production", "staging"
}

func (d Draft) production(dir, name string) []byte {
	w := &draftText{}
	w.comment("What " + name + " is. Its models are derived from this: see docs/definitions.md.")
	w.line("environment %s {", Quoted(name))
	w.observe(d.Baseline, dir)
	var lines []string
	named := map[string]bool{}
	for _, tier := range d.Report.Tiers {
		if side := tier.Baseline; side != nil && d.Scaled[side.Address] && side.Members > 0 {
			if named[tier.Name] {
				lines = append(lines, fmt.Sprintf("# %s is called %s as well, and has %s.", oneLine(side.Address), oneLine(tier.Name), plural.Count(side.Members, "member")))
				continue
			}
			named[tier.Name] = true
			lines = append(lines, fmt.Sprintf("tier %s { # %s", Quoted(tier.Name), oneLine(side.Address)), fmt.Sprintf("members = %d", min(side.Members, maxMembers)))
			if side.Size != "" {
				lines = append(lines, "size = "+Quoted(side.Size))
			}
			lines = append(lines, "}")
		}
	}
	if len(lines) > 0 {
		w.line("")
		w.comment("The tiers as they were seen. Without these blocks they are what is seen each time.")
		for _, line := range lines {
			w.line("%s", line)
		}
	}
	w.line("}")
	return w.bytes()
}

func (d Draft) model(dir, baseline, name string) []byte {
	w := &draftText{}
	w.comment(name + " as a scale model of " + baseline + ". What differs today is at the end.")
	w.line("environment %s {", Quoted(name))
	w.line("model_of = %s", Quoted(baseline))
	w.line("")
	if k := d.Report.Scale.Observed; k > 0 {
		w.line("scale {")
		w.line("ratio = %s # as measured; write the one that you mean", Quoted(plainRatio(k)))
		w.line("minimum = %d # members that no tier of as many goes below", d.Report.Scale.Minimum)
		w.line("}")
	} else {
		w.comment("No tier tells the scale: it is as large as its model. Otherwise: scale { ratio = \"1/4\" }")
	}
	w.line("")
	w.observe(d.Candidate, dir)
	w.line("")
	source := "../stack"
	if d.Candidate.Kind == "terraform" {
		source, _ = splitWorkspace(d.Candidate.Source, dir)
	}
	w.comment("To have it made and kept by `maquette up "+name+"`, name its Terraform root in place of the observe block:",
		"terraform {",
		"  source    = "+Quoted(source),
		"  variables = { environment = env.name }",
		"}")
	d.waivers(w, name)
	w.line("}")
	return w.bytes()
}

// waivers proposes to accept what differs, as comments: nothing is accepted until somebody says so.
func (d Draft) waivers(w *draftText, name string) {
	var blocks []string
	for _, f := range d.Report.Findings {
		if f.Severity == parity.Info || f.Waiver != nil || !parity.Acceptable(f.Rule) {
			continue
		}
		narrow := f.Waive()
		waive := Waive{Rule: narrow.Rule, Tier: narrow.Tier, Address: narrow.Address, Path: narrow.Path}
		values := ""
		if f.Baseline != nil && f.Candidate != nil && !strings.Contains(f.Message, brief(f.Candidate)) {
			values = ", " + brief(f.Baseline) + " there and " + brief(f.Candidate) + " here"
		}
		blocks = append(blocks, fmt.Sprintf("%s %s: %s%s\n%s", f.ID, f.Severity, oneLine(f.Message), values, waive.Block()))
	}
	if len(blocks) == 0 {
		return
	}
	w.line("")
	w.comment(fmt.Sprintf("%s: `maquette parity %s` tells them, and fails for the errors. Mend them. What differs on", plural.Count(len(blocks), "finding"), name),
		"purpose is waived: take away the # before its block, and say why, who answers for it, and until when.")
	w.line("parity {")
	for i, block := range blocks {
		if i > 0 {
			w.line("")
		}
		w.comment(strings.Split(strings.TrimSuffix(block, "\n"), "\n")...)
	}
	w.line("}")
}

// brief is a value in a few words.
func brief(value any) string {
	runes := []rune(oneLine(fmt.Sprint(value)))
	if len(runes) > 40 {
		return string(runes[:39]) + "…"
	}
	return string(runes)
}

// draftText is a definition that is being written.
type draftText struct{ strings.Builder }

func (w *draftText) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *draftText) comment(lines ...string) {
	for _, line := range lines {
		w.line("%s", strings.TrimRight("# "+line, " "))
	}
}

func (w *draftText) bytes() []byte { return hclwrite.Format([]byte(w.String())) }

// observe writes where an environment is observed, with paths relative to a directory.
func (w *draftText) observe(o Observation, dir string) {
	w.line("observe {")
	w.line("%s {", o.Kind)
	switch o.Kind {
	case "terraform":
		path, workspace := splitWorkspace(o.Source, dir)
		w.line("dir = %s", Quoted(path))
		if workspace != "" {
			w.line("workspace = %s", Quoted(workspace))
		}
	case "aws":
		w.aws(o.Source, dir)
	default:
		w.line("file = %s", Quoted(relative(dir, o.Source)))
	}
	w.line("}")
	w.line("}")
}

// aws writes a live source as decoder.aws reads it.
func (w *draftText) aws(source, dir string) {
	u, err := url.Parse(source)
	if err != nil {
		return // it was read
	}
	list := func(name string, texts []string) {
		w.line("%s = [%s]", name, strings.Join(mapped(texts, Quoted), ", "))
	}
	if regions := strings.Split(u.Host, ","); len(regions) > 1 {
		list("regions", regions)
	} else if u.Host != "" {
		w.line("region = %s", Quoted(u.Host))
	}
	query := u.Query()
	var tags []string
	for _, key := range slices.Sorted(maps.Keys(query)) {
		values := query[key]
		switch tag, isTag := strings.CutPrefix(key, "tag."); {
		case isTag:
			tags = append(tags, fmt.Sprintf("%s = %s", Quoted(tag), Quoted(values[0])))
		case key == "name" || key == "vpc":
			list(key+"s", values)
		case key == "rate" || key == "max_calls":
			w.line("%s = %s", key, values[0])
		case key == "tfstate":
			w.line("%s = %s", key, Quoted(relative(dir, values[0])))
		case !strings.HasPrefix(key, "without."):
			w.line("%s = %s", key, Quoted(values[0]))
		}
	}
	if len(tags) > 0 {
		w.line("tags = { %s }", strings.Join(tags, ", "))
	}
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if service, ok := strings.CutPrefix(key, "without."); ok {
			w.line("without %s {", Quoted(service))
			w.line("reason = %s", Quoted(query.Get(key)))
			w.line("}")
		}
	}
}

func mapped(texts []string, f func(string) string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, f(text))
	}
	return all
}

// splitWorkspace is the directory and the workspace of a source of kind terraform.
func splitWorkspace(source, dir string) (path, workspace string) {
	if i := strings.LastIndexByte(source, '#'); i >= 0 {
		source, workspace = source[:i], source[i+1:]
	}
	return relative(dir, source), workspace
}

// relative names a file from a directory. Both are absolute; where there is no way from one to the other, the name stays.
func relative(dir, name string) string {
	rel, err := filepath.Rel(dir, name)
	if err != nil {
		return name
	}
	if rel = filepath.ToSlash(rel); !strings.HasPrefix(rel, "..") {
		rel = "./" + rel
	}
	return rel
}

// Quoted writes a text as HCL has it.
func Quoted(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}

// plainRatio writes a scale that a report has rounded as the plainest fraction that it can be, which it was measured as.
func plainRatio(k float64) string {
	for den := 1; den <= 100; den++ {
		if num := math.Round(k * float64(den)); num > 0 && math.Abs(num/float64(den)-k) <= 0.00005 {
			return fmt.Sprintf("%d/%d", int(num), den)
		}
	}
	return strconv.FormatFloat(k, 'f', -1, 64)
}
