package local

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/maquette/maquette/provision/local/wire"
)

// The files of a unit's run directory.
const (
	statusFile = "status.json" // of the supervisor
	specPipe   = "spec"        // takes new specs; nothing is ever stored in it
	logDirName = "logs"
)

// abandonedPoll is how often a supervisor looks whether its run directory is still there. With it goes the last that
// could find the supervisor again, so it ends then.
const abandonedPoll = 2 * time.Second

// Supervise plays RoleSupervisor, and returns the process's exit code.
func Supervise() int {
	id, ok := identify(os.Environ())
	if !ok || id.Unit == "" || id.Instance == "" {
		fmt.Fprintf(os.Stderr, "maquette: the role %s is played for the built-in platform alone, which says for whom; unset %s\n", RoleSupervisor, envRole)
		return 1
	}
	if err := supervise(id, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "maquette:", err)
		return 1
	}
	return 0
}

// supervisor keeps the members of one unit running. It is a process of its own, without a terminal, that the provider
// starts and leaves.
type supervisor struct {
	id      identity
	dir     string
	log     *logFile
	threads chan func() // run one after the other on one thread, that never ends

	mu      sync.Mutex
	spec    spec
	settled bool
	problem string
	culprit int
	members []*member
	changed chan struct{} // closed and replaced on each change
}

// supervise does its work until it is asked to end, or nobody can find it any more. The first spec comes from in.
func supervise(id identity, in io.Reader) error {
	s := &supervisor{id: id, dir: id.dir(), threads: make(chan func()), changed: make(chan struct{})}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)

	var first spec
	if err := json.NewDecoder(in).Decode(&first); err != nil {
		if errors.Is(err, io.EOF) {
			return nil // it is not needed after all
		}
		return fmt.Errorf("supervising %s: reading what is to be run: %w", id.Unit, err)
	}
	var err error
	if s.log, err = openLog(filepath.Join(s.dir, logDirName, "supervisor.log"), maxLog/10); err != nil {
		return fmt.Errorf("supervising %s: %w", id.Unit, err)
	}
	defer s.log.Close()
	// What the runtime says when it gives up. It had nowhere to go before there was a directory.
	_ = unix.Dup2(int(s.log.f.Fd()), int(os.Stderr.Fd()))
	pipe, err := openPipe(filepath.Join(s.dir, specPipe))
	if err != nil {
		return fmt.Errorf("supervising %s: %w", id.Unit, err)
	}
	defer pipe.Close()

	go func() {
		// Members die with the thread that started them (see memberAttr), so it must not be one that the runtime ends.
		runtime.LockOSThread()
		for f := range s.threads {
			f()
		}
	}()
	specs := make(chan spec)
	go receive(pipe, specs)
	written := make(chan struct{})
	done, stopWriting := context.WithCancel(context.Background())
	go func() {
		defer close(written)
		s.writeStatus(done)
	}()

	s.say("supervisor %d runs", os.Getpid())
	s.work(first, specs, signals)
	s.say("supervisor %d ends", os.Getpid())
	stopWriting()
	<-written
	return nil
}

// work follows specs until it is asked to end, and ends all members then.
func (s *supervisor) work(next spec, specs <-chan spec, signals <-chan os.Signal) {
	abandoned := time.NewTicker(abandonedPoll)
	defer abandoned.Stop()
	for {
		ctx, cancel := context.WithCancel(context.Background())
		var rolling sync.WaitGroup
		now := next // the one after it may come before the rollout has begun
		rolling.Go(func() { s.rollout(ctx, now) })
		finish := func() {
			cancel()
			rolling.Wait()
			s.stop(s.members)
		}
		for waiting := true; waiting; {
			select {
			case next = <-specs:
				waiting = false
			case sig := <-signals:
				s.say("ending: %s", sig)
				finish()
				return
			case <-abandoned.C:
				if _, err := os.Stat(s.dir); errors.Is(err, os.ErrNotExist) {
					finish()
					return
				}
			}
		}
		cancel()
		rolling.Wait()
	}
}

// openPipe makes a named pipe and opens it at both ends, so that it has a reader whoever comes and goes.
func openPipe(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, fmt.Errorf("making the pipe %s: %w", path, err)
	}
	return os.OpenFile(path, os.O_RDWR, 0)
}

// receive passes on the specs that come through the pipe, one a line. A line whose writer was killed half-way is none.
func receive(pipe io.Reader, specs chan<- spec) {
	lines := bufio.NewReader(pipe)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var next spec
		if json.Unmarshal(line, &next) == nil && next.Generation > 0 {
			specs <- next
		}
	}
}

// say writes a line to the supervisor's own log. It must hold nothing of members' environments.
func (s *supervisor) say(format string, args ...any) {
	fmt.Fprintf(s.log, time.Now().UTC().Format(time.RFC3339)+" "+format+"\n", args...)
}

// change changes what others wait for or read.
func (s *supervisor) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

// await waits until f, which is called under the lock, is done, or has an error.
func (s *supervisor) await(ctx context.Context, f func() (done bool, err error)) error {
	for {
		s.mu.Lock()
		changed := s.changed
		done, err := f()
		s.mu.Unlock()
		if done || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// writeStatus keeps the status file as things are.
func (s *supervisor) writeStatus(ctx context.Context) {
	for {
		s.mu.Lock()
		changed := s.changed
		st := s.status()
		s.mu.Unlock()
		if err := writeJSON(filepath.Join(s.dir, statusFile), st); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.say("writing the status: %s", err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// status is to be called under the lock.
func (s *supervisor) status() status {
	st := status{
		PID: os.Getpid(), Mark: s.id.Mark, Nonce: s.id.Nonce, Generation: s.spec.Generation,
		Settled: s.settled, Problem: s.problem, Culprit: s.culprit, Members: []wire.MemberStatus{},
	}
	if b := s.spec.Balancer; b != nil {
		st.Targets = b.Targets
	}
	for _, m := range s.members {
		st.Members = append(st.Members, m.MemberStatus)
	}
	slices.SortFunc(st.Members, func(a, b wire.MemberStatus) int { return cmp.Compare(a.Member, b.Member) })
	return st
}
