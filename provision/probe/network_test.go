package probe

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

// noLeaks holds that the test leaves no goroutine behind. It is to be called first, as its check runs last.
func noLeaks(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		// Servers and connections that were closed need a moment to end.
		for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
				return
			}
		}
	})
}

// quick is a check that does not take long to fail.
func quick(c provision.Check) provision.Check {
	c.Within, c.Interval, c.Timeout = 900*time.Millisecond, 10*time.Millisecond, 450*time.Millisecond
	return c
}

func server(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "all is well") })
	mux.HandleFunc("/created", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/loop?password=canary-loop", http.StatusFound)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok", http.StatusFound) })
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://elsewhere.example/?password=canary-moved", http.StatusFound)
	})
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "begun")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, _ *http.Request) {
		block := bytes.Repeat([]byte("x"), 64<<10)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/private", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ann" || password != "canary-user" || r.URL.Query().Get("token") != "canary-query" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, r.Host)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func TestHTTP(t *testing.T) {
	noLeaks(t)
	s := server(t)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	require.NoError(t, err)
	local := "http://try-x.localhost:" + port
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1") // which is not asked for this machine

	for name, check := range map[string]provision.Check{
		"any success":         {URL: s.URL + "/created"},
		"exact status":        {URL: s.URL + "/broken", Status: 503},
		"contains":            {URL: s.URL + "/ok", Contains: "is well"},
		"redirect":            {URL: s.URL + "/moved", Contains: "is well"},
		"redirect asked for":  {URL: s.URL + "/elsewhere", Status: 302},
		"localhost below":     {URL: local + "/ok"},
		"localhost":           {URL: "http://LOCALHOST.:" + port + "/ok"},
		"huge body not read":  {URL: s.URL + "/huge"},
		"body without an end": {URL: s.URL + "/drip", Contains: "begun"},
		"userinfo and query":  {URL: "http://ann:canary-user@x.localhost:" + port + "/private?token=canary-query", Contains: "x.localhost"},
	} {
		t.Run(name, func(t *testing.T) {
			check.Kind = "http"
			var log bytes.Buffer
			require.NoError(t, Prober{}.Check(t.Context(), quick(check), &log))
			assert.Contains(t, log.String(), " holds after ")
			assert.NotContains(t, log.String(), "canary")
		})
	}

	for name, test := range map[string]struct {
		check provision.Check
		want  string
	}{
		"status":         {provision.Check{URL: s.URL + "/broken"}, "the answer is 503 Service Unavailable, and not 200 to 299"},
		"exact status":   {provision.Check{URL: s.URL + "/ok", Status: 204}, "the answer is 200 OK, and not 204"},
		"contains":       {provision.Check{URL: s.URL + "/ok", Contains: "ill"}, `the answer does not contain "ill"`},
		"huge":           {provision.Check{URL: s.URL + "/huge", Contains: "y"}, `the first MiB of the answer does not contain "y"`},
		"hang":           {provision.Check{URL: s.URL + "/hang"}, "no answer within 450ms"},
		"drip":           {provision.Check{URL: s.URL + "/drip", Contains: "ended"}, "reading the answer: no answer within 450ms"},
		"loop":           {provision.Check{URL: s.URL + "/loop"}, "it redirects more than 5 times"},
		"elsewhere":      {provision.Check{URL: s.URL + "/elsewhere"}, "it redirects to another host, elsewhere.example"},
		"private":        {provision.Check{URL: "http://bob:canary-user@x.localhost:" + port + "/private?token=canary-query"}, "401 Unauthorized"},
		"nobody listens": {provision.Check{URL: "http://ann:canary-user@x.localhost:1/a?token=canary-query"}, "connection refused"},
	} {
		t.Run("not "+name, func(t *testing.T) {
			test.check.Kind = "http"
			var log bytes.Buffer
			err := Prober{}.Check(t.Context(), quick(test.check), &log)
			require.ErrorContains(t, err, test.want)
			assert.Regexp(t, ` does not hold after 900ms, \d+ (try|tries): `, err.Error())
			assert.Contains(t, log.String(), test.want)
			assert.Equal(t, 1, strings.Count(log.String(), "\n"), "the same reason is said once: %s", log.String())
			assert.NotContains(t, err.Error()+log.String(), "canary")
			u, parseErr := url.Parse(test.check.URL)
			require.NoError(t, parseErr)
			assert.True(t, strings.HasPrefix(err.Error(), "http://"+u.Host+u.Path), err.Error())
		})
	}
}

func TestBadAddresses(t *testing.T) {
	for _, bad := range []string{"", "x", "ftp://x/", "http://", "http:///path", "http://u:canary@x:y/", "http://ann:canary/@x", "http://%zz:canary@x"} {
		started := time.Now()
		err := Prober{}.Check(t.Context(), provision.Check{Kind: "http", URL: bad}, nil)
		require.ErrorContains(t, err, "its url is none that starts with http://HOST", bad)
		assert.NotContains(t, err.Error(), "canary")
		assert.Less(t, time.Since(started), 10*time.Second, "it will not be better")
	}
	for _, bad := range []string{"", "x", ":80", "x:"} {
		assert.ErrorContains(t, Prober{}.Check(t.Context(), provision.Check{Kind: "tcp", Address: bad}, nil), "is not HOST:PORT")
	}
	assert.Error(t, Prober{}.Check(t.Context(), provision.Check{Kind: "other"}, nil))
	assert.Error(t, Prober{}.Check(t.Context(), provision.Check{Kind: "command"}, nil))
}

func TestTCP(t *testing.T) {
	noLeaks(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	check := quick(provision.Check{Kind: "tcp", Address: "db.localhost:" + port})
	require.NoError(t, Prober{}.Check(t.Context(), check, nil))
	require.NoError(t, listener.Close())
	err = Prober{}.Check(t.Context(), check, nil)
	assert.ErrorContains(t, err, "db.localhost:"+port+" does not hold after 900ms")
	assert.ErrorContains(t, err, "connection refused")
}

func TestOnlyIPv6(t *testing.T) {
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here")
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, Prober{}.Check(t.Context(), quick(provision.Check{Kind: "tcp", Address: "localhost:" + port}), nil))
}

// TestUntilItHolds is of a server that needs a while.
func TestUntilItHolds(t *testing.T) {
	noLeaks(t)
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) < 4 {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer s.Close()
	var log bytes.Buffer
	check := provision.Check{Kind: "http", URL: s.URL, Within: 10 * time.Second, Interval: 5 * time.Millisecond}
	require.NoError(t, Prober{}.Check(t.Context(), check, &log))
	assert.Equal(t, int32(4), asked.Load())
	assert.Regexp(t, `^check http: http://127\.0\.0\.1:\d+: not yet: the answer is 502 Bad Gateway, and not 200 to 299
check http: http://127\.0\.0\.1:\d+ holds after \S+, try 4
$`, log.String())
}

func TestCancelledCheck(t *testing.T) {
	noLeaks(t)
	s := server(t)
	for _, path := range []string{"/hang", "/broken", "/drip"} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		started := time.Now()
		err := Prober{}.Check(ctx, provision.Check{Kind: "http", URL: s.URL + path, Contains: "x", Interval: time.Hour, Within: time.Hour, Timeout: time.Hour}, nil)
		assert.Equal(t, context.Canceled, err)
		assert.Less(t, time.Since(started), 30*time.Second)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	assert.Equal(t, context.DeadlineExceeded, Prober{}.Check(ctx, provision.Check{Kind: "http", URL: s.URL + "/hang"}, nil))
}
