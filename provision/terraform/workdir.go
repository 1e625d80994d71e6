package terraform

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/maquette/maquette/provision"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/atomicfile"
)

const (
	rootDir    = "root"
	recordFile = "workdir.json"
	planFile   = "planned.tfplan"
	// overrideFile says where the state is, whatever the user's files say. Terraform merges overrides in order of name,
	// and the last one wins.
	overrideFile = "zz_maquette_override.tf.json"
)

// record is what is known of a working directory without its definition.
type record struct {
	Layout  string // digest of where its files come from
	Dir     string // where Terraform runs, relative to the instance's directory
	Backend string // digest; "" where the state is kept beside the instance
	State   string // path of the state file; "" where it is not on this machine
	Lock    string // digest of the user's lock file that was copied
	Init    string // stamp of the last `terraform init`; "" where none was needed
	Binary  string
}

// workdir is where one instance's Terraform runs.
type workdir struct {
	driver   *Driver
	job      provision.Job
	instance string // its directory, absolute
	record   record
	tool     tool
	cli      *cliSettings
	cliPath  string
	cliText  []byte
	config   *configuration
	module   *provision.Module
	say      *voice
}

func (w *workdir) dir() string   { return filepath.Join(w.instance, w.record.Dir) }
func (w *workdir) state() string { return w.record.State }
func (w *workdir) local() bool   { return w.record.State != "" }
func (w *workdir) plan() string  { return filepath.Join(w.instance, planFile) }

