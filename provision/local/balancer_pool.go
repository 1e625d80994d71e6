package local

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// dialTimeout is how long a member of this machine may take to take a connection.
	dialTimeout = 2 * time.Second
	// recheck is the longest time between checks of a target that is not healthy.
	recheck = 200 * time.Millisecond
)

// pool is a balancer's targets.
type pool struct {
	targets atomic.Pointer[[]*target]
	turn    atomic.Uint64
	// kept keeps connections for requests that can be repeated when one turns out to be dead; the others go over fresh
	// ones, so that a failed dial is the usual way to fail, after which another member can be asked.
	kept, fresh *http.Transport

	mu      sync.Mutex
	running map[int]*target // by port
}

// target is one member.
type target struct {
	port    int
	health  atomic.Pointer[health]
	healthy atomic.Bool
	kick    chan struct{} // asks for a check now
	stop    context.CancelFunc
}

func newPool() *pool {
	dial := (&net.Dialer{Timeout: dialTimeout}).DialContext
	p := &pool{
		kept:    &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second, DisableCompression: true},
		fresh:   &http.Transport{DialContext: dial, DisableKeepAlives: true, DisableCompression: true},
		running: map[int]*target{},
	}
	p.targets.Store(&[]*target{})
	return p
}

// set replaces the targets. Those that stay keep their health and their connections; those that are new are checked
// before it returns. Requests that are under way to those that go are finished.
func (p *pool) set(config balancerConfig) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wanted := map[int]bool{}
	var targets []*target
	var fresh sync.WaitGroup
	for _, port := range config.Targets {
		if wanted[port] {
			continue
		}
		wanted[port] = true
		t := p.running[port]
		if t == nil {
			ctx, cancel := context.WithCancel(context.Background())
			t = &target{port: port, kick: make(chan struct{}, 1), stop: cancel}
			t.health.Store(&config.Health)
			p.running[port] = t
			fresh.Go(func() {
				t.check(ctx)
				go t.watch(ctx)
			})
		} else {
			t.health.Store(&config.Health)
			t.hurry()
		}
		targets = append(targets, t)
	}
	fresh.Wait()
	p.targets.Store(&targets)
	for port, t := range p.running {
		if !wanted[port] {
			t.stop()
			delete(p.running, port)
		}
	}
}

func (p *pool) close() {
	p.set(balancerConfig{})
	p.kept.CloseIdleConnections()
}

// next returns the healthy target whose turn it is and that was not tried, or nil.
func (p *pool) next(tried map[*target]bool) *target {
	targets := *p.targets.Load()
	if len(targets) == 0 {
		return nil
	}
	turn := p.turn.Add(1)
	for i := range targets {
		t := targets[(turn+uint64(i))%uint64(len(targets))]
		if t.healthy.Load() && !tried[t] {
			return t
		}
	}
	return nil
}

// fail takes a target out that does not take connections, until a check holds.
func (t *target) fail() {
	t.healthy.Store(false)
	t.hurry()
}

func (t *target) hurry() {
	select {
	case t.kick <- struct{}{}:
	default: // it has been asked
	}
}

// watch checks the target again and again; one that is not healthy more often, so that it is soon back.
func (t *target) watch(ctx context.Context) {
	for {
		wait := t.health.Load().Interval
		if !t.healthy.Load() {
			wait = min(wait, recheck)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-t.kick:
			timer.Stop()
		case <-timer.C:
		}
		t.check(ctx)
	}
}

// check looks at the target once.
func (t *target) check(ctx context.Context) {
	h := t.health.Load()
	var err error
	if h.Type == checkHTTP {
		err = answers(ctx, t.port, h.Path, h.Timeout)
	} else {
		var conn net.Conn
		dialer := net.Dialer{Timeout: h.Timeout}
		if conn, err = dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(t.port))); err == nil {
			conn.Close()
		}
	}
	if ctx.Err() == nil {
		t.healthy.Store(err == nil)
	}
}
