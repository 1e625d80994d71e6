package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/terraform-config-inspect/tfconfig"

	"github.com/maquette/maquette/internal/glob"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/terraform"
)

// locator finds where in the user's files a finding is mended.
type locator struct {
	base  string                 // what files are named from
	env   *provision.Environment // nil: the candidate is no environment
	roots []string               // Terraform directories that the candidate is made by
	first string                 // the file of the first of them that people look at first
	files []string               // what else it was read from
	docs  map[string]hcl.Range   // documents of the candidate, by address
	near  []string               // directories of those: a state or plan often lies beside what it is of
	read  map[string]*tfconfig.Module
	named map[string]string // files, as reports name them
}

// locate says of each finding where it is mended: the block of the resource, or else of the module that it would be in, in
// the candidate's Terraform files or in those that lie beside its state or plan; in the definition the tier or the
// environment; or else the file that the candidate was read from. A document is mended in its file. Where that is no file
// of this machine, nothing is said.
func (o *observer) locate(rep *parity.Report, candidate named, flags []documentFlag) (*locator, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	l := &locator{base: workTree(here), docs: map[string]hcl.Range{}, read: map[string]*tfconfig.Module{}, named: map[string]string{}}
	for _, flag := range flags {
		l.docs["document."+flag.name] = hcl.Range{Filename: flag.files[1]}
	}
	if candidate.environment == "" {
		l.source(candidate.source)
	} else if l.env = o.defs.Environments[candidate.environment]; l.env != nil {
		for _, doc := range l.env.Documents {
			at := doc.Range // of a command, there is what it runs
			if doc.File != "" {
				at = hcl.Range{Filename: doc.File}
			}
			l.docs["document."+doc.Name] = at
		}
		if candidate.instance == candidate.environment {
			for _, from := range l.env.Observe {
				l.source(from.Source)
			}
		}
		if root := o.defs.Root(candidate.environment); root != "" && len(l.roots) == 0 {
			l.roots = append(l.roots, root)
		}
	}
	for i := range rep.Findings {
		f := &rep.Findings[i]
		if f.Location == nil {
			f.Location = l.place(*f)
		} else {
			f.Location = l.at(f.Location.File, f.Location.Line, f.Location.Column)
		}
	}
	for i := range rep.Ignored {
		if at := rep.Ignored[i].Location; at != nil {
			rep.Ignored[i].Location = l.at(at.File, at.Line, at.Column)
		}
	}
	for i := range rep.Mended {
		if f := &rep.Mended[i]; f.Location == nil {
			f.Location = l.place(*f)
		}
	}
	return l, nil
}

// workTree is the top of the git work tree that a directory is in, which is what GitHub and GitLab name files from; or
// else the directory.
func workTree(here string) string {
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return here
		}
	}
}

// source adds what a source is read from, where that is here.
func (l *locator) source(name string) {
	if name == "-" {
		l.near = append(l.near, ".")
		return
	}
	info, err := os.Stat(name)
	if err == nil && !info.IsDir() {
		l.files, l.near = append(l.files, name), append(l.near, filepath.Dir(name))
		return
	}
	if err != nil {
		name = terraform.ParseDir(name).Path
	}
	if info, err = os.Stat(name); err == nil && info.IsDir() {
		l.roots = append(l.roots, name)
	}
}

func (l *locator) place(f parity.Finding) *parity.Location {
	if at, ok := l.docs[f.Subject.Candidate]; ok {
		return l.of(at)
	}
	tier, declared := l.tier(f)
	if declared && (f.Rule == "one-box/single-member" || f.Rule == "topology/proportion") {
		return l.of(tier) // there is the number
	}
	for _, address := range []string{f.Subject.Candidate, f.Subject.Baseline} {
		for _, dir := range slices.Concat(l.roots, l.near) {
			if file, line := l.block(dir, address); file != "" {
				return l.at(file, line, 1)
			}
		}
	}
	switch {
	case declared:
		return l.of(tier)
	case l.env != nil:
		return l.of(l.env.Range)
	case len(l.roots) > 0:
		if l.first == "" {
			l.first = firstFile(l.roots[0])
		}
		return l.at(l.first, 1, 1)
	case len(l.files) > 0:
		return l.at(l.files[0], 1, 1)
	}
	return nil
}

// tier is the block of the candidate's definition that is about a finding's tier.
func (l *locator) tier(f parity.Finding) (hcl.Range, bool) {
	if l.env == nil || f.Tier == nil {
		return hcl.Range{}, false
	}
	for _, t := range l.env.Tiers {
		if t.Name == *f.Tier {
			return t.Range, true
		}
	}
	if l.env.Scale != nil {
		if t, ok := l.env.Scale.Tiers[*f.Tier]; ok {
			return t.Range, true
		}
	}
	return hcl.Range{}, false
}

func (l *locator) of(r hcl.Range) *parity.Location {
	return l.at(r.Filename, r.Start.Line, r.Start.Column)
}

func (l *locator) at(file string, line, column int) *parity.Location {
	name, known := l.named[file]
	if !known {
		name = file
		if abs, err := filepath.Abs(name); err == nil {
			name = abs
		}
		if rel, err := filepath.Rel(l.base, name); err == nil {
			name = rel
		}
		name = filepath.ToSlash(name)
		l.named[file] = name
	}
	return &parity.Location{File: name, Line: max(line, 1), Column: max(column, 1)}
}

// block finds the block of a resource, by its address, or of the innermost module call on the way to it: what is in a
// module that is not here is given by its call. The file is "" where there is neither.
func (l *locator) block(dir, address string) (file string, line int) {
	if top := l.load(dir); len(top.ModuleCalls)+len(top.ManagedResources)+len(top.DataResources) == 0 {
		return "", 0
	}
	steps := strings.Split(parity.WithoutKeys(address), ".")
	for len(steps) > 2 && steps[0] == "module" {
		call := called(l.load(dir).ModuleCalls, steps[1])
		if call == nil {
			return file, line
		}
		file, line = call.Pos.Filename, call.Pos.Line
		if !strings.HasPrefix(call.Source, "./") && !strings.HasPrefix(call.Source, "../") {
			return file, line
		}
		dir, steps = filepath.Join(dir, filepath.FromSlash(call.Source)), steps[2:]
	}
	m := l.load(dir)
	resources := m.ManagedResources
	if steps[0] == "data" {
		resources = m.DataResources
	}
	if r := called(resources, strings.Join(steps, ".")); r != nil {
		return r.Pos.Filename, r.Pos.Line
	}
	return file, line
}

// load reads a directory. What is wrong with it is Terraform's to say.
func (l *locator) load(dir string) *tfconfig.Module {
	if l.read[dir] == nil {
		l.read[dir], _ = tfconfig.LoadModule(dir)
	}
	return l.read[dir]
}

// called is the block of a name, in which * stands for what differs between several.
func called[B any](blocks map[string]*B, name string) *B {
	if b := blocks[name]; b != nil {
		return b
	}
	if !strings.ContainsAny(name, `*\`) {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(blocks)) {
		if glob.Match(name, key) {
			return blocks[key]
		}
	}
	return nil
}

// firstFile is the file of a Terraform directory that people look at first.
func firstFile(dir string) string {
	files, err := fs.Glob(os.DirFS(dir), "*.tf")
	if err != nil || len(files) == 0 || slices.Contains(files, "main.tf") {
		return filepath.Join(dir, "main.tf")
	}
	return filepath.Join(dir, files[0])
}
