package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/maquette/maquette/provision"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/atomicfile"
	"github.com/maquette/maquette/internal/plural"
)

// Driver runs the user's own terraform or tofu for instances. Each has a working directory below Home, made of links to
// the user's files, which are never written to.
type Driver struct {
	// Home is the absolute path of the directory that everything is kept in.
	Home string
	// Binary is the path or name of the terraform or tofu for stacks that name none. Empty: the one on PATH, or else
	// one that is installed in Home.
	Binary string
	// Program is the absolute path of our own binary that is run as Terraform: terraform-exec's path is a link to it, which
	// must lead to Shim, and it is handed over as the provider. Empty: Terraform cannot be run.
	Program string
	// ProviderVersion is that of the provider in Program. Empty: it is none, and is not offered.
	ProviderVersion string
}

var _ provision.Driver = (*Driver)(nil)

// open makes a working directory ready for Terraform, after what a kill has left of it is mended.
func (d *Driver) open(ctx context.Context, job provision.Job) (*workdir, error) {
	w, err := d.use(job)
	if err != nil {
		return nil, &Failure{Op: "preparing", Instance: job.Instance, Err: err}
	}
	if err = os.MkdirAll(w.instance, 0o700); err == nil {
		if err = w.settle(ctx); err == nil {
			err = w.prepare(ctx)
		}
	}
	if err != nil {
		return nil, w.asFailure("preparing", err)
	}
	return w, nil
}

// hide masks secrets in an error that may repeat what others said.
func (w *workdir) hide(err error) error {
	if text := err.Error(); w.say.mask.apply(text) != text {
		return errors.New(w.say.mask.apply(text))
	}
	return err
}

// operate runs a command that plans or changes, after `init` where that is needed.
func (w *workdir) operate(ctx context.Context, op string, values map[string]cty.Value, command func(tf *tfexec.Terraform) error) (*listener, error) {
	initialised, err := w.initialise(ctx, false)
	if err != nil {
		return nil, w.asFailure("initialising", err)
	}
	for {
		w.say.phase("planning")
		l := &listener{say: w.say}
		if w.job.Stack.Local {
			l.source = w.job.Stack.Source
		}
		err := w.listen(ctx, op, l, values, command)
		var failure *Failure
		if initialised || !errors.As(err, &failure) || ctx.Err() != nil || !wantsInit(failure) {
			return l, err
		}
		w.say.note("Terraform wants to be initialised")
		if initialised, err = w.initialise(ctx, true); err != nil {
			return nil, w.asFailure("initialising", err)
		}
	}
}

// asFailure says what was being done, where that is not said yet.
func (w *workdir) asFailure(op string, err error) error {
	var failure *Failure
	if err == nil || errors.As(err, &failure) {
		return err
	}
	return &Failure{Op: op, Instance: w.job.Instance, Err: w.hide(err)}
}

// Plan implements provision.Driver.
func (d *Driver) Plan(ctx context.Context, job provision.Job, keep bool) ([]provision.Change, error) {
	w, err := d.open(ctx, job)
	if err != nil {
		return nil, err
	}
	if keep {
		// Terraform writes into the file that is there, and so keeps its mode.
		if err := atomicfile.Write(w.plan(), nil); err != nil {
			return nil, w.asFailure("planning", err)
		}
	}
	l, err := w.operate(ctx, "planning", job.Stack.Variables, func(tf *tfexec.Terraform) error {
		var options []tfexec.PlanOption
		if keep {
			options = append(options, tfexec.Out(w.plan()))
		}
		_, err := tf.Plan(ctx, options...)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, w.dropPlan())
	}
	return l.changes, nil
}

// Planned implements provision.Driver.
func (d *Driver) Planned(ctx context.Context, job provision.Job) ([]byte, error) {
	w, err := d.open(ctx, job)
	if err != nil {
		return nil, err
	}
	var plan *tfjson.Plan
	err = w.run(ctx, "reading the plan", func(tf *tfexec.Terraform) (err error) {
		plan, err = tf.ShowPlanFile(ctx, w.plan())
		return err
	})
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(plan)
	return data, w.asFailure("reading the plan", err)
}

