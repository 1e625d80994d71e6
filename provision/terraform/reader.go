package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// interruptGrace is how long Terraform may take to end after the context is cancelled. It only reads, so it has nothing
// to finish; and while it waits for a backend it does not heed the interrupt.
const interruptGrace = 2 * time.Second

// reader runs Terraform on one working directory, with a data directory of its own.
type reader struct {
	dir    Dir
	path   string // of the working directory, absolute
	data   string // the user's own data directory
	binary string // absolute
	shadow *shadow
	tf     *tfexec.Terraform
	stderr bytes.Buffer // of the command that ran last
}

// open prepares the reading of a directory. The caller closes the shadow.
func open(d Dir) (*reader, error) {
	fail := func(err error, hint string) error {
		return &Error{Op: "opening", Dir: d, Err: err, Hint: hint}
	}

	path, err := filepath.Abs(d.path())
	if err != nil {
		return nil, fail(err, "")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fail(err, "Name the directory that `terraform plan` is run in.")
	case err != nil:
		return nil, fail(err, "")
	case !info.IsDir():
		return nil, fail(errors.New("it is not a directory"), "Name the directory that `terraform plan` is run in.")
	}

	binary, err := findBinary(d.Binary)
	if err != nil {
		return nil, fail(err, "Install Terraform or OpenTofu and put it on PATH, or name the binary to use.")
	}
	r := &reader{dir: d, path: path, data: dataDir(path), binary: binary}
	if r.shadow, err = newShadow(r.data); err != nil {
		return nil, fail(err, "")
	}
	if err := r.prepare(); err != nil {
		return nil, fail(errors.Join(err, r.shadow.close()), "")
	}
	return r, nil
}

func (r *reader) prepare() (err error) {
	if r.tf, err = tfexec.NewTerraform(r.path, r.binary); err != nil {
		return err
	}
	env, variables, err := observerEnviron(os.Environ(), r.shadow)
	if err != nil {
		return err
	}
	if err := setEnviron(r.tf, env, variables); err != nil {
		return err
	}
	if err := r.tf.SetWaitDelay(interruptGrace); err != nil {
		return err
	}
	// For a Terraform that a killed wrapper script left behind: see Observe.
	if err := r.tf.SetEnableLegacyPipeClosing(true); err != nil {
		return err
	}
	r.tf.SetStderr(&r.stderr)
	return nil
}

func (r *reader) versions(ctx context.Context) (terraform string, providers map[string]string, err error) {
	r.stderr.Reset()
	v, selected, err := r.tf.Version(ctx, true)
	if err != nil {
		return "", nil, r.fail(ctx, "asking "+r.binary+" for its version", err,
			"Run `"+r.name()+" version` there to see for yourself.")
	}
	providers = make(map[string]string, len(selected))
	for source, v := range selected {
		providers[source] = v.String()
	}
	return v.String(), providers, nil
}

// useWorkspace makes the commands that follow work in the wanted workspace, and returns its name. Where it does not
// exist it is an error, as those commands would create it: a directory, or an object in a bucket.
func (r *reader) useWorkspace(ctx context.Context) (string, error) {
	wanted := r.dir.Workspace
	if wanted == "" {
		wanted = r.shadow.selected
	}
	// The default workspace cannot be created, and some backends know no other and list none.
	if wanted != defaultWorkspace {
		workspaces, err := r.workspaces(ctx)
		if err != nil {
			return "", r.fail(ctx, fmt.Sprintf("looking for workspace %q", wanted), err, r.nextStep())
		}
		if !slices.Contains(workspaces, wanted) {
			return "", r.fail(ctx, "reading the state", fmt.Errorf("workspace %q does not exist", wanted),
				"Name one of those that do: "+strings.Join(workspaces, ", ")+".")
		}
	}
	if err := r.shadow.use(wanted); err != nil {
		return "", r.fail(ctx, fmt.Sprintf("preparing workspace %q", wanted), err, "")
	}
	return wanted, nil
}

func (r *reader) workspaces(ctx context.Context) ([]string, error) {
	r.stderr.Reset()
	workspaces, _, err := r.tf.WorkspaceList(ctx)
	return workspaces, err
}

func (r *reader) pullState(ctx context.Context) ([]byte, error) {
	const op = "reading the state"
	r.stderr.Reset()
	out, err := r.tf.StatePull(ctx)
	if err != nil {
		return nil, r.fail(ctx, op, err, r.nextStep())
	}
	switch state := strings.TrimSpace(out); {
	case json.Valid([]byte(state)):
		return []byte(state), nil
	case state != "":
		return nil, r.fail(ctx, op, errors.New("what Terraform gave for it is not JSON"), r.nextStep())
	}
	if !hasConfiguration(r.path) {
		return nil, r.fail(ctx, op, errors.New("there is neither a Terraform configuration nor a state"),
			"Name the directory that `"+r.name()+" plan` is run in.")
	}
	hint := "Run `" + r.name() + " apply` first"
	if workspaces, err := r.workspaces(ctx); err == nil && len(workspaces) > 1 {
		hint += ", or name the workspace that is meant, after a #: there are " + strings.Join(workspaces, ", ")
	}
	return nil, r.fail(ctx, op, errors.New("the state is empty: nothing was ever applied, or an apply was killed while it wrote"),
		hint+".")
}

// fail makes an error, with what Terraform said where it is Terraform that failed. The error of tfexec repeats that:
// only its cause is kept.
func (r *reader) fail(ctx context.Context, op string, err error, hint string) error {
	e := &Error{Op: op, Dir: r.dir, Err: err, Hint: hint}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		e.Err, e.Hint = ctx.Err(), ""
	case errors.As(err, &exit):
		e.Err = fmt.Errorf("%s failed: %w", r.name(), exit)
		e.Stderr = trimStderr(r.stderr.String())
	}
	return e
}

// nextStep advises on what Terraform has complained of.
func (r *reader) nextStep() string {
	said := r.stderr.String()
	switch {
	case !hasConfiguration(r.path):
		return "There are no *.tf files there. Name the directory that `" + r.name() + " plan` is run in."
	case strings.Contains(said, "Unsupported Terraform Core version"), strings.Contains(said, "Unsupported OpenTofu Core version"):
		return "Use a version that the configuration allows: put it on PATH, or name the binary to use."
	case strings.Contains(said, "nitialization required"), strings.Contains(said, "not installed"), strings.Contains(said, " init"):
		return r.initHint()
	default:
		return "Run `" + r.name() + " state pull` there to see for yourself. Credentials, and what else the backend needs, " +
			"are taken from the environment, as Terraform does."
	}
}

func (r *reader) initHint() string {
	return "Run `" + r.name() + " init` there, then try again."
}

// name is what the user calls the binary.
func (r *reader) name() string {
	return strings.TrimSuffix(filepath.Base(r.binary), ".exe")
}
