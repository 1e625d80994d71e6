package local

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var quickHealth = health{Type: checkTCP, Interval: 50 * time.Millisecond, Timeout: time.Second}

// before starts a balancer, in this process, before handlers, and returns its URL and their ports.
func before(t *testing.T, h health, handlers ...http.HandlerFunc) (string, []int, *pool) {
	t.Helper()
	var ports []int
	for _, handler := range handlers {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		ports = append(ports, portOf(t, server.URL))
	}
	p := newPool()
	t.Cleanup(p.close)
	p.set(balancerConfig{Targets: ports, Health: h})
	front := httptest.NewServer(p.handler())
	t.Cleanup(front.Close)
	return front.URL, ports, p
}

func portOf(t *testing.T, address string) int {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	port, err := strconv.Atoi(u.Port())
	require.NoError(t, err)
	return port
}

// closedPort is a port on which nobody listens.
func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, text) }
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

func TestBalancerTakesTurns(t *testing.T) {
	front, _, _ := before(t, quickHealth, says("a"), says("b"), says("c"))
	count := map[string]int{}
	for range 30 {
		_, body := get(t, front)
		count[body]++
	}
	assert.Equal(t, map[string]int{"a": 10, "b": 10, "c": 10}, count)
}

func TestBalancerAsksHealthyMembersOnly(t *testing.T) {
	var sick atomic.Bool
	sick.Store(true)
	front, _, _ := before(t, health{Type: checkHTTP, Path: "/healthz", Interval: 20 * time.Millisecond, Timeout: time.Second}, says("well"),
		func(w http.ResponseWriter, r *http.Request) {
			if sick.Load() && r.URL.Path == "/healthz" {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			fmt.Fprint(w, "sick")
		})
	for range 10 {
		_, body := get(t, front)
		assert.Equal(t, "well", body)
	}
	sick.Store(false)
	require.Eventually(t, func() bool { _, body := get(t, front); return body == "sick" }, 30*time.Second, 5*time.Millisecond)
}

func TestBalancerAsksAnotherWhenADialFails(t *testing.T) {
	front, ports, p := before(t, health{Type: checkTCP, Interval: time.Hour, Timeout: time.Second}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	})
	dead := closedPort(t)
	p.set(balancerConfig{Targets: append([]int{dead}, ports...), Health: quickHealth})
	lost := func() *target { return p.running[dead] }
	for range 10 {
		lost().healthy.Store(true) // as before the next check
		resp, err := http.Post(front, "text/plain", strings.NewReader("a body that is sent once"))
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, "200 a body that is sent once", fmt.Sprint(resp.StatusCode, " ", string(body)))
	}
	require.Eventually(t, func() bool { return !lost().healthy.Load() }, 30*time.Second, time.Millisecond)
}

func TestBalancerWithoutHealthyMembers(t *testing.T) {
	front, _, p := before(t, quickHealth)
	for _, targets := range [][]int{nil, {closedPort(t)}} {
		p.set(balancerConfig{Targets: targets, Health: quickHealth})
		resp, err := http.Get(front)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, 503, resp.StatusCode)
		assert.Equal(t, "maquette: no member is healthy\n", string(body))
		assert.Contains(t, resp.Header.Get("Content-Type"), "text/plain")
		assert.Equal(t, "1", resp.Header.Get("Retry-After"))
	}
}

func TestBalancerDoesNotRepeatWhatWasSeen(t *testing.T) {
	var seen atomic.Int32
	breaks := func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		panic(http.ErrAbortHandler)
	}
	front, _, _ := before(t, quickHealth, breaks, breaks)
	resp, err := http.Post(front, "text/plain", strings.NewReader("order one"))
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, http.StatusBadGateway, resp.StatusCode)
	assert.Equal(t, int32(1), seen.Load())

	seen.Store(0)
	status, _ := get(t, front)
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.GreaterOrEqual(t, seen.Load(), int32(2), "a GET may be seen by all")
}