// Apply implements provision.Driver.
func (d *Driver) Apply(ctx context.Context, job provision.Job) (map[string]provision.OutputValue, error) {
	w, err := d.open(ctx, job)
	if err != nil {
		return nil, err
	}
	return w.apply(ctx)
}

// ApplyPlanned implements provision.Driver.
func (d *Driver) ApplyPlanned(ctx context.Context, job provision.Job) (_ map[string]provision.OutputValue, err error) {
	w, err := d.open(ctx, job)
	if err != nil {
		return nil, err
	}
	if !exists(w.plan()) {
		return nil, &Failure{Op: "applying", Instance: job.Instance, Err: errors.New("no plan was kept"), Hint: "Plan it again."}
	}
	defer func() { err = errors.Join(err, w.dropPlan()) }()
	return w.apply(ctx, tfexec.DirOrPlan(w.plan()))
}

func (w *workdir) apply(ctx context.Context, options ...tfexec.ApplyOption) (map[string]provision.OutputValue, error) {
	l, err := w.operate(ctx, "applying", w.job.Stack.Variables, func(tf *tfexec.Terraform) error {
		return tf.Apply(ctx, options...)
	})
	if err != nil {
		return nil, err
	}
	return w.outputs(ctx, l)
}

// outputs takes the outputs from where they are at hand: the state on this machine, or what Terraform has just said,
// which leaves sensitive values out.
func (w *workdir) outputs(ctx context.Context, l *listener) (map[string]provision.OutputValue, error) {
	if l != nil && l.outputs != nil && !w.local() {
		outputs := map[string]provision.OutputValue{}
		whole := true
		for name, o := range l.outputs {
			if o.Value == nil {
				whole = false
				break
			}
			value, err := decodeOutput(o.Type, o.Value)
			if err != nil {
				return nil, w.asFailure("reading outputs", fmt.Errorf("%s: %w", name, err))
			}
			outputs[name] = provision.OutputValue{Value: value, Sensitive: o.Sensitive}
		}
		if whole {
			return outputs, nil
		}
	}
	s, err := w.pull(ctx)
	if err == nil {
		var outputs map[string]provision.OutputValue
		if outputs, err = s.outputs(); err == nil {
			return outputs, nil
		}
	}
	return nil, w.asFailure("reading outputs", err)
}

// Drop implements provision.Driver.
func (d *Driver) Drop(instance string) error {
	w, err := d.use(provision.Job{Instance: instance})
	if err != nil {
		return err
	}
	return w.dropPlan()
}

func (w *workdir) dropPlan() error {
	if err := os.Remove(w.plan()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("dropping the plan of %s, which may hold secrets: %w", w.job.Instance, err)
	}
	return nil
}

// Destroy implements provision.Driver.
func (d *Driver) Destroy(ctx context.Context, job provision.Job) error {
	if job.Stack.Local && !isDir(job.Stack.Source) {
		was, err := d.reader(ctx, job)
		if err != nil {
			return err
		}
		if s, err := was.pull(ctx); err == nil && s != nil && was.local() {
			was.say.note(job.Stack.Source + " is no more: what the state knows is destroyed without it")
			var remove func()
			if job, remove, err = sourceless(job, s); err != nil {
				return err
			}
			defer remove()
		}
	}
	w, err := d.open(ctx, job)
	if err != nil {
		return err
	}
	values := placeholders(w.module, func(name string) bool {
		_, inJob := job.Stack.Variables[name]
		_, inEnviron := os.LookupEnv(variablePrefix + name)
		return inJob || inEnviron
	})
	maps.Copy(values, job.Stack.Variables)
	_, err = w.operate(ctx, "destroying", values, func(tf *tfexec.Terraform) error {
		return tf.Destroy(ctx)
	})
	return err
}

// Outputs implements provision.Driver.
func (d *Driver) Outputs(ctx context.Context, job provision.Job) (map[string]provision.OutputValue, error) {
	w, err := d.reader(ctx, job)
	if err != nil {
		return nil, err
	}
	return w.outputs(ctx, nil)
}

