package provision

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/maquette/maquette/internal/hclbounds"
)

// What a file may be at most.
const maxFileSize = 256 << 10

var limits = hclbounds.Limits{Nesting: 100, Operators: 5_000}

// Parse decodes and validates the definitions of all files, and reports everything that can be found without reading
// modules, in order of file and line. Where a file is no HCL, what takes several environments to see is not looked for:
// it would follow from what is missing. The definitions are never nil; with errors, they are good for Validate and
// WriteDiagnostics alone.
func Parse(files []File) (*Definitions, hcl.Diagnostics) {
	d := &Definitions{
		Environments: map[string]*Environment{},
		Files:        slices.Clone(files),
		parsed:       map[string]*hcl.File{},
		tiers:        map[string][]TierScale{},
		adrift:       map[string]bool{},
	}
	slices.SortStableFunc(d.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })

	dec := &decoder{}
	for _, file := range d.Files {
		parsed, diags := parseFile(file)
		d.parsed[file.Name] = parsed
		if diags.HasErrors() {
			d.unread = true
			dec.diags = append(dec.diags, diags...)
			continue
		}
		dec.bytes = file.Data
		for _, env := range dec.file(parsed) {
			if first := d.Environments[env.Name]; first != nil {
				dec.errorf(env.Range, "Duplicate environment", "The environment %q is defined at %s already. Give this one another name, or remove one of the two.",
					env.Name, place(first.Range))
				continue
			}
			d.Environments[env.Name] = env
		}
	}
	d.problems = dec.diags
	if !d.unread {
		d.problems = append(d.problems, d.validate()...)
		d.problems = append(d.problems, d.unreported(d.evaluateAll(nil, nil))...)
	}
	sortDiagnostics(d.problems)
	return d, slices.Clone(d.problems)
}

// parseFile reads one file as HCL. The file is never nil.
func parseFile(file File) (*hcl.File, hcl.Diagnostics) {
	unread := &hcl.File{Body: hcl.EmptyBody(), Bytes: file.Data}
	if diags := bounded(file.Data, file.Name); diags.HasErrors() {
		return unread, diags
	}
	parsed, diags := hclsyntax.ParseConfig(file.Data, file.Name, hcl.InitialPos)
	if parsed == nil {
		return unread, diags
	}
	return parsed, diags
}

// topOf is where a file begins.
func topOf(name string) hcl.Range {
	return hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
}

// bounded says whether a text is too large or nested too deeply to be parsed.
func bounded(data []byte, name string) hcl.Diagnostics {
	start := topOf(name)
	if len(data) > maxFileSize {
		return hcl.Diagnostics{problem(start, "File too large", "A file of definitions may have %d KiB, and this one has %d. Divide it: all *.hcl files of the directory are read together.",
			maxFileSize>>10, (len(data)+1023)>>10)}
	}
	switch excess, at := limits.Find(data, name); excess {
	case hclbounds.Operators:
		return hcl.Diagnostics{problem(at, "Too many operators", "A file of definitions may have %d operators. Divide it: all *.hcl files of the directory are read together.", limits.Operators)}
	case hclbounds.Nesting:
		return hcl.Diagnostics{problem(at, "Nested too deeply", "Brackets and templates may be nested %d deep at most.", limits.Nesting)}
	}
	return nil
}

// WriteDiagnostics prints diagnostics with the source lines that they are about, in order of file and line. A width of
// 0 wraps nothing.
func (d *Definitions) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width uint, colour bool) error {
	return writeDiagnostics(w, d.parsed, diags, width, colour)
}

// WriteDiagnostics prints diagnostics of the file, as Definitions.WriteDiagnostics does.
func (f File) WriteDiagnostics(w io.Writer, diags hcl.Diagnostics, width uint, colour bool) error {
	parsed, _ := parseFile(f)
	return writeDiagnostics(w, map[string]*hcl.File{f.Name: parsed}, diags, width, colour)
}

func writeDiagnostics(w io.Writer, parsed map[string]*hcl.File, diags hcl.Diagnostics, width uint, colour bool) error {
	sorted := slices.Clone(diags)
	sortDiagnostics(sorted)
	for _, diag := range sorted {
		var text strings.Builder
		if err := hcl.NewDiagnosticTextWriter(&text, parsed, width, colour).WriteDiagnostic(diag); err != nil {
			return err
		}
		said := text.String()
		if at := diag.Subject; at != nil { // without colours, nothing else says where in the line it is
			line := fmt.Sprintf("%s line %d", at.Filename, at.Start.Line)
			said = strings.Replace(said, line, fmt.Sprintf("%s, column %d", line, at.Start.Column), 1)
		}
		if _, err := io.WriteString(w, said); err != nil {
			return err
		}
	}
	return nil
}

// sortDiagnostics orders by place; those without one come first, as they are about what was asked for.
func sortDiagnostics(diags hcl.Diagnostics) {
	slices.SortStableFunc(diags, func(a, b *hcl.Diagnostic) int {
		if a.Subject == nil || b.Subject == nil {
			return cmp.Compare(btoi(a.Subject != nil), btoi(b.Subject != nil))
		}
		return cmp.Or(
			cmp.Compare(a.Subject.Filename, b.Subject.Filename),
			cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte),
			cmp.Compare(a.Summary, b.Summary),
			cmp.Compare(a.Detail, b.Detail),
		)
	})
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// unreported returns the diagnostics that tell something new: an inherited expression is evaluated for each heir, and
// what is wrong with it is told once.
func (d *Definitions) unreported(diags hcl.Diagnostics) hcl.Diagnostics {
	type key struct {
		at      hcl.Range
		summary string
	}
	keyOf := func(diag *hcl.Diagnostic) key {
		if diag.Subject == nil {
			return key{summary: diag.Summary + diag.Detail}
		}
		return key{*diag.Subject, diag.Summary}
	}
	seen := map[key]bool{}
	for _, diag := range d.problems {
		seen[keyOf(diag)] = true
	}
	var fresh hcl.Diagnostics
	for _, diag := range diags {
		if k := keyOf(diag); !seen[k] {
			seen[k] = true
			fresh = append(fresh, diag)
		}
	}
	return fresh
}

// problem is an error at a place.
func problem(at hcl.Range, summary, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &at}
}

// place names a range as people do.
func place(r hcl.Range) string {
	return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line)
}