func TestBalancerTellsWhoAsked(t *testing.T) {
	headers := make(chan http.Header, 1)
	hosts := make(chan string, 1)
	front, _, _ := before(t, quickHealth, func(_ http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		hosts <- r.Host
	})
	req, err := http.NewRequest(http.MethodGet, front, nil)
	require.NoError(t, err)
	req.Host = "try-x.localhost:8080"
	req.Header.Set("X-Forwarded-For", "10.1.2.3")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	resp.Body.Close()
	h := <-headers
	assert.Equal(t, "10.1.2.3, 127.0.0.1", h.Get("X-Forwarded-For"))
	assert.Equal(t, "try-x.localhost:8080", h.Get("X-Forwarded-Host"))
	assert.Equal(t, "http", h.Get("X-Forwarded-Proto"))
	assert.Equal(t, "try-x.localhost:8080", <-hosts)
}

func TestBalancerStreams(t *testing.T) {
	next := make(chan struct{})
	front, _, _ := before(t, quickHealth, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "one")
		w.(http.Flusher).Flush()
		<-next
		fmt.Fprintln(w, "two")
	})
	resp, err := http.Get(front)
	require.NoError(t, err)
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "one\n", line)
	close(next)
	line, err = lines.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "two\n", line)
}

func TestBalancerPassesUpgradesOn(t *testing.T) {
	front, _, p := before(t, quickHealth, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "websocket", r.Header.Get("Upgrade"))
		conn, rw, err := w.(http.Hijacker).Hijack()
		if !assert.NoError(t, err) {
			return
		}
		defer conn.Close()
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		_ = rw.Flush()
		_, _ = io.Copy(conn, rw)
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(front, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	lines := bufio.NewReader(conn)
	resp, err := http.ReadResponse(lines, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
	p.set(balancerConfig{Health: quickHealth}) // it goes on though its target is none any more
	fmt.Fprintln(conn, "hello")
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	assert.Equal(t, "hello\n", line)
}

// TestBalancerProcess has real processes: a service with a balancer before it.
func TestBalancerProcess(t *testing.T) {
	web := testUnit(t)
	lb := unit{web.providerData, kindBalancer, "front"}
	s := testSpec(t, self(t, "web", "text=old")...)
	st, err := bringTest(t, web, s, 3)
	require.NoError(t, err)
	ports := func(st *status) (all []int) {
		for _, m := range st.Members {
			all = append(all, m.Port)
		}
		return all
	}
	config := balancerConfig{Targets: ports(st), Health: quickHealth}
	port, err := lb.balance(t.Context(), 0, config)
	require.NoError(t, err)
	front := "http://127.0.0.1:" + strconv.Itoa(port)

	// No request fails while members are replaced and targets change.
	done := make(chan struct{})
	var clients sync.WaitGroup
	var requests atomic.Int32
	for range 3 {
		clients.Go(func() {
			for range 20_000 {
				select {
				case <-done:
					return
				default:
				}
				requests.Add(1)
				resp, err := http.Get(front)
				if !assert.NoError(t, err) {
					return
				}
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if !assert.NoError(t, err) || !assert.Equal(t, 200, resp.StatusCode) {
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	s.Command = self(t, "web", "text=new")
	_, err = bringTest(t, web, s, 3)
	require.NoError(t, err)
	st, err = bringTest(t, web, s, 4)
	require.NoError(t, err)
	config.Targets = ports(st)
	same, err := lb.balance(t.Context(), port, config)
	require.NoError(t, err)
	assert.Equal(t, port, same)
	close(done)
	clients.Wait()
	assert.Greater(t, requests.Load(), int32(50))
	seen := map[string]bool{}
	for range 8 {
		_, body := get(t, front)
		seen[strings.Split(body, " ")[0]] = true
		assert.True(t, strings.HasSuffix(body, " new"), body)
	}
	assert.Len(t, seen, 4, "new targets get requests")

	// One that is killed is no longer told of as living, and comes back where it was.
	lbStatus, err := lb.live()
	require.NoError(t, err)
	assert.Equal(t, config.Targets, lbStatus.Targets)
	require.NoError(t, syscall.Kill(lbStatus.PID, syscall.SIGKILL))
	require.Eventually(t, func() bool {
		gone, err := lb.live()
		return err == nil && gone == nil
	}, 30*time.Second, 10*time.Millisecond)
	same, err = lb.balance(t.Context(), port, config)
	require.NoError(t, err)
	assert.Equal(t, port, same)
	status, _ := get(t, front)
	assert.Equal(t, 200, status)
}
