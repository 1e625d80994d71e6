package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/maquette/maquette/parity/live/wire"
	"github.com/maquette/maquette/provision"
	localwire "github.com/maquette/maquette/provision/local/wire"
	"github.com/maquette/maquette/provision/lock"
	"github.com/maquette/maquette/provision/probe"
	"github.com/maquette/maquette/provision/registry"
	"github.com/maquette/maquette/provision/terraform"
)

// definitionsDir is where environments are defined, below the project.
const definitionsDir = "environments"

// project is where definitions are, and where what was made of them is kept.
type project struct {
	*streams
	dir       string // of the definitions; "" until it was looked for
	home      string
	terraform string
	runs      bool // Terraform
	wait      time.Duration
	parallel  int
	limits    awsLimits
	live      atomic.Pointer[wire.Progress]

	shownDir    string // of the definitions that were read, as the user names it
	absoluteDir string
}

// lifetime is a flag for a duration, written as in definitions: with days, and longer than nothing.
type lifetime time.Duration

func (l *lifetime) Set(text string) error {
	parsed, err := provision.ParseDuration(text)
	*l = lifetime(parsed)
	return err
}

func (l *lifetime) Type() string { return "duration" }

func (l *lifetime) String() string {
	if *l == 0 {
		return ""
	}
	return provision.Duration(time.Duration(*l))
}

// positive is a flag for a number of which there has to be one at least.
type positive int

func (n *positive) Set(text string) error {
	parsed, err := strconv.Atoi(text)
	if err != nil || parsed < 1 {
		return errors.New("it has to be a whole number, 1 or more")
	}
	*n = positive(parsed)
	return nil
}

func (n *positive) Type() string { return "int" }

func (n *positive) String() string { return strconv.Itoa(int(*n)) }

// patience is a flag for a duration that may be nothing.
type patience time.Duration

func (d *patience) Set(text string) error {
	parsed, err := time.ParseDuration(text)
	if err != nil || parsed < 0 {
		return errors.New("it has to be a duration such as 30s or 5m, and not below 0")
	}
	*d = patience(parsed)
	return nil
}

func (d *patience) Type() string { return "duration" }

func (d *patience) String() string {
	if *d == 0 {
		return ""
	}
	return time.Duration(*d).String()
}

// flags adds those that say which project is meant.
func (p *project) flags(f *pflag.FlagSet) {
	f.StringVar(&p.dir, "dir", "", "`directory` of the definitions (default: environments/ here or above)")
	f.StringVar(&p.home, "home", "", "`directory` of states and logs (default: $MAQUETTE_HOME, or .maquette/ beside them)")
}

// runFlags adds those of commands that run Terraform.
func (p *project) runFlags(f *pflag.FlagSet) {
	p.flags(f)
	p.runs = true
	f.StringVar(&p.terraform, "terraform", "", "`binary` to run (default: the definition's, or terraform or tofu on PATH)")
	p.waitFlag(f)
	p.parallel = runtime.NumCPU()
	f.Var((*positive)(&p.parallel), "parallel", "how many `instances` to work on at once")
}

// waitFlag adds the one that says how patient the user is.
func (p *project) waitFlag(f *pflag.FlagSet) {
	f.Var((*patience)(&p.wait), "wait", "how long to wait while somebody else works on the instance, as 5m")
}

// locate finds the directory of the definitions: the one named, or environments/ here or above.
func (p *project) locate() (string, error) {
	if p.dir != "" {
		info, err := os.Stat(p.dir)
		if err == nil && !info.IsDir() {
			err = errors.New("it is not a directory")
		}
		if err != nil {
			return "", fmt.Errorf("reading the definitions in %s: %w\n  Name their directory with --dir", p.dir, reason(err))
		}
		return p.dir, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, definitionsDir)
		if found, _ := definitionFiles(candidate); len(found) > 0 {
			// As the user would name it: errors point there.
			if rel, err := filepath.Rel(here, candidate); err == nil {
				candidate = rel
			}
			return candidate, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("there are no definitions: neither here nor above is a directory %s/ with *.hcl files\n  Name one with --dir, or write first ones: maquette init", definitionsDir)
		}
	}
}

// homeDir is the absolute path of the home.
func (p *project) homeDir() (string, error) {
	home := p.home
	if home == "" {
		home = os.Getenv("MAQUETTE_HOME")
	}
	if home == "" {
		dir, err := p.locate()
		if err != nil {
			return "", err
		}
		if dir, err = filepath.Abs(dir); err != nil {
			return "", err
		}
		home = filepath.Join(filepath.Dir(dir), ".maquette")
	}
	return filepath.Abs(home)
}

