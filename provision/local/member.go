package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/maquette/maquette/provision/local/wire"
)

const (
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 10 * time.Second
	// steady is how long a member has to have been ready for its next failure to count as the first.
	steady = 10 * time.Second
)

// member is one of the interchangeable processes of a service. It runs as one spec says all its life; how it is checked
// and restarted is asked of the supervisor's spec, which may change meanwhile.
type member struct {
	wire.MemberStatus // under the supervisor's lock
	hopeless          bool

	s      *supervisor
	spec   *spec
	ctx    context.Context
	cancel context.CancelFunc
	gone   chan struct{} // closed when nothing of it is left
	begun  bool
	pool   *pool // of a balancer
}

func (s *supervisor) newMember(in *spec, number int) *member {
	m := &member{s: s, spec: in, gone: make(chan struct{})}
	m.MemberStatus = wire.MemberStatus{Member: number, Port: in.Ports[number], State: wire.StateStarting, Since: time.Now().UTC()}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	if in.Balancer != nil {
		m.pool = newPool()
	}
	return m
}

func (m *member) start() {
	m.begun = true
	go m.live()
}

// stop ends the member, and returns when nothing of it is left.
func (m *member) stop() {
	m.cancel()
	if m.begun {
		<-m.gone
	}
}

// down says that the member does not run as it should, and perhaps will not for a while.
func (m *member) down() bool {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	return m.hopeless || !m.Lives()
}

// become changes the member's state.
func (m *member) become(state string, and func()) {
	m.s.change(func() {
		if m.State != state {
			m.State, m.Since = state, time.Now().UTC()
		}
		if and != nil {
			and()
		}
	})
}

// policy is how the member is to be treated now.
func (m *member) policy() (h health, restart string, stop time.Duration) {
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	return m.s.spec.Health, m.s.spec.Restart, m.s.spec.Stop
}

// live runs the member again and again, as its restart policy says, until it is stopped.
func (m *member) live() {
	defer close(m.gone)
	log, err := openLog(wire.MemberLog(filepath.Join(m.s.dir, logDirName), m.Member), maxLog)
	if err != nil {
		m.become(wire.StateFailed, func() { m.Exit, m.hopeless = err.Error(), true })
		return
	}
	defer log.Close()
	run := m.once
	if m.pool != nil {
		run = m.balance
		defer m.pool.close()
	}
	backoff := firstBackoff
	for {
		wasReady, how := run(log)
		if m.ctx.Err() != nil {
			m.become(wire.StateStopped, func() { m.PID = 0 })
			return
		}
		_, restart, _ := m.policy()
		if restart == restartNever || restart == restartOnFailure && how == nil {
			state := wire.StateDone
			if how != nil {
				state = wire.StateFailed
			}
			m.become(state, func() { m.PID, m.Reason = 0, "" })
			<-m.ctx.Done()
			m.become(wire.StateStopped, nil)
			return
		}
		if wasReady > steady {
			backoff = firstBackoff
		}
		m.become(wire.StateWaiting, func() { m.PID = 0 })
		select {
		case <-time.After(backoff):
		case <-m.ctx.Done():
		}
		if m.ctx.Err() != nil {
			m.become(wire.StateStopped, nil)
			return
		}
		backoff = min(2*backoff, maxBackoff)
		m.become(wire.StateStarting, func() { m.Restarts++ })
	}
}

// once runs the member until it ends or is stopped, and takes away what it leaves. It returns for how long it was
// ready, and how it ended.
func (m *member) once(log *logFile) (wasReady time.Duration, how error) {
	cmd, output, err := m.command()
	if err == nil {
		started := make(chan error)
		m.s.threads <- func() { started <- cmd.Start() }
		err = <-started
		cmd.Stdout.(*os.File).Close()
		if err != nil {
			output.Close()
		}
	}
	if err != nil {
		err = fmt.Errorf("it cannot be started: %w", err)
		m.s.say("member %d: %s", m.Member, err)
		m.become(wire.StateWaiting, func() { m.Exit, m.hopeless = err.Error(), true })
		return 0, err
	}
	m.become(wire.StateStarting, func() { m.PID, m.hopeless = cmd.Process.Pid, false })
	m.s.say("member %d: process %d, port %d", m.Member, cmd.Process.Pid, m.Port)

	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(log, output)
	}()
	exited, ended := context.WithCancel(context.Background())
	go func() {
		how = cmd.Wait()
		ended()
	}()

	readySince := m.watch(exited, cmd.Process.Pid)
	var grace time.Duration
	if m.ctx.Err() != nil {
		grace = m.terminate(exited, cmd.Process.Pid)
	}
	<-exited.Done()
	m.sweep(grace)
	select { // whoever held the other end is gone; but not elsewhere than on Linux if it hides its environment
	case <-copied:
	case <-time.After(time.Second):
	}
	output.Close()
	<-copied

	exit := "exit status 0"
	if how != nil {
		exit = how.Error()
	}
	m.s.say("member %d: process %d has ended: %s", m.Member, cmd.Process.Pid, exit)
	reason := m.Reason
	// It may have ended before it was checked for the first time.
	if h, _, _ := m.policy(); h.Type != checkNone && readySince.IsZero() {
		if err := proven(m.Port, 0, m.mine); errors.Is(err, errTaken) {
			reason = err.Error()
		}
	}
	m.become(m.State, func() { m.Exit, m.PID, m.Reason = exit, 0, reason })
	if !readySince.IsZero() {
		wasReady = time.Since(readySince)
	}
	return wasReady, how
}

