package main

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/terraform"
)

// initOptions are the flags of `maquette init`.
type initOptions struct {
	dir          string
	dryRun, json bool
}

func newInit(s *streams) *cobra.Command {
	p := &project{streams: s}
	var o initOptions
	cmd := &cobra.Command{
		Use:   "init [PRODUCTION STAGING]",
		Short: "Write first definitions, of two environments as they are, or of a small example",
		Long: `Observe two environments and write a definition of each: where it is observed, the tiers
of the first, the scale of the second as measured, and, as comments, a waiver to be filled
in for each finding. Parity by these definitions finds what it finds without.

PRODUCTION and STAGING are sources as maquette parity takes them: a state, plan or snapshot
file, a Terraform directory, or live AWS.

Without sources, write an example that runs on this machine, with its Terraform in stack/
beside the definitions. It needs no account.

Files that are there already are never overwritten.`,
		Example: `  # An example to begin with
  maquette init
  maquette up staging

  # Of two states, of two Terraform directories, of live AWS
  maquette init production.tfstate staging.tfstate
  maquette init infra/production infra/staging --dir deploy/environments
  maquette init 'aws://us-east-1?tag.Environment=production' 'aws://us-east-1?tag.Environment=staging'

  # See what would be written
  maquette init production.tfstate staging.tfstate --dry-run`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return usage(cmd, "two sources are wanted, production and staging, or none for an example; %d given", len(args))
			}
			for _, arg := range args {
				if arg == "-" {
					return usage(cmd, "definitions say where an environment is observed, and standard input is no such place: save it in a file")
				}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInit(cmd.Context(), p, cmd, &o, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.dir, "dir", definitionsDir, "`directory` to write the definitions into")
	f.BoolVar(&o.dryRun, "dry-run", false, "print the files, and write nothing")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	f.StringVar(&p.terraform, "terraform", "", "`binary` that reads directories (default: terraform or tofu on PATH)")
	p.limits.flags(f)
	return cmd
}

// initiated is the result of `maquette init` as data.
type initiated struct {
	Environments []string        `json:"environments"`
	Files        []initiatedFile `json:"files"`
	Written      bool            `json:"written"`
	Scale        *float64        `json:"scale"`    // as measured; null: nothing tells it
	Findings     *parity.Summary `json:"findings"` // null: nothing was compared
	Incomplete   []parity.Gap    `json:"incomplete"`
}

type initiatedFile struct {
	File    string `json:"file"`
	Content string `json:"content"`
}

func runInit(ctx context.Context, p *project, cmd *cobra.Command, o *initOptions, args []string) error {
	result := initiated{Incomplete: []parity.Gap{}, Written: !o.dryRun}
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	var files []provision.File
	if len(args) == 0 {
		files, err = exampleFiles(dir)
	} else {
		files, err = p.draft(ctx, cmd, dir, args, &result)
	}
	if err != nil {
		return err
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	for _, file := range files {
		name := file.Name
		if rel, err := filepath.Rel(here, name); err == nil {
			name = rel
		}
		result.Files = append(result.Files, initiatedFile{name, string(file.Data)})
	}
	if err := absent(result.Files); err != nil {
		return err
	}
	if err := p.validDraft(dir, files, &result); err != nil {
		return err
	}
	if !o.dryRun {
		if err := createFiles(result.Files); err != nil {
			return err
		}
	}
	if o.json {
		return printJSON(p.out, result)
	}
	return p.tellInit(o, args, result)
}

// draft observes two environments, and writes the definitions that they have.
func (p *project) draft(ctx context.Context, cmd *cobra.Command, dir string, args []string, result *initiated) ([]provision.File, error) {
	cat, err := loadCatalog(nil, p.err)
	if err != nil {
		return nil, err
	}
	var places [2]provision.Observation
	for i, source := range args {
		if places[i], err = observationOf(cmd, source); err != nil {
			return nil, err
		}
	}
	obs := &observer{project: p}
	base, cand, err := obs.observeBoth(ctx, named{source: args[0]}, named{source: args[1]})
	if err != nil {
		return nil, err
	}
	rep, err := unlessStopped(ctx, func() *parity.Report { return parity.Compare(base, cand, cat, parity.DefaultOptions()) })
	if err != nil {
		return nil, err
	}
	draft := provision.Draft{Baseline: places[0], Candidate: places[1], Report: rep, Scaled: map[string]bool{}}
	for _, tier := range parity.Survey(base, cat) {
		draft.Scaled[tier.Address] = tier.Scales
	}
	if k := draft.Report.Scale.Observed; k > 0 {
		result.Scale = &k
	}
	result.Findings = &draft.Report.Summary
	result.Incomplete = append(result.Incomplete, draft.Report.Incomplete...)
	return draft.Files(dir), nil
}

// observationOf is how a definition says where a source is.
func observationOf(cmd *cobra.Command, source string) (provision.Observation, error) {
	if strings.HasPrefix(source, awsScheme) {
		u, err := url.Parse(source)
		if err != nil {
			return provision.Observation{}, usage(cmd, "%s is no source: %v", source, err)
		}
		query := u.Query()
		for _, key := range sortedKeys(query) {
			if strings.HasPrefix(key, "tag.") && len(query[key]) > 1 {
				return provision.Observation{}, usage(cmd, "a definition can say one value of %s, and %s has several", key, source)
			}
		}
		if state := query.Get("tfstate"); state != "" {
			if state, err = filepath.Abs(state); err != nil {
				return provision.Observation{}, err
			}
			query.Set("tfstate", state)
			u.RawQuery = query.Encode()
			source = u.String()
		}
		return provision.Observation{Kind: "aws", Source: source}, nil
	}
	kind, path, workspace := "state", source, ""
	if info, err := os.Stat(source); err != nil || info.IsDir() {
		kind = "terraform"
		if err != nil {
			dir := terraform.ParseDir(source)
			path, workspace = dir.Path, dir.Workspace
		}
	} else if holdsSnapshot(source) {
		kind = "snapshot"
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return provision.Observation{}, err
	}
	if workspace != "" {
		path += "#" + workspace
	}
	return provision.Observation{Kind: kind, Source: path}, nil
}

// holdsSnapshot reports whether a file begins as a snapshot does. What cannot be read is told when it is.
func holdsSnapshot(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head, _ := bufio.NewReader(f).Peek(1024)
	return bytes.Contains(head, []byte(`"maquette/snapshot/`))
}

// validDraft reads the definitions back, with those that are in the directory already, before any is written.
func (p *project) validDraft(dir string, files []provision.File, result *initiated) error {
	p.absoluteDir, p.shownDir = dir, filepath.Clean(filepath.Dir(result.Files[0].File))
	names, err := definitionFiles(dir)
	if err != nil {
		return err
	}
	all, err := p.readDefinitions(names)
	if err != nil {
		return err
	}
	drafted := map[string]bool{}
	for _, file := range files {
		if filepath.Ext(file.Name) == ".hcl" {
			all, drafted[file.Name] = append(all, file), true
		}
	}
	defs, diags := provision.Parse(all)
	if err := p.complain(defs, diags); err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	for _, name := range sortedKeys(defs.Environments) {
		if drafted[defs.Environments[name].Range.Filename] {
			result.Environments = append(result.Environments, name)
		}
	}
	return nil
}

//go:embed example
var example embed.FS

// exampleFiles are those of the example, around a directory of definitions.
func exampleFiles(dir string) ([]provision.File, error) {
	var files []provision.File
	err := fs.WalkDir(example, "example", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := example.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.Join(dir, entry.Name())
		if strings.HasSuffix(path, ".tf") {
			name = filepath.Join(filepath.Dir(dir), "stack", entry.Name())
			data, err = withOwnProgram(data)
		}
		files = append(files, provision.File{Name: name, Data: data})
		return err
	})
	return files, err
}

// withOwnProgram has the example run this program by its path, where it is not the one on PATH.
func withOwnProgram(stack []byte) ([]byte, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if found, err := exec.LookPath("maquette"); err == nil && sameFile(found, self) {
		return stack, nil
	}
	return bytes.Replace(stack, []byte(`["maquette", "hello"]`), fmt.Appendf(nil, `[%s, "hello"]`, provision.Quoted(self)), 1), nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// absent holds that none of the files is there.
func absent(files []initiatedFile) error {
	var there []string
	for _, file := range files {
		if _, err := os.Lstat(file.File); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, file.File)
		}
	}
	if len(there) > 0 {
		return fmt.Errorf("nothing was written, as these files are there already: %s\n  Take them away, or name another directory with --dir", oneOf(there))
	}
	return nil
}