// definitions reads and validates all files. What is wrong with them is printed, and the error says how much it is.
func (p *project) definitions() (*provision.Definitions, error) {
	defs, diags, err := p.parse()
	if err != nil {
		return nil, err
	}
	return defs, p.complain(defs, diags)
}

func (p *project) parse() (*provision.Definitions, hcl.Diagnostics, error) {
	dir, err := p.locate()
	if err != nil {
		return nil, nil, err
	}
	names, err := definitionFiles(dir)
	if err != nil {
		return nil, nil, err
	}
	if len(names) == 0 {
		return nil, nil, fmt.Errorf("there are no definitions: %s has no *.hcl files\n  maquette init writes first ones; docs/definitions.md shows how", dir)
	}
	p.shownDir = dir
	if p.absoluteDir, err = filepath.Abs(dir); err != nil {
		return nil, nil, err
	}
	files, err := p.readDefinitions(names)
	if err != nil {
		return nil, nil, err
	}
	defs, diags := provision.Parse(files)
	return defs, diags, nil
}

// readDefinitions reads files of the project's directory.
func (p *project) readDefinitions(names []string) ([]provision.File, error) {
	var files []provision.File
	for _, name := range names {
		// Terraform runs elsewhere: what is relative to the file must not depend on where we are.
		file := filepath.Join(p.absoluteDir, name)
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the definitions in %s: %w", p.shown(file), reason(err))
		}
		files = append(files, provision.File{Name: file, Data: data})
	}
	return files, nil
}

// shown names files of definitions as the user does.
func (p *project) shown(text string) string {
	if p.absoluteDir == "" {
		return text
	}
	return strings.ReplaceAll(text, p.absoluteDir+string(filepath.Separator), p.shownDir+string(filepath.Separator))
}

// definitionFiles are the names of the files in a directory that definitions are in.
func definitionFiles(dir string) ([]string, error) { return fs.Glob(os.DirFS(dir), "*.hcl") }

// complain prints diagnostics. The error it returns for those that are errors only counts them.
func (p *project) complain(defs *provision.Definitions, diags hcl.Diagnostics) error {
	if len(diags) == 0 {
		return nil
	}
	var text strings.Builder
	if err := defs.WriteDiagnostics(&text, diags, 100, colours(p.err)); err != nil {
		return err
	}
	if _, err := io.WriteString(p.err, p.shown(text.String())); err != nil {
		return err
	}
	switch n := len(diags.Errs()); n {
	case 0:
		return nil
	case 1:
		return errors.New("the definitions cannot be used: 1 error, above")
	default:
		return fmt.Errorf("the definitions cannot be used: %d errors, above", n)
	}
}

// tell prints an error that is of diagnostics with their source lines, and returns what is left to say.
func (p *project) tell(defs *provision.Definitions, err error) error {
	var diags hcl.Diagnostics
	if defs == nil || !errors.As(err, &diags) {
		if err == nil || p.shown(err.Error()) == err.Error() {
			return err
		}
		return errors.New(p.shown(err.Error()))
	}
	return p.complain(defs, diags)
}

// opened is a project whose registry is open.
type opened struct {
	*project
	home      string
	registry  *registry.Registry
	driver    *terraform.Driver
	lifecycle *provision.Lifecycle
}

// open opens the registry, and makes the home where there is none. Where Terraform is to be run and the program for that
// is missing, it fails before anything is begun.
func (p *project) open(ctx context.Context) (*opened, error) {
	home, err := p.homeDir()
	if err != nil {
		return nil, err
	}
	program, err := platformProgram()
	if err != nil && p.runs {
		return nil, err
	}
	if err := makeHome(home); err != nil {
		return nil, fmt.Errorf("making the home %s: %w\n  Name another with --home", home, reason(err))
	}
	reg, err := registry.Open(ctx, filepath.Join(home, "registry.db"))
	if err != nil {
		return nil, err
	}
	driver := &terraform.Driver{Home: home, Binary: p.terraform, Program: program, ProviderVersion: localwire.ProviderVersion}
	return &opened{
		project: p, home: home, registry: reg, driver: driver,
		lifecycle: &provision.Lifecycle{
			Registry: reg, Driver: driver, Platform: platform{home}, Prober: &probe.Prober{},
			Locker: lock.Locks{Dir: filepath.Join(home, "locks")}, Logs: operationLogs{home},
			Now: time.Now, NewID: newID, Actor: lock.Actor(), PID: os.Getpid(), Wait: p.wait,
		},
	}, nil
}

