package live

import (
	"net/http"
	"net/http/httptest"
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

// What an emulator does not do is asked once, and named.
func TestEmulatorThatDoesNotDoAll(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err == nil && r.PostForm.Get("Action") == "GetCallerIdentity" {
			w.Header().Set("Content-Type", "text/xml")
			_, _ = w.Write([]byte(`<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:root</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`))
			return
		}
		asked.Add(1)
		http.Error(w, "not implemented", http.StatusNotImplemented)
	}))
	defer server.Close()
	calls, reasons, err := observing(t, server.URL)
	require.NoError(t, err)
	assert.Equal(t, asked.Load()+1, calls)
	require.NotEmpty(t, reasons)
	for _, reason := range reasons {
		assert.Regexp(t, `^\S+ \S+ in account 123456789012, us-east-1: the endpoint does not support it`, reason)
	}
}
