package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

const (
	// settleTime is how long a member without a check has to run to be ready.
	settleTime = 300 * time.Millisecond
	// patience is how many checks in a row have to fail until a member that was ready is unhealthy.
	patience = 3
	// Between checks of a member that is not ready: as it may be ready soon, the first are close.
	firstCheck = 5 * time.Millisecond
	slowCheck  = 250 * time.Millisecond
)

// checker makes http checks. Connections are not kept: a check that goes over an old one says nothing of new ones.
var checker = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{}).DialContext},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

var (
	// errNotListening says that nobody listens on a port yet.
	errNotListening = errors.New("nothing listens")
	// errTaken says that somebody else does.
	errTaken = errors.New("another process has taken")
)

// proven says that those who listen on a port of 127.0.0.1 are the processes that are expected there.
func proven(port, pid int, match func(identity) bool) error {
	// Reading the table of all connections takes far longer than being refused one.
	conn, err := net.DialTimeout("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), time.Second)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%w on 127.0.0.1:%d", errNotListening, port)
	}
	if err == nil {
		conn.Close()
	}
	listens, ours, err := holders(port, pid, match)
	switch {
	case err != nil:
		return fmt.Errorf("looking who listens on 127.0.0.1:%d: %w", port, err)
	case !listens:
		return fmt.Errorf("%w on 127.0.0.1:%d", errNotListening, port)
	case !ours:
		return fmt.Errorf("%w 127.0.0.1:%d", errTaken, port)
	}
	return nil
}

// answers says that a GET of the path is answered by a status of 200 to 399.
func answers(ctx context.Context, port int, path string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	url := "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) + path
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := checker.Do(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 399 {
		return fmt.Errorf("GET %s: %s", url, resp.Status)
	}
	return nil
}
