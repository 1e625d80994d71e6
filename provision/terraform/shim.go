package terraform

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// RoleShim is what MAQUETTE_ROLE says in a process that is to call Shim.
const RoleShim = "terraform"

// How the driver tells the shim what to do. Terraform itself does not get to see these.
const (
	envRole    = "MAQUETTE_ROLE"
	envMark    = "MAQUETTE_MARK"
	shimPrefix = "MAQUETTE_TERRAFORM_"
	envExec    = shimPrefix + "EXEC"  // the real binary
	envDir     = shimPrefix + "DIR"   // of the instance
	envState   = shimPrefix + "STATE" // the state file; empty where the state is kept elsewhere
	envCache   = shimPrefix + "CACHE"
	// envJSON asks for machine-readable output. terraform-exec has methods for that, which first ask for the version in
	// a process of its own.
	envJSON = shimPrefix + "JSON"
	// envProvider are the addresses of our own provider, with commas between, where the shim is to serve it.
	envProvider = shimPrefix + "PROVIDER"
)

const (
	// shimPoll is how often the shim looks for a new state and whether its parent lives. What Terraform has written
	// within that time before it is killed may have no copy; a look costs two system calls.
	shimPoll = 10 * time.Millisecond
	// pipeGrace is how long a process that Terraform has left behind may hold its output open.
	pipeGrace = 2 * time.Second
	// exitNotStarted is the shim's exit code where it could not run Terraform.
	exitNotStarted = 120
)

// Shim stands between terraform-exec and Terraform, so that Terraform can always write its state:
//   - Terraform gets one interrupt, however many there are: at the second one it gives up where it is.
//   - It is not killed when our process is: then it is interrupted, and the shim takes what it still says, as it would
//     die of a closed pipe.
//   - Each state that it writes is copied, as it truncates its file before it writes it.
//   - A lock is held for as long as it runs, so that the next operation can wait for its end.
//
// It runs the binary that the environment names with its own arguments, and returns its exit code. serve serves our
// provider for that run, and is told whether it applies; nil: Terraform starts it.
func Shim(serve func(applies bool) (*Attached, error)) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// With a handler, writing to a closed pipe is an error and not the end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	s := shim{
		binary: os.Getenv(envExec), dir: os.Getenv(envDir), state: os.Getenv(envState), addresses: os.Getenv(envProvider),
		parent: os.Getppid(), signals: signals, serve: serve,
	}
	cache, machineReadable := os.Getenv(envCache), os.Getenv(envJSON) != ""
	// Neither Terraform nor what the provider starts is a shim.
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); name == envRole || strings.HasPrefix(name, shimPrefix) {
			os.Unsetenv(name)
		}
	}
	args := os.Args[1:]
	if slices.Equal(args, []string{"version", "-json"}) {
		if answer, ok := cachedVersion(cache, s.binary); ok {
			_, _ = os.Stdout.Write(answer)
			return 0
		}
	}
	if len(args) > 0 && machineReadable {
		args = slices.Insert(args, 1, "-json")
	}
	code, err := s.run(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "maquette: running %s: %v\n", s.binary, err)
		return exitNotStarted
	}
	return code
}

type shim struct {
	binary, dir, state string
	addresses          string
	parent             int
	signals            chan os.Signal
	serve              func(applies bool) (*Attached, error)
}

var errInterrupted = errors.New("interrupted before it began")

func (s shim) run(args []string) (code int, err error) {
	lock, err := s.lock()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()

	cmd := exec.Command(s.binary, args...)
	cmd.SysProcAttr = attributes()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return 0, err
	}

	var changes *journal
	if len(args) > 0 && (args[0] == "apply" || args[0] == "destroy") {
		if changes, err = newJournal(s.dir); err != nil {
			return 0, err
		}
	}
	copies := newCopier(s.state, filepath.Join(s.dir, statesDir))
	if err := copies.take(); err != nil {
		return 0, err
	}
	var end func(orderly bool)
	end, cmd.Env = s.attach(os.Environ(), args[0] == "apply")
	if err := cmd.Start(); err != nil {
		end(true)
		return 0, errors.Join(err, changes.close(true))
	}
	if err := writePID(s.dir, cmd.Process.Pid); err != nil {
		fmt.Fprintf(os.Stderr, "maquette: noting the process of Terraform: %v\n", err)
	}

	var output sync.WaitGroup
	output.Go(func() { forward(stdout, os.Stdout, changes.line) })
	output.Go(func() { forward(stderr, os.Stderr, nil) })
	code = s.wait(cmd, copies, &output)
	removePID(s.dir)
	orderly := code == 0 || code == 1 || code == 2 // 2: a plan with changes
	end(orderly)
	return code, changes.close(orderly)
}

// wait returns Terraform's exit code, as a shell would tell it. It sees to signals and copies until then.
func (s shim) wait(cmd *exec.Cmd, copies *copier, output *sync.WaitGroup) int {
	interrupt := sync.OnceFunc(func() { _ = cmd.Process.Signal(os.Interrupt) })
	stop := make(chan struct{})
	var copying sync.WaitGroup
	copying.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(shimPoll):
				// The next look, or the last one below, tries again.
				_ = copies.take()
			}
		}
	})

	// Output is read to its end before Wait, which closes the pipes.
	exited := make(chan error, 1)
	go func() {
		state, err := cmd.Process.Wait()
		if err == nil && !state.Success() {
			err = &exec.ExitError{ProcessState: state}
		}
		exited <- err
	}()
	alive := time.NewTicker(10 * shimPoll)
	defer alive.Stop()
	var err error
	for running := true; running; {
		select {
		case <-s.signals:
			interrupt()
		case <-alive.C:
			if os.Getppid() != s.parent {
				interrupt()
			}
		case err = <-exited:
			running = false
		}
	}
	close(stop)
	copying.Wait()
	if err := copies.take(); err != nil {
		fmt.Fprintf(os.Stderr, "maquette: copying the state: %v\n", err)
	}

	drained := make(chan struct{})
	go func() {
		output.Wait()
		close(drained)
	}()
	select {
	case <-drained:
	case <-time.After(pipeGrace):
	}

	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return 128 + int(status.Signal())
		}
		return exit.ExitCode()
	default:
		fmt.Fprintf(os.Stderr, "maquette: waiting for %s: %v\n", s.binary, err)
		return exitNotStarted
	}
}

// forward passes on what Terraform says, and reads on when there is nobody left to hear it.
func forward(from io.Reader, to io.Writer, line func([]byte)) {
	buffered := bufio.NewReaderSize(from, 64<<10)
	gone := false
	for {
		text, err := buffered.ReadBytes('\n')
		if line != nil && len(text) > 0 {
			line(text)
		}
		if !gone && len(text) > 0 {
			_, writeErr := to.Write(text)
			gone = writeErr != nil
		}
		if err != nil {
			return
		}
	}
}
