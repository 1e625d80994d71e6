package live

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// observing reads all of an account behind an endpoint, as users do.
func observing(t *testing.T, endpoint string) (calls int64, reasons []string, err error) {
	s, err := Parse("aws://us-east-1?rate=1000")
	require.NoError(t, err)
	var most atomic.Int64
	snap, err := s.Observe(t.Context(), Options{
		Progress: func(p Progress) {
			for n := most.Load(); n < int64(p.Calls) && !most.CompareAndSwap(n, int64(p.Calls)); n = most.Load() {
			}
		},
		Load: []func(*config.LoadOptions) error{
			config.WithBaseEndpoint(endpoint), config.WithHTTPClient(&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}),
			config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("a", "b", "")),
		},
	})
	if snap != nil {
		for _, gap := range snap.Incomplete {
			reasons = append(reasons, gap.Reason)
		}
	}
	return most.Load(), reasons, err
}

// Where nobody is there to be asked, that is told after a few attempts.
func TestDeadEndpoint(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	calls, _, err := observing(t, server.URL)
	require.ErrorContains(t, err, "connection refused")
	require.ErrorContains(t, err, "sts:GetCallerIdentity")
	assert.Equal(t, int64(maxRefusals), calls)
}

// What an emulator does not do is asked once, and named, in whatever way it says so.
func TestEmulatorThatDoesNotDoAll(t *testing.T) {
	for name, c := range map[string]struct {
		status      int
		contentType string
		body        string
		want        string
	}{
		"not implemented":    {501, "text/plain", "not implemented", `the endpoint does not support it`},
		"a page with 500":    {500, "text/html; charset=utf-8", "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>", `the endpoint does not support it`},
		"no such page":       {404, "text/plain", "404 page not found", `status 404|NotFound`},
		"no such page, HTML": {404, "text/html", "<!doctype html><title>404 Not Found</title>", `status 404|NotFound`},
		"nothing":            {404, "", "", `status 404|NotFound`},
		"unknown, as JSON":   {400, "application/x-amz-json-1.1", `{"__type":"UnknownOperationException","message":"x"}`, `the endpoint does not support it \(UnknownOperationException\)|status 400|BadRequest`},
		"unknown, as XML":    {400, "text/xml", "<ErrorResponse><Error><Code>InvalidAction</Code></Error></ErrorResponse>", `the endpoint does not support it \(InvalidAction\)|status 400|BadRequest`},
		"a page for people":  {200, "text/html", "<html><body>Welcome</body></html>", `the answer is malformed`},
		"empty":              {200, "", "", `the answer is malformed`},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := r.ParseForm(); err == nil && r.PostForm.Get("Action") == "GetCallerIdentity" {
					w.Header().Set("Content-Type", "text/xml")
					_, _ = w.Write([]byte(`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:root</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`))
					return
				}
				asked.Add(1)
				w.Header().Set("Content-Type", c.contentType)
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			defer server.Close()
			calls, reasons, err := observing(t, server.URL)
			require.NoError(t, err)
			assert.Equal(t, asked.Load()+1, calls)
			services := map[string]bool{}
			for _, reason := range reasons {
				service, _, _ := strings.Cut(reason, " ")
				services[service] = true
				assert.Regexp(t, `^\S+ \S+ in account 123456789012, us-east-1: (`+c.want+`)`, reason)
			}
			// All but CloudFormation, which is asked only where a stack is named.
			assert.Len(t, services, len(serviceNames())-1)
		})
	}
}

func serviceNames() []string {
	return list(services, func(s service) string { return s.name })
}