// command makes the member's command, whose output goes to the pipe that it returns as well.
func (m *member) command() (*exec.Cmd, *os.File, error) {
	port, number := strconv.Itoa(m.Port), strconv.Itoa(m.Member)
	replace := strings.NewReplacer("{port}", port, "{member}", number)
	args := make([]string, len(m.spec.Command))
	for i, arg := range m.spec.Command {
		args[i] = replace.Replace(arg)
	}
	environment := maps.Clone(m.spec.Base)
	maps.Copy(environment, m.spec.Environment)
	path, err := lookPath(args[0], environment["PATH"])
	if err != nil {
		return nil, nil, err
	}
	environ := append(m.s.id.environ(), "PORT="+port, envMember+"="+number, "SERVICE="+m.spec.Name)
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		environ = append(environ, name+"="+environment[name])
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	return &exec.Cmd{Path: path, Args: args, Env: environ, Dir: m.spec.Dir, Stdout: w, Stderr: w, SysProcAttr: memberAttr()}, r, nil
}

// lookPath finds a program in the directories of a PATH. A name with a slash is taken as it is: seen from the directory
// that the program runs in.
func lookPath(name, path string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, dir := range filepath.SplitList(path) {
		if !filepath.IsAbs(dir) {
			continue
		}
		if found, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("no program %q in %q", name, path)
}

// watch checks the member's health until it has ended or is to be stopped. It returns since when the member was ready.
func (m *member) watch(exited context.Context, pid int) (readySince time.Time) {
	begun := time.Now()
	pause, failures, isProven := firstCheck, 0, false
	either, cancel := context.WithCancel(m.ctx)
	defer cancel()
	defer context.AfterFunc(exited, cancel)()
	for {
		h, _, _ := m.policy()
		wait := pause
		if !readySince.IsZero() && failures == 0 {
			wait = h.Interval
		}
		select {
		case <-time.After(wait):
		case <-either.Done():
			return readySince
		}
		var err error
		switch {
		case h.Type == checkNone && time.Since(begun) < settleTime:
			err = errors.New("it has just been started")
		case h.Type == checkTCP, h.Type == checkHTTP && !isProven:
			err = proven(m.Port, pid, m.mine)
			isProven = err == nil
		}
		if err == nil && h.Type == checkHTTP {
			err = answers(either, m.Port, h.Path, h.Timeout)
		}
		switch {
		case either.Err() != nil:
			return readySince
		case err == nil:
			failures = 0
			if readySince.IsZero() {
				readySince = time.Now()
			}
			if m.State != wire.StateReady { // only this goroutine changes it
				m.become(wire.StateReady, func() { m.Reason = "" })
			}
		default:
			failures++
			pause = min(pause*5/4, slowCheck, max(h.Interval, firstCheck))
			if !readySince.IsZero() && failures >= patience {
				m.become(wire.StateUnhealthy, func() { m.Reason = err.Error() })
			} else if readySince.IsZero() && m.Reason != err.Error() {
				m.become(wire.StateStarting, func() { m.Reason = err.Error() })
			}
		}
	}
}

// mine says whether a process belongs to the member.
func (m *member) mine(id identity) bool {
	return id.Mark == m.s.id.Mark && id.Unit == m.s.id.Unit && id.Nonce == m.s.id.Nonce && id.Member == strconv.Itoa(m.Member)
}

// terminate asks the member's process group to end, and what of the member has left the group, and kills the group when
// it does not in its time. It returns what is left of the time.
func (m *member) terminate(exited context.Context, pid int) time.Duration {
	_, _, grace := m.policy()
	m.become(wire.StateStopping, nil)
	deadline := time.Now().Add(grace)
	// As nobody has waited for the process yet, its number is no other's.
	_ = syscall.Kill(-pid, syscall.SIGTERM)
	if all, err := processes(m.mine); err == nil {
		for _, p := range all {
			if group, err := syscall.Getpgid(p.PID); err == nil && group != pid {
				p.signal(syscall.SIGTERM)
			}
		}
	}
	select {
	case <-exited.Done():
	case <-time.After(grace):
		m.s.say("member %d: process %d is killed, it has not ended in %s", m.Member, pid, grace)
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	return max(0, time.Until(deadline))
}

// sweep takes away what the member has started and left: it may hold the port. What was asked to end has the grace to
// do so.
func (m *member) sweep(grace time.Duration) {
	deadline := time.Now().Add(grace)
	for time.Now().Before(deadline) {
		left, err := processes(m.mine)
		if err != nil || len(left) == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	_, left, err := end(context.Background(), m.mine, 0)
	if err != nil {
		m.s.say("member %d: %s", m.Member, err)
	}
	for _, p := range left {
		m.s.say("member %d: %s cannot be ended", m.Member, p)
	}
}
