package terraform

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"

	"github.com/maquette/maquette/internal/atomicfile"
)

// initialise does what `terraform init` is for. Where only our own provider and local modules are needed, we write what
// it would write; where nothing has changed since it ran, it has been done. Force runs it whatever we think.
func (w *workdir) initialise(ctx context.Context, force bool) (ran bool, err error) {
	used, only := w.driver.ownNeeds(w.config, isTofu(w.tool.path))
	if only && w.config.allLocal() && !w.config.opaque && w.remoteBackend() == "" && w.config.backend == "" && !force {
		w.record.Init = ""
		if err := w.writeInit(used); err != nil {
			return false, fmt.Errorf("preparing %s for Terraform: %w", w.dir(), err)
		}
		return false, w.writeRecord()
	}
	stamp, err := w.stamp()
	if err != nil {
		return false, err
	}
	if !force && stamp == w.record.Init && exists(filepath.Join(w.dir(), ".terraform")) {
		return false, nil
	}
	w.record.Init = ""
	if err := w.writeRecord(); err != nil {
		return false, err
	}
	if w.local() {
		// What an earlier backend has left would make it ask whether to move the state.
		if err := os.RemoveAll(filepath.Join(w.dir(), ".terraform", stateFile)); err != nil {
			return false, err
		}
	}
	if err := w.runInit(ctx); err != nil {
		return true, err
	}
	if err := lockOurs(w.lockPath(), w.driver.addresses(), used, w.driver.ProviderVersion, true); err != nil {
		return true, err
	}
	w.record.Init = stamp
	return true, w.writeRecord()
}

func (w *workdir) remoteBackend() string {
	if w.local() {
		return ""
	}
	return w.job.Stack.Backend.Type
}

func (w *workdir) lockPath() string { return filepath.Join(w.dir(), lockName) }

func (w *workdir) runInit(ctx context.Context, options ...tfexec.InitOption) error {
	w.say.phase("initialising")
	// A hash in there would be that of the binary that was offered when it was written.
	if err := lockOurs(w.lockPath(), w.driver.addresses(), nil, "", false); err != nil {
		return err
	}
	return w.run(ctx, "initialising", func(tf *tfexec.Terraform) error {
		if _, _, err := tf.Version(ctx, false); err != nil { // which Init asks for, and nobody wants to read
			return err
		}
		tf.SetStdout(w.say.plain())
		return tf.Init(ctx, options...)
	})
}

// fetch brings a source that is not on this machine, once.
func (w *workdir) fetch(ctx context.Context, root string) error {
	layout := digest([]byte("remote\x00" + w.job.Stack.Source))
	w.record.Dir = rootDir
	if w.record.Layout == layout && isDir(root) {
		return nil
	}
	if err := w.startLayout(layout); err != nil {
		return err
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return err
	}
	source := tfexec.FromModule(w.job.Stack.Source)
	return w.runInit(ctx, source, tfexec.Backend(false), tfexec.Get(false))
}

// writeInit writes what `terraform init` writes where nothing is to be fetched.
func (w *workdir) writeInit(used []string) error {
	data := filepath.Join(w.dir(), ".terraform")
	if err := os.RemoveAll(filepath.Join(data, stateFile)); err != nil { // of an earlier backend
		return err
	}
	for _, address := range used {
		dir := w.driver.packageDir(address)
		link := filepath.Join(data, "providers", dir)
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			return err
		}
		if err := ensureLink(link, filepath.Join(w.driver.plugins(), dir)); err != nil {
			return err
		}
	}
	if err := w.writeModules(filepath.Join(data, "modules")); err != nil {
		return err
	}
	return lockOurs(w.lockPath(), w.driver.addresses(), used, w.driver.ProviderVersion, false)
}

// writeModules tells Terraform where the local modules are.
func (w *workdir) writeModules(dir string) error {
	if len(w.config.modules) == 1 {
		return os.RemoveAll(dir)
	}
	manifest, err := json.Marshal(map[string]any{"Modules": w.config.modules})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(dir, "modules.json")
	if now, err := os.ReadFile(path); err == nil && string(now) == string(manifest) {
		return nil
	}
	return atomicfile.Write(path, manifest)
}

// stamp changes when `init` is to be run again.
func (w *workdir) stamp() (string, error) {
	var b strings.Builder
	add := func(kind string, values ...string) { fmt.Fprintf(&b, "%s %q\n", kind, values) }
	add("tool", w.tool.path, w.tool.identity, w.tool.version)
	add("provider", w.driver.ProviderVersion)
	for _, source := range sortedKeys(w.config.needs) {
		add("need", append([]string{source}, w.config.needs[source]...)...)
	}
	for _, m := range w.config.modules {
		add("module", m.Key, m.Source, m.Dir)
	}
	add("backend", w.record.Backend, w.config.backend)
	add("lock", w.record.Lock)
	add("settings", string(w.cliText))
	if w.config.opaque {
		files, err := w.driver.Digest(w.job.Stack)
		if err != nil {
			return "", err
		}
		add("files", files)
	}
	return digest([]byte(b.String())), nil
}

// initComplaints are what Terraform says when its working directory is not initialised, or not for this configuration.
// Nothing has been done then.
var initComplaints = []string{
	"Inconsistent dependency lock file", "Module not installed", "Module source has changed", "Module version requirements have changed",
	"Backend initialization required", "Initialization required", "Required plugins are not installed", "Missing required provider",
	"Unable to read module directory",
	"Failed to load plugin schemas", // one that the state alone still needs
}

func wantsInit(failure *Failure) bool {
	for _, d := range failure.Diagnostics {
		for _, complaint := range initComplaints {
			if strings.HasPrefix(d.Summary, complaint) {
				return true
			}
		}
	}
	return false
}
