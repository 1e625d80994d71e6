package local

import (
	"context"
	"errors"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/maquette/maquette/provision/local/wire"
)

// balancerConfig is what a balancer serves.
type balancerConfig struct {
	Targets []int // ports of 127.0.0.1
	Health  health
}

// drainTime is how long requests may go on when a balancer ends.
const drainTime = 3 * time.Second

// serve has a balancer serve a configuration from now on, having checked new targets once.
func (m *member) serve(config *balancerConfig) {
	if m.pool != nil && config != nil {
		m.pool.set(*config)
	}
}

// balance is once for a balancer: it listens on the loopback addresses until the member is stopped. It is no process of
// its own, as one of ours that is to keep another of ours alive is no more likely to live itself.
func (m *member) balance(log *logFile) (wasReady time.Duration, how error) {
	server := &http.Server{
		Handler:           m.pool.handler(),
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          stdlog.New(log, "", 0),
	}
	errs := make(chan error, 2)
	for i, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(m.Port)))
		switch {
		case err == nil:
			go func() { errs <- server.Serve(l) }()
		case i == 0: // without IPv6 it goes on
			m.become(m.State, func() { m.Exit, m.Reason = err.Error(), err.Error() })
			return 0, err
		}
	}
	since := time.Now()
	m.become(wire.StateReady, func() { m.PID, m.Reason = os.Getpid(), "" })
	select {
	case how = <-errs:
		m.become(m.State, func() { m.Exit = how.Error() })
		_ = server.Close()
	case <-m.ctx.Done():
		m.become(wire.StateStopping, nil)
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		_ = server.Shutdown(ctx) // upgraded connections and what takes longer is cut
	}
	return time.Since(since), how
}

// errNoTarget says that a request has found no healthy member.
var errNoTarget = errors.New("no member is healthy")

// handler passes requests on to the healthy targets in turn.
func (p *pool) handler() http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme = "http"
			r.Out.URL.Host = r.In.Host // RoundTrip chooses the target
			r.Out.Host = r.In.Host
			// As a proxy before this one says, if there is one: it stands on this machine.
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			r.SetXForwarded()
			for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto"} {
				if given := r.In.Header.Get(name); given != "" {
					r.Out.Header.Set(name, given)
				}
			}
		},
		Transport:     p,
		FlushInterval: -1,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			status, text := http.StatusBadGateway, "a member has broken the connection"
			if errors.Is(err, errNoTarget) {
				status, text = http.StatusServiceUnavailable, errNoTarget.Error()
				w.Header().Set("Retry-After", "1")
			}
			http.Error(w, "maquette: "+text, status)
		},
		ErrorLog: stdlog.New(io.Discard, "", 0),
	}
	return proxy
}

// RoundTrip sends a request to one healthy target after the other, for as long as it is sure that none has seen it, or
// it may be seen twice.
func (p *pool) RoundTrip(req *http.Request) (*http.Response, error) {
	body := &keptBody{ReadCloser: req.Body}
	if req.Body != nil && req.Body != http.NoBody {
		req = req.Clone(req.Context())
		req.Body = body
	}
	repeatable := req.Body == nil || req.Body == http.NoBody
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
	default:
		repeatable = false
	}
	transport := p.fresh
	if repeatable {
		transport = p.kept
	}
	tried := map[*target]bool{}
	for {
		t := p.next(tried)
		if t == nil {
			return nil, errNoTarget
		}
		tried[t] = true
		req.URL.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(t.port))
		resp, err := transport.RoundTrip(req)
		if err == nil {
			return resp, nil
		}
		var op *net.OpError
		unseen := errors.As(err, &op) && op.Op == "dial"
		if unseen && req.Context().Err() == nil {
			t.fail()
		}
		if req.Context().Err() != nil || body.read.Load() || !unseen && !repeatable {
			return nil, err
		}
	}
}

// keptBody is a body that stays open when an attempt has failed, and knows whether anything of it is gone. The server
// closes what it wraps.
type keptBody struct {
	io.ReadCloser
	read atomic.Bool // by a goroutine of the transport
}

func (b *keptBody) Read(p []byte) (int, error) {
	b.read.Store(true)
	return b.ReadCloser.Read(p)
}

func (b *keptBody) Close() error { return nil }
