package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/maquette/maquette/internal/mask"
)

// command is what a check, a hook or a document runs.
type command struct {
	args   []string
	dir    string // empty: the process's
	env    map[string]string
	secret []string  // names in env
	prefix string    // of its lines in the log
	stdout io.Writer // nil: into the log, with the rest
}

// failure is why a command that ran was no success.
type failure struct {
	why    string
	detail string // how long it took, and what it said
}

func (f *failure) Error() string { return f.why + f.detail }

// name is how errors call it. Arguments may be long, or nobody else's business.
func (c command) name() string {
	return c.mask().Apply(c.args[0])
}

// mask knows the values of those of the command's own variables that are secret.
func (c command) mask() mask.Mask {
	secrets := make([]string, len(c.secret))
	for i, name := range c.secret {
		secrets[i] = c.env[name]
	}
	return mask.New(secrets...)
}

// run runs a command until it ends, or the context does: then it is asked to stop, with all that it has started, and
// killed when it does not.
func (p Prober) run(ctx context.Context, c command, log io.Writer) error {
	hide := c.mask()
	path, err := lookUp(c.args[0], c.dir)
	if err != nil {
		return hopeless{errors.New(hide.Apply(err.Error()))}
	}
	cmd := exec.CommandContext(ctx, path)
	cmd.Args = c.args
	cmd.Dir = c.dir
	cmd.Env = p.environ(c)
	cmd.SysProcAttr = attributes()
	cmd.Cancel = func() error { return terminate(cmd.Process) }
	// From SIGTERM until the pipe is closed; also from the end of the command, where it has left somebody who holds it.
	cmd.WaitDelay = cmp.Or(p.Grace, defaultGrace)
	out := &output{to: log, prefix: c.prefix, mask: hide}
	cmd.Stdout, cmd.Stderr = out, out // one pipe for both: lines stay in order
	if c.stdout != nil {
		cmd.Stdout = c.stdout
	}

	// Where the kernel ends children with their parent, it takes the thread for the parent.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	started := time.Now()
	if err := cmd.Start(); err != nil {
		// Also when the interpreter in the first line of a script is not there.
		return hopeless{fmt.Errorf("it cannot be started: %s", hide.Apply(err.Error()))}
	}
	err = cmd.Wait()
	out.finish()
	if err != nil && ctx.Err() != nil {
		kill(cmd.Process) // what is left of its group
		return &failure{why: "it did not end in time", detail: fmt.Sprintf(", and was stopped after %s%s", since(started), out.tail())}
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		say(log, c.prefix, "(it has ended, and left a process behind that holds its output)")
		return nil
	}
	if err != nil {
		return &failure{why: err.Error(), detail: fmt.Sprintf(" after %s%s", since(started), out.tail())}
	}
	return nil
}

// environ is the environment of a command. What makes our binary play another role, or take itself for a provider, is
// not for others: the command may well be maquette.
func (p Prober) environ(c command) []string {
	base := p.Environ
	if base == nil {
		base = os.Environ()
	}
	env := make([]string, 0, len(base)+len(c.env)+1)
	for _, entry := range base {
		switch name, _, _ := strings.Cut(entry, "="); name {
		case "MAQUETTE_ROLE", "TF_PLUGIN_MAGIC_COOKIE":
		default:
			env = append(env, entry)
		}
	}
	if c.dir != "" {
		env = append(env, "PWD="+c.dir)
	}
	for _, name := range slices.Sorted(maps.Keys(c.env)) {
		env = append(env, name+"="+c.env[name])
	}
	return env
}

// lookUp finds the program of a command: on PATH, or from the command's directory where its name is a path.
func lookUp(name, dir string) (string, error) {
	if dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return "", fmt.Errorf("its directory %s is not there", dir)
		}
	}
	path := name
	if filepath.Base(name) != name && !filepath.IsAbs(name) {
		absolute, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		path = absolute
	}
	found, err := exec.LookPath(path)
	switch {
	case err == nil:
		return found, nil
	case errors.Is(err, exec.ErrDot):
		return "", fmt.Errorf("it is not on PATH, and one in the current directory is not meant unless it is written ./%s", name)
	case errors.Is(err, exec.ErrNotFound) && path == name && filepath.Base(name) == name:
		return "", errors.New("there is no such command on PATH")
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %s", path)
	}
	return "", fmt.Errorf("%s cannot be run: make it executable (chmod +x)", path)
}
