package local

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sync"
	"syscall"
)

// starting is a supervisor that waits for what it is to run. It ends when our process does, or drops it, before that.
type starting struct {
	nonce string
	give  io.WriteCloser // takes one spec
	ended <-chan struct{}
}

// start starts a supervisor, that outlives this process once it has a spec.
func (u unit) start() (*starting, error) {
	failed := func(err error) error { return fmt.Errorf("starting the supervisor of %s: %w", u.ref(), err) }
	exe, err := os.Executable()
	if err != nil {
		return nil, failed(err)
	}
	id := identity{Mark: u.mark(), Unit: u.ref(), Nonce: rand.Text(), Instance: u.Instance}
	cmd := &exec.Cmd{
		Path: exe, Args: []string{"maquette-supervisor", u.Instance + "/" + u.ref()}, Dir: "/",
		Env:         append(id.environ(), envRole+"="+RoleSupervisor),
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	base := baseEnvironment()
	for _, name := range slices.Sorted(maps.Keys(base)) {
		cmd.Env = append(cmd.Env, name+"="+base[name])
	}
	give, err := cmd.StdinPipe()
	if err != nil {
		return nil, failed(err)
	}
	if err := cmd.Start(); err != nil {
		return nil, failed(err)
	}
	ended := make(chan struct{})
	go func() { // so that it is not taken for living when it has ended
		defer close(ended)
		_ = cmd.Wait()
	}()
	return &starting{id.Nonce, give, ended}, nil
}

// run hands over what is to be run.
func (s *starting) run(first spec) error {
	data, err := json.Marshal(first)
	if err == nil {
		_, err = s.give.Write(data)
	}
	if closed := s.give.Close(); err == nil {
		err = closed
	}
	return err
}

// drop ends a supervisor that has not been given a spec.
func (s *starting) drop() {
	_ = s.give.Close()
	<-s.ended
}

// early are supervisors that are started while Terraform still plans what they are for: its own start and theirs go on
// side by side then. A nil one has none.
type early struct {
	mu      sync.Mutex
	waiting map[string]*starting // by the unit's ref
}

// expect starts a unit's supervisor, once. Where that fails it will be tried again, and told of, when there is need.
func (e *early) expect(u unit) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.waiting[u.ref()] != nil {
		return
	}
	if s, err := u.start(); err == nil {
		e.waiting[u.ref()] = s
	}
}

// take returns the supervisor that waits for a unit, nil where none does. It is the caller's then.
func (e *early) take(u unit) *starting {
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.waiting[u.ref()]
	delete(e.waiting, u.ref())
	return s
}

// nonce is that of the supervisor that waits for a unit, "" where none does.
func (e *early) nonce(u unit) string {
	if e == nil {
		return ""
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if s := e.waiting[u.ref()]; s != nil {
		return s.nonce
	}
	return ""
}

// end drops what was not needed after all.
func (e *early) end() {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for ref, s := range e.waiting {
		s.drop()
		delete(e.waiting, ref)
	}
}
