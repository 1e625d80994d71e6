package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/maquette/maquette/provision"
)

const (
	maxBody      = 1 << 20
	maxRedirects = 5
)

// prepareHTTP checks by a GET request, on a connection of its own each time: a check asks whether the server answers
// those who come anew.
func prepareHTTP(c provision.Check) (subject string, attempt try, done func(), err error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		// What is wrong with it is not said: its parts may be secrets.
		return "http", nil, nil, errors.New("its url is none that starts with http://HOST or https://HOST")
	}
	transport := &http.Transport{Proxy: proxy, DialContext: dial, DisableKeepAlives: true, MaxResponseHeaderBytes: maxBody}
	client := &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		switch {
		case c.Status >= 300 && c.Status < 400:
			return http.ErrUseLastResponse // the redirect is what is asked for
		case !sameSite(next.URL, u):
			return fmt.Errorf("it redirects to another host, %s", next.URL.Host)
		case len(via) > maxRedirects:
			return fmt.Errorf("it redirects more than %d times", maxRedirects)
		}
		return nil
	}}
	attempt = func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return hopeless{err}
		}
		request.Header.Set("User-Agent", "maquette")
		response, err := client.Do(request)
		if err != nil {
			return reason(ctx, err, c.Timeout)
		}
		defer func() { _ = response.Body.Close() }()
		return judge(ctx, response, c)
	}
	return public(u), attempt, transport.CloseIdleConnections, nil
}

// judge compares an answer with what the check asks for.
func judge(ctx context.Context, response *http.Response, c provision.Check) error {
	switch {
	case c.Status == 0 && (response.StatusCode < 200 || response.StatusCode > 299):
		return fmt.Errorf("the answer is %s, and not 200 to 299", response.Status)
	case c.Status != 0 && response.StatusCode != c.Status:
		return fmt.Errorf("the answer is %s, and not %d", response.Status, c.Status)
	case c.Contains == "":
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody))
	switch {
	case bytes.Contains(body, []byte(c.Contains)):
		return nil
	case err != nil:
		return fmt.Errorf("reading the answer: %w", reason(ctx, err, c.Timeout))
	case len(body) == maxBody:
		return fmt.Errorf("the first MiB of the answer does not contain %q", c.Contains)
	}
	return fmt.Errorf("the answer does not contain %q", c.Contains)
}

// prepareTCP checks by a connection, which is closed at once.
func prepareTCP(c provision.Check) (subject string, attempt try, done func(), err error) {
	host, port, err := net.SplitHostPort(c.Address)
	if err != nil || host == "" || port == "" {
		return "tcp", nil, nil, fmt.Errorf("its address %q is not HOST:PORT", c.Address)
	}
	return c.Address, func(ctx context.Context) error {
		conn, err := dial(ctx, "tcp", c.Address)
		if err != nil {
			return reason(ctx, err, c.Timeout)
		}
		_ = conn.Close()
		return nil
	}, func() {}, nil
}

// dial connects. Names of this machine are not looked up: few resolvers know *.localhost, and a server that listens on
// one kind of loopback address only is found too.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	host, port, err := net.SplitHostPort(address)
	if err != nil || !isLocal(host) {
		return dialer.DialContext(ctx, network, address)
	}
	conn, err := dialer.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	if err == nil {
		return conn, nil
	}
	if conn, err6 := dialer.DialContext(ctx, network, net.JoinHostPort("::1", port)); err6 == nil {
		return conn, nil
	}
	return nil, err
}

// proxy is the one that the environment names, but for this machine: what the environment says of localhost does not
// hold for *.localhost.
func proxy(request *http.Request) (*url.URL, error) {
	if isLocal(request.URL.Hostname()) {
		return nil, nil
	}
	return http.ProxyFromEnvironment(request)
}

func isLocal(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// sameSite reports whether a redirect stays where the check wants to be: on any port, with or without TLS or "www.".
func sameSite(a, b *url.URL) bool {
	site := func(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.") }
	return site(a) == site(b)
}

// public is a URL without what may be a secret: who asks, and the query.
func public(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if u.RawQuery != "" {
		return shown.String() + "?…"
	}
	return shown.String()
}

// reason says why there is no answer, without the URL that net/http puts in front of it.
func reason(ctx context.Context, err error, timeout time.Duration) error {
	if over(ctx) {
		return fmt.Errorf("no answer within %s", timeout)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
