package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/maquette/maquette/internal/mask"
)

const (
	// childGrace is how long a child that is asked to end may take before it is killed.
	childGrace = 3 * time.Second
	// childTailBytes and childTailLines bound what an error repeats of a child's output.
	childTailBytes = 8 << 10
	childTailLines = 20
)

// child is a program that the provider runs and waits for: git, psql, a build.
type child struct {
	Dir     string
	Env     []string // laid over childEnviron; a name alone takes it out
	Args    []string
	Mixed   bool          // its output is for people: none is returned, and errors have all of it in its order
	Hide    []string      // secrets, never repeated in an error
	Timeout time.Duration // 0: no limit but the context's
}

// run returns what the program wrote to its standard output. An error ends with the last lines of all its output.
//
// The program leads a process group of its own, which ends with it, with the context and with the time limit: what it
// has started must not outlive it.
func (c child) run(ctx context.Context) (string, error) {
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, c.Timeout, fmt.Errorf("it was not done after %s", c.Timeout))
		defer cancel()
	}
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir = c.Dir
	cmd.Env = childEnviron(os.Environ())
	if c.Dir != "" {
		c.Env = append([]string{"PWD=" + c.Dir}, c.Env...)
	}
	for _, entry := range c.Env {
		name, _, set := strings.Cut(entry, "=")
		cmd.Env = slices.DeleteFunc(cmd.Env, func(have string) bool { return strings.HasPrefix(have, name+"=") })
		if set {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	cmd.SysProcAttr = memberAttr()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = childGrace
	var out bytes.Buffer
	last := &lastOutput{}
	cmd.Stdout, cmd.Stderr = &both{&out, last}, last
	if c.Mixed {
		cmd.Stdout = last
	}

	runtime.LockOSThread() // the child would be killed with the thread that started it
	err := cmd.Run()
	runtime.UnlockOSThread()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what is left of the group
	}
	if err == nil || errors.Is(err, exec.ErrWaitDelay) && cmd.ProcessState.Success() {
		return out.String(), nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	said := mask.New(c.Hide...).Apply(last.String())
	if said != "" {
		return "", fmt.Errorf("%s: %w:\n  %s", c.Args[0], err, strings.ReplaceAll(said, "\n", "\n  "))
	}
	return "", fmt.Errorf("%s: %w", c.Args[0], err)
}

// child is whose a child of the provider is, so that it is found if the provider is killed.
func (d *providerData) child(unit string) identity {
	return identity{Mark: mark(d.Home, d.ID), Unit: unit, Instance: d.Instance}
}

// childEnviron is the environment that children get: ours, less what tells our own binary its part, what is Terraform's
// (its variables may be secrets that are none of the child's business), and what turns git to another repository.
func childEnviron(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		switch {
		case strings.HasPrefix(name, "MAQUETTE_"), strings.HasPrefix(name, "TF_"), strings.HasPrefix(name, "PLUGIN_"):
		case strings.HasPrefix(name, "GIT_CONFIG"):
		case name == "GIT_DIR", name == "GIT_WORK_TREE", name == "GIT_INDEX_FILE", name == "GIT_COMMON_DIR",
			name == "GIT_OBJECT_DIRECTORY", name == "GIT_ALTERNATE_OBJECT_DIRECTORIES", name == "GIT_NAMESPACE", name == "GIT_PREFIX":
		default:
			kept = append(kept, entry)
		}
	}
	return kept
}

// both writes to two at once.
type both struct {
	all  *bytes.Buffer
	last *lastOutput
}

func (b *both) Write(p []byte) (int, error) {
	b.all.Write(p)
	return b.last.Write(p)
}

// lastOutput keeps the end of what is written to it.
type lastOutput struct {
	mu   sync.Mutex
	kept []byte
	cut  bool
}

func (t *lastOutput) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - childTailBytes; over > 0 {
		t.kept, t.cut = append(t.kept[:0], t.kept[over:]...), true
	}
	return len(p), nil
}

// String is the last lines.
func (t *lastOutput) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := strings.ToValidUTF8(string(t.kept), "?")
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if t.cut && len(lines) > 1 {
		lines = lines[1:] // it may begin in the midst of a line, and of a secret
	}
	if len(lines) > childTailLines {
		lines = lines[len(lines)-childTailLines:]
	}
	return strings.Join(lines, "\n")
}

// sleep returns early, with an error, when the context is over.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