// createFiles makes all of the files or none, and none that is there.
func createFiles(files []initiatedFile) (err error) {
	var made []string
	defer func() {
		if err != nil {
			for _, name := range made {
				err = errors.Join(err, os.Remove(name))
			}
		}
	}()
	for _, file := range files {
		if err := os.MkdirAll(filepath.Dir(file.File), 0o777); err != nil {
			return fmt.Errorf("writing %s: %w", file.File, reason(err))
		}
		f, err := os.OpenFile(file.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return fmt.Errorf("writing %s: %w", file.File, reason(err))
		}
		made = append(made, file.File)
		_, err = io.WriteString(f, file.Content)
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("writing %s: %w", file.File, err)
		}
	}
	return nil
}

// tellInit says what was written, and what comes next.
func (p *project) tellInit(o *initOptions, args []string, result initiated) error {
	for _, gap := range result.Incomplete {
		fmt.Fprintf(p.err, "Not all could be read: %s: %s\n", gap.Source, gap.Reason)
	}
	var text strings.Builder
	for _, file := range result.Files {
		if o.dryRun {
			fmt.Fprintf(&text, "%s\n%s\n", bold(p.out, "# "+file.File), file.Content)
		} else {
			fmt.Fprintf(&text, "%s %s\n", good(p.out, "wrote"), file.File)
		}
	}
	if _, err := io.WriteString(p.out, text.String()); err != nil {
		return fmt.Errorf("printing the result: %w", err)
	}
	if o.dryRun {
		fmt.Fprintln(p.err, "Nothing was written.")
		return nil
	}
	dir := ""
	if filepath.Clean(o.dir) != definitionsDir {
		dir = " --dir " + o.dir
	}
	if len(args) == 0 {
		fmt.Fprintf(p.err, "Next: maquette up staging%s\n", dir)
		return nil
	}
	if n := result.Findings.Error + result.Findings.Warning; n > 0 {
		fmt.Fprintf(p.err, "What differs is at the end of %s, to be mended or waived.\n", result.Files[len(result.Files)-1].File)
	}
	model := strings.TrimSuffix(filepath.Base(result.Files[len(result.Files)-1].File), ".hcl")
	fmt.Fprintf(p.err, "Next: maquette parity %s%s\n", model, dir)
	return nil
}