// onInstance runs a command on the instance that its first argument names.
func (p *project) onInstance(run func(cmd *cobra.Command, args []string, o *opened, in provision.Instance) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		o, err := p.open(cmd.Context())
		if err != nil {
			return err
		}
		defer o.registry.Close()
		in, err := o.find(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		return run(cmd, args, o, in)
	}
}

// exists tells whether anything was ever made in this home.
func (p *project) exists() (bool, error) {
	home, err := p.homeDir()
	if err != nil {
		return false, err
	}
	_, err = os.Stat(filepath.Join(home, "registry.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// makeHome makes the directory the user's alone, as states hold secrets, and keeps git out of it.
func makeHome(home string) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	ignore := filepath.Join(home, ".gitignore")
	if _, err := os.Stat(ignore); err == nil {
		return nil
	}
	return os.WriteFile(ignore, []byte("*\n"), 0o600)
}

func newID() string {
	b := make([]byte, 8)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// login is the name of the user who runs this process.
func login() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "unknown"
}

// secret looks up secret("NAME") in the environment.
func secret(name string) (string, bool) { return os.LookupEnv(name) }

// secretOrEmpty is secret for what has to go on without: a secret that is not to be had is empty, and named in missing.
func secretOrEmpty(missing *[]string) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := secret(name)
		if !ok && !slices.Contains(*missing, name) {
			*missing = append(*missing, name)
		}
		return value, true
	}
}

// provided are the names of Terraform variables that the caller's environment has values for.
func provided() []string {
	var names []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if name, ok := strings.CutPrefix(name, "TF_VAR_"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// again makes the blueprint of an instance that there is, from the definitions as they are now: for its hooks, checks
// and secrets. Where they cannot be used any more it is nil, and the user is told. Secrets that are not to be had are
// empty in it, and named.
func (o *opened) again(defs *provision.Definitions, in provision.Instance) (bp *provision.Blueprint, missing []string) {
	if defs == nil {
		return nil, nil
	}
	bp, diags := o.instantiate(defs, in, secretOrEmpty(&missing))
	if diags.HasErrors() {
		fmt.Fprintf(o.err, "note: the definition of %s cannot be used any more (%s): what was applied counts, without checks and hooks\n",
			in.Name, diags.Errs()[0])
		return nil, nil
	}
	return bp, missing
}

// instantiate makes the blueprint of an instance that there is.
func (o *opened) instantiate(defs *provision.Definitions, in provision.Instance, secret func(string) (string, bool)) (*provision.Blueprint, hcl.Diagnostics) {
	inputs := provision.Inputs{Branch: in.Branch, Commit: in.Commit, Owner: in.Owner, Provided: provided(), Module: o.driver, Secret: secret}
	if in.Name != in.Environment {
		inputs.Name = in.Name
	}
	return defs.Instantiate(in.Environment, inputs)
}

// known reads the definitions for a command that can do without them.
func (p *project) known() *provision.Definitions {
	defs, diags, err := p.parse()
	switch {
	case err != nil:
		fmt.Fprintf(p.err, "note: %v: checks and hooks are left out\n", firstLine(err))
		return nil
	case diags.HasErrors():
		fmt.Fprintln(p.err, "note: the definitions have errors (maquette validate shows them): checks and hooks are left out")
		return nil
	}
	return defs
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// environments completes the names of environments.
func (p *project) environments(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	defs, _, err := p.parse()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return sortedKeys(defs.Environments), cobra.ShellCompDirectiveNoFileComp
}

// instances completes the names of instances.
func (p *project) instances(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	if found, err := p.exists(); err != nil || !found {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	o, err := p.open(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer o.registry.Close()
	var names []string
	if all, err := o.registry.Instances(cmd.Context()); err == nil {
		for _, in := range all {
			names = append(names, in.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// operationLogs keeps the logs of operations in the home.
type operationLogs struct{ home string }

func (l operationLogs) dir(instance string) string {
	return filepath.Join(l.home, "instances", instance, "logs")
}

// Create opens a new log.
func (l operationLogs) Create(instance, name string) (io.WriteCloser, error) {
	if err := os.MkdirAll(l.dir(instance), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(l.dir(instance), name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}

// Remove removes all logs of an instance, and its directory if nothing else is left in it.
func (l operationLogs) Remove(instance string) error {
	if err := os.RemoveAll(l.dir(instance)); err != nil {
		return err
	}
	err := os.Remove(filepath.Dir(l.dir(instance)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
