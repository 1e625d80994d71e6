package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// The files by which the provider and a balancer speak.
const (
	balancerConfigFile = "config.json"
	balancerAckFile    = "serving.json"
)

// balancerConfig is what a balancer serves. The provider replaces the file and sends SIGHUP.
type balancerConfig struct {
	Generation int64  `json:"generation"` // counted up
	Targets    []int  `json:"targets"`    // ports of 127.0.0.1
	Health     health `json:"health"`
}

// balancerAck is what a balancer says when it serves a configuration, having checked all targets once.
type balancerAck struct {
	Generation int64 `json:"generation"`
	PID        int   `json:"pid"`
}

// drainTime is how long requests may go on when a balancer ends.
const drainTime = 3 * time.Second

// balance is the balancer process, a member of a supervised unit. It listens on the loopback addresses at PORT.
func balance(id identity) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT)
	fail := func(err error) error { return fmt.Errorf("balancing %s: %w", id.Unit, err) }

	errs := make(chan error, 2)
	pool := newPool()
	defer pool.close()
	reload := func() error {
		var config balancerConfig
		if err := readJSON(filepath.Join(id.dir(), balancerConfigFile), &config); err != nil {
			return err
		}
		pool.set(config)
		return writeJSON(filepath.Join(id.dir(), balancerAckFile), balancerAck{config.Generation, os.Getpid()})
	}
	if err := reload(); err != nil {
		return fail(err)
	}
	server := &http.Server{
		Handler:           pool.handler(),
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          log.New(os.Stderr, "", 0),
	}
	for i, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, os.Getenv("PORT")))
		switch {
		case err == nil:
			go func() { errs <- server.Serve(l) }()
		case i == 0: // without IPv6 it goes on
			return fail(err)
		}
	}
	for {
		select {
		case err := <-errs:
			return fail(err)
		case sig := <-signals:
			if sig == syscall.SIGHUP {
				if err := reload(); err != nil {
					fmt.Fprintln(os.Stderr, fail(err))
				}
				continue
			}
			ctx, cancel := context.WithTimeout(context.Background(), drainTime)
			defer cancel()
			_ = server.Shutdown(ctx) // upgraded connections and what takes longer is cut
			return nil
		}
	}
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
		ErrorLog: log.New(io.Discard, "", 0),
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