// Resources implements provision.Driver.
func (d *Driver) Resources(ctx context.Context, job provision.Job) ([]string, error) {
	w, err := d.reader(ctx, job)
	if err != nil {
		return nil, err
	}
	s, err := w.pull(ctx)
	if err != nil {
		return nil, w.asFailure("reading the state", err)
	}
	return s.addresses(), nil
}

// reader opens a working directory for reading its state: as it was left where the state is on this machine, or nobody
// says what it is to be.
func (d *Driver) reader(ctx context.Context, job provision.Job) (*workdir, error) {
	w, err := d.use(job)
	if err != nil {
		return nil, err
	}
	backend, err := backendDigest(job.Stack.Backend)
	if err != nil {
		return nil, err
	}
	_, errored := w.errored() // which opening writes where it is to be read
	if job.Stack.Source == "" || !errored && w.local() && w.record.Backend == backend || w.record.Dir == "" && backend == "" {
		if !isDir(w.instance) {
			return w, nil
		}
		return w, w.settle(ctx)
	}
	return d.open(ctx, job)
}

// pull reads the state; nil where there is none.
func (w *workdir) pull(ctx context.Context) (*state, error) {
	if w.local() {
		return readState(w.state())
	}
	if w.record.Dir == "" {
		return readState(filepath.Join(w.instance, stateFile))
	}
	if w.config == nil { // as it was left
		if err := w.setUp(ctx); err != nil {
			return nil, err
		}
	} else if _, err := w.initialise(ctx, false); err != nil {
		return nil, err
	}
	var content string
	err := w.run(ctx, "reading the state", func(tf *tfexec.Terraform) (err error) {
		content, err = tf.StatePull(ctx)
		return err
	})
	if err != nil || strings.TrimSpace(content) == "" {
		return nil, err
	}
	return parseState([]byte(content))
}

// Remove implements provision.Driver.
func (d *Driver) Remove(ctx context.Context, instance string) error {
	job := provision.Job{Instance: instance}
	resources, err := d.Resources(ctx, job)
	if err != nil {
		return err
	}
	if len(resources) > 0 {
		return &Failure{
			Op: "removing the working directory of", Instance: instance,
			Err:  fmt.Errorf("its state still knows %s: %s", plural.Count(len(resources), "resource"), strings.Join(resources[:min(len(resources), 10)], ", ")),
			Hint: "Destroy them first.",
		}
	}
	w, err := d.use(job)
	if err != nil {
		return err
	}
	if path, there := w.errored(); there {
		return &Failure{
			Op: "removing the working directory of", Instance: instance,
			Err:  fmt.Errorf("%s is a state that could not be written where it is kept", path),
			Hint: "Bring the instance up or take it down: that writes it.",
		}
	}
	if err := w.removeState(); err != nil {
		return err
	}
	entries, err := os.ReadDir(w.instance)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if name := entry.Name(); slices.Contains(ourFiles, name) || strings.HasPrefix(name, stateFile) || strings.HasPrefix(name, atomicfile.TempPrefix) {
			if err := os.RemoveAll(filepath.Join(w.instance, name)); err != nil {
				return err
			}
		}
	}
	// What is left is of others, such as logs.
	if left, err := os.ReadDir(w.instance); err == nil && len(left) == 0 {
		return os.Remove(w.instance)
	}
	return nil
}

// removeState removes a state, of which nothing lives, that a local backend's path has put below the instance's
// directory, with what was set aside of it. One that is elsewhere is the user's.
func (w *workdir) removeState() error {
	path := w.state()
	if !w.local() || !within(path, w.instance) {
		return nil
	}
	asides, err := filepath.Glob(globEscape(path) + ".broken-*")
	if err != nil {
		return err
	}
	for _, path := range append(asides, path) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for dir := filepath.Dir(path); dir != w.instance && os.Remove(dir) == nil; {
		dir = filepath.Dir(dir)
	}
	return nil
}

// ourFiles are what the driver and its shim keep in the directory of an instance, beside the state.
var ourFiles = []string{rootDir, statesDir, recordFile, planFile, journalFile, lockFile, pidFile}
