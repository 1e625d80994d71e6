package live_test

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live"
)

// emulator answers over TLS, with a certificate of its own, with what was recorded.
type emulator struct {
	*httptest.Server
	rec *recording

	mu    sync.Mutex
	paths map[string][]string // that were asked, by service
}

func emulate(t *testing.T, name string) *emulator {
	t.Helper()
	e := &emulator{rec: recorded(t, name), paths: map[string][]string{}}
	e.Server = httptest.NewTLSServer(e)
	t.Cleanup(e.Close)
	return e
}

func (e *emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service, operation := r.Header.Get("Asked-Service"), r.Header.Get("Asked-Operation")
	e.mu.Lock()
	e.paths[service] = append(e.paths[service], r.URL.Path)
	e.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	res := e.rec.reply(service, operation, r, string(body))
	if res == nil {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	for k, v := range res.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(res.StatusCode)
	_, _ = io.Copy(w, res.Body)
}

// trust is a file with the certificate, as AWS_CA_BUNDLE names it.
func (e *emulator) trust(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.Certificate().Raw}), 0o600))
	return file
}

// asUsersDo reads with nothing but what the environment says; requests tell the emulator
// what they are.
func asUsersDo(t *testing.T, source string) (*parity.Snapshot, error) {
	t.Helper()
	for k, v := range map[string]string{
		"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": canary, "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(k, v)
	}
	s, err := live.Parse(source)
	require.NoError(t, err)
	says := middleware.BuildMiddlewareFunc("says", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
		req := in.Request.(*smithyhttp.Request)
		req.Header.Set("Asked-Service", strings.ToLower(strings.ReplaceAll(awsmiddleware.GetServiceID(ctx), " ", "")))
		req.Header.Set("Asked-Operation", awsmiddleware.GetOperationName(ctx))
		return next.HandleBuild(ctx, in)
	})
	return s.Observe(t.Context(), live.Options{Load: []func(*config.LoadOptions) error{
		config.WithAPIOptions([]func(*middleware.Stack) error{func(s *middleware.Stack) error { return s.Build.Add(says, middleware.After) }}),
	}})
}

// TestEndpointOfTheUsers: an emulator behind a certificate of its own, named by
// AWS_ENDPOINT_URL alone.
func TestEndpointOfTheUsers(t *testing.T) {
	want := findings(compare(t, liveOf(t, "production"), liveOf(t, "staging-onebox")))
	onebox := liveOf(t, "staging-onebox")
	e := emulate(t, "production")
	t.Setenv("AWS_ENDPOINT_URL", e.URL)
	t.Setenv("AWS_CA_BUNDLE", e.trust(t))
	snap, err := asUsersDo(t, "aws://us-east-1?rate=1000&tag.Environment=production")
	require.NoError(t, err)
	assert.Empty(t, snap.Incomplete)
	assert.Equal(t, want, findings(compare(t, snap, onebox)))
	buckets := 0
	for _, r := range snap.Resources {
		if r.Type == "aws_s3_bucket" {
			buckets++
			assert.Contains(t, strings.Join(e.paths["s3"], " "), "/"+r.Attributes.Get("bucket").Str(), "S3 is asked by path")
		}
	}
	assert.Positive(t, buckets)
}

func TestCertificateThatNobodyTrusts(t *testing.T) {
	e := emulate(t, "production")
	e.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Setenv("AWS_ENDPOINT_URL", e.URL)
	_, err := asUsersDo(t, "aws://us-east-1?rate=1000")
	require.ErrorContains(t, err, "certificate signed by unknown authority")
	assert.Contains(t, err.Error(), "AWS_CA_BUNDLE")
	assert.NotContains(t, err.Error(), canary)
}

// TestEndpointsByService: each service can have its own, which may be no AWS either.
func TestEndpointsByService(t *testing.T) {
	all, tables := emulate(t, "production"), emulate(t, "production")
	t.Setenv("AWS_ENDPOINT_URL", all.URL)
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", tables.URL)
	t.Setenv("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", tables.URL)
	t.Setenv("AWS_CA_BUNDLE", all.trust(t))
	snap, err := asUsersDo(t, "aws://us-east-1?rate=1000&tag.Environment=production")
	require.NoError(t, err)
	assert.Empty(t, snap.Incomplete)
	for service, at := range map[string]*emulator{"dynamodb": tables, "elasticloadbalancingv2": tables, "s3": all, "ec2": all} {
		assert.NotEmpty(t, at.paths[service], service)
	}
	assert.Len(t, tables.paths, 2)
	assert.Empty(t, all.paths["dynamodb"])
}

// TestOnlyOneServiceIsEmulated: what the emulator's index of tags leaves out is asked of
// it one by one, and AWS is asked for the rest.
func TestOnlyOneServiceIsEmulated(t *testing.T) {
	rec := recorded(t, "production")
	single := func(env string) int {
		rec.calls = map[string]int{}
		rec.answer = func(service, operation string, _ *http.Request, _ string) *http.Response {
			if operation == "GetResources" {
				return reply(200, "", `{"ResourceTagMappingList":[]}`)
			}
			return nil
		}
		opt := options(rec)
		opt.Load = append(opt.Load, withoutEndpoint)
		if env != "" {
			t.Setenv(env, "http://127.0.0.1:1")
		}
		s, err := live.Parse("aws://us-east-1?rate=1000")
		require.NoError(t, err)
		_, err = s.Observe(t.Context(), opt)
		require.NoError(t, err)
		return rec.calls["dynamodb ListTagsOfResource"]
	}
	assert.Zero(t, single(""))
	assert.Zero(t, single("AWS_ENDPOINT_URL_SQS"))
	assert.Positive(t, single("AWS_ENDPOINT_URL_DYNAMODB"))
}
