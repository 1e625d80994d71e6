package terraform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/zclconf/go-cty/cty"
)

// endless is how long Terraform may take to end after an interrupt: killing it may cost its state. Who does not want to
// wait can end maquette; the shim goes on.
const endless = 365 * 24 * time.Hour

// Failure is an operation of Terraform's that failed, with what it said.
type Failure struct {
	Op          string // "applying"
	Instance    string
	Diagnostics []Diagnostic
	Err         error  // an *exec.ExitError, the context's error, or why Terraform was not run
	Stderr      string // what it said beside its diagnostics
	Hint        string // what to do next; may be empty
}

// Diagnostic is one error or warning of Terraform's. Secrets are masked in it.
type Diagnostic struct {
	Severity string // "error", "warning"
	Summary  string
	Detail   string
	Address  string // of a resource; "" where it is about none
	File     string // of the user's
	Line     int
}

// Error says what Terraform said: that it failed, its exit code tells, is not worth more than that.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", f.Op, f.Instance)
	var exit *exec.ExitError
	told := false
	for _, d := range f.Diagnostics {
		if d.Severity == "error" {
			told = true
		}
	}
	switch {
	case told && errors.As(f.Err, &exit):
		b.WriteString("Terraform failed")
	default:
		b.WriteString(f.Err.Error())
	}
	for _, d := range f.Diagnostics {
		if d.Severity == "error" {
			b.WriteString("\n  " + strings.ReplaceAll(d.String(), "\n", "\n  "))
		}
	}
	for line := range strings.Lines(f.Stderr) {
		b.WriteString("\n  " + strings.TrimRight(line, "\n"))
	}
	if f.Hint != "" {
		b.WriteString("\n" + f.Hint)
	}
	return b.String()
}

func (f *Failure) Unwrap() error { return f.Err }

// run runs one command of Terraform's, through the shim.
func (w *workdir) run(ctx context.Context, op string, command func(tf *tfexec.Terraform) error) error {
	return w.start(ctx, op, &listener{say: w.say}, nil, nil, command)
}

// listen runs a command that plans or changes. The listener hears of its work, and the values of variables are given to
// it alone.
func (w *workdir) listen(ctx context.Context, op string, l *listener, values map[string]cty.Value, command func(tf *tfexec.Terraform) error) error {
	encoded, err := encodeVariables(values, w.module)
	if err != nil {
		return w.failure(ctx, op, l, err, "")
	}
	encoded[envJSON] = "1"
	used, _ := w.driver.ownNeeds(w.config, isTofu(w.tool.path))
	slices.Sort(used)
	encoded[envProvider] = strings.Join(slices.Compact(used), ",")
	output := &lines{each: l.hear}
	defer output.flush()
	return w.start(ctx, op, l, encoded, output, command)
}

func (w *workdir) start(ctx context.Context, op string, l *listener, more map[string]string, output io.Writer, command func(tf *tfexec.Terraform) error) error {
	failed := func(err error, stderr string) error {
		return w.failure(ctx, op, l, err, stderr)
	}
	tf, err := tfexec.NewTerraform(w.dir(), w.driver.shim(isTofu(w.tool.path)))
	if err != nil {
		return failed(err, "")
	}
	env, variables := w.driver.driverEnviron(os.Environ(), w)
	maps.Copy(variables, more)
	if err := setEnviron(tf, env, variables); err != nil {
		return failed(err, "")
	}
	if err := errors.Join(tf.SetWaitDelay(endless), tf.SetDisablePluginTLS(true)); err != nil {
		return failed(err, "")
	}
	if err := setLog(tf); err != nil {
		return failed(err, "")
	}
	var stderr bytes.Buffer
	tf.SetStderr(&stderr)
	if output != nil {
		tf.SetStdout(output)
	}
	if err := command(tf); err != nil {
		return failed(err, w.say.mask.apply(stderr.String()))
	}
	if said := trimStderr(stderr.String()); said != "" {
		w.say.line(said)
	}
	return nil
}

// failure makes an error of Terraform's exit code and of all that it said.
func (w *workdir) failure(ctx context.Context, op string, l *listener, err error, stderr string) error {
	f := &Failure{Op: op, Instance: w.job.Instance, Diagnostics: l.diagnostics, Stderr: trimStderr(stderr), Err: err}
	if f.Stderr != "" {
		w.say.line(f.Stderr)
	}
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		f.Err = ctx.Err()
	case errors.Is(err, syscall.E2BIG):
		f.Err = errors.New("the values of the variables are too large for the environment, through which Terraform gets them: put the largest in a file and give its path")
	case errors.As(err, &exit):
		f.Err = exit // terraform-exec repeats stderr in its own
		if code := exit.ExitCode(); code > 128 && code < 128+64 {
			f.Err = fmt.Errorf("signal %d has ended Terraform", code-128)
			f.Hint = "Its state is safe. Try again, or undo it: what it worked on then is told."
		}
	}
	return f
}

// joinSource names a file as the user knows it.
func joinSource(source, name string) string {
	if source == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(source, name)
}