func (w *workdir) readRecord() error {
	content, err := os.ReadFile(filepath.Join(w.instance, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(content, &w.record)
	}
	return err
}

func (w *workdir) writeRecord() error {
	content, err := json.MarshalIndent(w.record, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(w.instance, recordFile)
	if now, err := os.ReadFile(path); err == nil && string(now) == string(content) {
		return nil
	}
	return atomicfile.Write(path, content)
}

// use finds the working directory as it was left. Its record is empty where there is none.
func (d *Driver) use(job provision.Job) (*workdir, error) {
	if job.Instance == "" || job.Instance == "." || job.Instance == ".." || strings.ContainsAny(job.Instance, `/\`) {
		return nil, fmt.Errorf("%q is no name of an instance", job.Instance)
	}
	if !filepath.IsAbs(d.Home) {
		return nil, fmt.Errorf("the home %q is not an absolute path", d.Home)
	}
	w := &workdir{driver: d, job: job, instance: filepath.Join(d.instances(), job.Instance), module: &provision.Module{}}
	w.say = newVoice(job)
	return w, w.readRecord()
}

// setUp makes Terraform ready to run: which one, with whose settings, and our own binary where it looks for it.
func (w *workdir) setUp(ctx context.Context) (err error) {
	d := w.driver
	wanted := w.job.Stack.Binary
	if wanted == "" && w.job.Stack.Source == "" {
		wanted = w.record.Binary
	}
	binary, err := d.binary(ctx, wanted, w.say.note)
	if err != nil {
		return err
	}
	if err := d.offer(); err != nil {
		return fmt.Errorf("offering maquette's provider to Terraform: %w", err)
	}
	if w.tool, err = askTool(ctx, d.cache(), binary, d.Home); err != nil {
		return err
	}
	env, _ := cleanEnviron(os.Environ())
	tofu := isTofu(binary)
	if w.cli, err = readCLISettings(cliFiles(env, tofu)); err != nil {
		return err
	}
	w.cliText = w.cli.render(d.plugins(), d.addresses(), impliedMirrors(env, tofu))
	// Two of us may have other settings: by its content each finds its own.
	w.cliPath = filepath.Join(d.cache(), "cli-"+digest(w.cliText)[:16]+".tfrc")
	if !exists(w.cliPath) {
		if err := os.MkdirAll(d.cache(), 0o700); err != nil {
			return err
		}
		return atomicfile.Write(w.cliPath, w.cliText)
	}
	return nil
}

// prepare brings the working directory to what the job's stack says, up to everything but `init`.
func (w *workdir) prepare(ctx context.Context) error {
	if err := os.MkdirAll(w.instance, 0o700); err != nil {
		return err
	}
	if err := w.setUp(ctx); err != nil {
		return err
	}
	if err := w.pushErrored(ctx); err != nil {
		return err
	}
	if err := w.settleBackend(); err != nil {
		return err
	}
	if err := w.bringFiles(ctx); err != nil {
		return err
	}
	w.record.Binary = w.tool.path
	w.module = describe(w.config.root)
	w.say.mask = newMask(w.job.Stack.Variables, w.module, w.cli.tokens)
	return w.writeRecord()
}

// settleBackend holds that a state is not left behind when the definition says that it is elsewhere now.
func (w *workdir) settleBackend() error {
	backend, err := backendDigest(w.job.Stack.Backend)
	if err != nil {
		return err
	}
	if w.record.Dir != "" && w.record.Backend != backend {
		known := -1
		if w.local() {
			s, err := readState(w.state())
			if err != nil {
				return err
			}
			known = len(s.addresses())
		}
		if known != 0 {
			return errors.New("its backend has changed since it was applied, and its state is where it was\n" +
				"  Take the instance down with the definition it was made from, or copy the state there by hand")
		}
		if exists(w.state()) {
			if err := setAside(w.state()); err != nil {
				return err
			}
		}
		if err := os.RemoveAll(filepath.Join(w.dir(), ".terraform")); err != nil {
			return err
		}
		w.record.Init = ""
	}
	w.record.Backend = backend
	w.record.State, err = w.statePath()
	return err
}

// statePath returns where the state file is; "" where the backend is not this machine. The path of a local backend is
// relative to the instance, as the directory that Terraform runs in comes and goes.
func (w *workdir) statePath() (string, error) {
	b := w.job.Stack.Backend
	if b != nil && b.Type != "local" {
		return "", nil
	}
	path := stateFile
	if b != nil {
		if value, ok := b.Config["path"]; ok {
			if value, _ = value.Unmark(); value.IsNull() || value.Type() != cty.String {
				return "", errors.New("backend local: path is no text")
			}
			path = value.AsString()
		}
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(w.instance, path)
	}
	return path, nil
}

func backendDigest(b *provision.Backend) (string, error) {
	if b == nil {
		return "", nil
	}
	content, err := backendJSON(b.Type, b)
	return digest(content), err
}

// backendJSON is an override file that says where the state is.
func backendJSON(kind string, b *provision.Backend) ([]byte, error) {
	config := map[string]json.RawMessage{}
	if b != nil {
		var err error
		if config, err = settingsJSON("backend "+b.Type, b.Config); err != nil {
			return nil, err
		}
	}
	return json.MarshalIndent(map[string]any{"terraform": map[string]any{"backend": map[string]any{kind: config}}}, "", "  ")
}

// bringFiles makes the links to a local source, or fetches another one, once.
func (w *workdir) bringFiles(ctx context.Context) (err error) {
	stack := w.job.Stack
	var own map[string][]byte // files that are ours to make there
	root := filepath.Join(w.instance, rootDir)
	if !stack.Local {
		if err := w.fetch(ctx, root); err != nil {
			return err
		}
		if err := os.Remove(filepath.Join(root, providersFile)); err != nil && !errors.Is(err, fs.ErrNotExist) { // it is not the source's
			return err
		}
		if w.config, err = inspect(root); err != nil {
			return err
		}
		if own, err = overruledVars(root, stack.Variables); err != nil {
			return err
		}
	} else {
		if !isDir(stack.Source) {
			return fmt.Errorf("there is no directory %s\n  Terraform needs it, also to destroy what was made from it: bring it back, as from version control", stack.Source)
		}
		if w.config, err = inspect(stack.Source); err != nil {
			return err
		}
		l, err := newLayout(stack.Source, w.driver.Home, w.config.localDirs())
		if err != nil {
			return err
		}
		if own, err = overruledVars(stack.Source, stack.Variables); err != nil {
			return err
		}
		if err := w.startLayout(digest([]byte(l.top + "\x00" + l.rel))); err != nil {
			return err
		}
		dir, err := l.link(root, own)
		if err != nil {
			return err
		}
		if w.record.Dir, err = filepath.Rel(w.instance, dir); err != nil {
			return err
		}
		if err := w.copyLock(); err != nil {
			return err
		}
	}
	if err := w.override(own); err != nil {
		return err
	}
	if err := w.provide(own); err != nil {
		return err
	}
	if err := putFiles(w.dir(), own, func(name string) bool {
		return name == overrideFile || name == providersFile || stack.Local && isAutoVars(name)
	}); err != nil {
		return err
	}
	return w.linkState()
}

// startLayout clears what another source has left. The state is not in there, only links to it. What comes in its place
// may not come to an end: until it has, nothing is to be taken for the files of any source.
func (w *workdir) startLayout(layout string) error {
	if w.record.Layout == layout {
		return nil
	}
	written := workdir{instance: w.instance} // the rest of the record is not true yet
	if err := written.readRecord(); err != nil {
		return err
	}
	if written.record.Layout != "" {
		written.record.Layout = ""
		if err := written.writeRecord(); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(filepath.Join(w.instance, rootDir)); err != nil {
		return err
	}
	w.record.Layout, w.record.Lock, w.record.Init = layout, "", ""
	return nil
}

// override adds the file that says where the state is: where the definition does, and where the user's files say
// something else.
func (w *workdir) override(own map[string][]byte) (err error) {
	switch b := w.job.Stack.Backend; {
	case b != nil && b.Type != "local":
		own[overrideFile], err = backendJSON(b.Type, b)
	case w.config.backend != "": // the link there leads to the state
		own[overrideFile], err = backendJSON("local", nil)
	}
	return err
}

// linkState keeps the state outside of what is made anew. Terraform writes through the link.
func (w *workdir) linkState() error {
	link := filepath.Join(w.dir(), stateFile)
	if !w.local() {
		if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(w.state()), 0o700); err != nil { // Terraform makes the link's directory alone
		return err
	}
	return ensureLink(link, w.state())
}

// copyLock takes the user's lock file over, and takes it over again when it has changed. What `init` adds to the copy
// stays in between.
func (w *workdir) copyLock() error {
	content, err := os.ReadFile(filepath.Join(w.job.Stack.Source, lockName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	now := ""
	if err == nil {
		now = digest(content)
	}
	path := filepath.Join(w.dir(), lockName)
	if now == w.record.Lock && (now == "" || exists(path)) {
		return nil
	}
	w.record.Lock, w.record.Init = now, ""
	if now != "" {
		return atomicfile.Write(path, content)
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (d *Driver) instances() string { return filepath.Join(d.Home, "instances") }
func (d *Driver) plugins() string   { return filepath.Join(d.Home, "plugins") }
func (d *Driver) cache() string     { return filepath.Join(d.Home, "cache") }

// shim is where our own binary stands for Terraform, under the name that the user knows.
func (d *Driver) shim(tofu bool) string {
	name := "terraform"
	if tofu {
		name = "tofu"
	}
	return filepath.Join(d.Home, "bin", name)
}

// Instances returns the names that have a working directory, in order.
func (d *Driver) Instances() ([]string, error) {
	entries, err := os.ReadDir(d.instances())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		dir := filepath.Join(d.instances(), entry.Name())
		if entry.IsDir() && slices.ContainsFunc([]string{rootDir, recordFile, stateFile, statesDir}, func(name string) bool { return exists(filepath.Join(dir, name)) }) {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}
