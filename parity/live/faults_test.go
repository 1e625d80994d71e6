package live_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live"
)

const production = "aws://us-east-1?tag.Environment=production"

// failing answers as a recording does, but for one operation.
func failing(t *testing.T, service, operation string, answer func(n int) *http.Response) *recording {
	rec := recorded(t, "production")
	var n atomic.Int64
	rec.answer = func(s, op string, _ *http.Request, _ string) *http.Response {
		if s != service || operation != "" && op != operation {
			return nil
		}
		return answer(int(n.Add(1)))
	}
	return rec
}

// cut is a connection that ends before there is an answer.
func cut() *http.Response { return &http.Response{StatusCode: -1} }

// denied refuses, in the words of one protocol.
func denied(code string) func(int) *http.Response {
	return func(int) *http.Response {
		return reply(403, "text/xml", "<ErrorResponse><Error><Code>"+code+"</Code><Message>User is not authorized</Message></Error></ErrorResponse>")
	}
}

func deniedEC2(code string) func(int) *http.Response {
	return func(int) *http.Response {
		return reply(403, "text/xml", "<Response><Errors><Error><Code>"+code+"</Code><Message>You are not authorized</Message></Error></Errors></Response>")
	}
}

func deniedJSON(code string) func(int) *http.Response {
	return func(int) *http.Response {
		return reply(400, "application/x-amz-json-1.0", `{"__type":"com.amazonaws#`+code+`","message":"User is not authorized"}`)
	}
}

func always(res func() *http.Response) func(int) *http.Response {
	return func(int) *http.Response { return res() }
}

// passing fails as often as is borne, and then answers nothing of its own.
func passing(times int, res func() *http.Response) func(int) *http.Response {
	return func(n int) *http.Response {
		if n <= times {
			return res()
		}
		return nil
	}
}

func throttle() *http.Response {
	return reply(400, "text/xml", "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>")
}

// TestPassingFaults: what is mended by trying again leaves no trace.
func TestPassingFaults(t *testing.T) {
	want := written(t, liveOf(t, "production"))
	for name, res := range map[string]func() *http.Response{
		"throttled": throttle,
		"500":       func() *http.Response { return reply(500, "text/html", "<html>oops") },
		"503":       func() *http.Response { return reply(503, "", "") },
		"cut":       cut,
	} {
		t.Run(name, func(t *testing.T) {
			snap := observe(t, production, failing(t, "rds", "DescribeDBInstances", passing(2, res)))
			assert.Empty(t, snap.Incomplete)
			assert.Equal(t, want, written(t, snap))
		})
	}
}

// TestLastingFaults: what is not is named, and the rest is read.
func TestLastingFaults(t *testing.T) {
	all := len(liveOf(t, "production").Resources)
	for _, tt := range []struct {
		name, service, operation string
		answer                   func(int) *http.Response
		reason                   string
		lost                     int // resources
		gap                      [2]string
	}{
		{"denied", "rds", "", denied("AccessDenied"), "access is denied (AccessDenied)", 5, [2]string{"rds", "DescribeDBInstances"}},
		{"denied in EC2's way", "ec2", "DescribeNatGateways", deniedEC2("UnauthorizedOperation"), "access is denied", 3, [2]string{"ec2", "DescribeNatGateways"}},
		{"not opted in", "sqs", "", deniedJSON("OptInRequired"), "the region is not enabled", 0, [2]string{"sqs", "ListQueues"}},
		{"throttled for good", "elasticache", "", always(throttle), "throttled, after 3 attempts", 2, [2]string{"elasticache", "DescribeReplicationGroups"}},
		{"500", "autoscaling", "", always(func() *http.Response { return reply(500, "", "") }), "status 500, after 3 attempts", 1, [2]string{"autoscaling", "DescribeAutoScalingGroups"}},
		{"unsupported", "eks", "", always(func() *http.Response { return reply(501, "", `{"__type":"NotImplemented"}`) }), "the endpoint does not support it", 0, [2]string{"eks", "ListClusters"}},
		{"cut", "dynamodb", "ListTables", always(cut), "unexpected EOF", 1, [2]string{"dynamodb", "ListTables"}},
		{"malformed XML", "iam", "ListRoles", always(func() *http.Response {
			return reply(200, "text/xml", "<ListRolesResponse><ListRolesResult><Roles><member>")
		}), "malformed", 1, [2]string{"iam", "ListRoles"}},
		{"malformed JSON", "ssm", "DescribeParameters", always(func() *http.Response { return reply(200, "application/x-amz-json-1.1", `{"Parameters":[{"Name":`) }), "malformed", 9, [2]string{"ssm", "DescribeParameters"}},
		{"half an answer", "lambda", "ListFunctions", always(func() *http.Response {
			res := reply(200, "application/json", `{"Functions":[`)
			res.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"Functions":[`), errorReader{}))
			return res
		}), "malformed", 1, [2]string{"lambda", "ListFunctions"}},
		{"endless pages", "rds", "DescribeDBInstances", always(func() *http.Response {
			return reply(200, "text/xml", "<DescribeDBInstancesResponse><DescribeDBInstancesResult><Marker>again</Marker></DescribeDBInstancesResult></DescribeDBInstancesResponse>")
		}), "does not end", 3, [2]string{"rds", "DescribeDBInstances"}},
		{"endless pages of tokens in turn", "dynamodb", "ListTables", func(n int) *http.Response {
			return reply(200, "application/json", fmt.Sprintf(`{"TableNames":[],"LastEvaluatedTableName":"%c"}`, 'a'+n%3))
		}, "does not end", 1, [2]string{"dynamodb", "ListTables"}},
		{"a detail", "dynamodb", "DescribeTable", deniedJSON("AccessDeniedException"), "access is denied", 0, [2]string{"dynamodb", "DescribeTable"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			snap := observe(t, production, failing(t, tt.service, tt.operation, tt.answer))
			require.NotEmpty(t, snap.Incomplete)
			found := false
			for _, g := range snap.Incomplete {
				assert.Equal(t, production, g.Source)
				assert.Equal(t, "123456789012", g.Account)
				assert.Equal(t, "us-east-1", g.Region)
				assert.Contains(t, g.Reason, g.Call)
				assert.NotContains(t, g.Reason, canary)
				found = found || g.Service == tt.gap[0] && g.Call == tt.gap[1] && strings.Contains(g.Reason, tt.reason)
			}
			assert.True(t, found, "%v", snap.Incomplete)
			assert.Len(t, snap.Resources, all-tt.lost)
			// Nothing is claimed of what was not read.
			r := compare(t, stateOf(t, "production"), snap)
			assert.Equal(t, parity.Incomplete, r.Verdict)
		})
	}
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestAlarmsOverCBOR: AWS's own endpoint is spoken to in CBOR, in which the
// recording has no alarms.
func TestAlarmsOverCBOR(t *testing.T) {
	rec := recorded(t, "production")
	rec.answer = func(service, operation string, req *http.Request, _ string) *http.Response {
		if service != "cloudwatch" {
			return nil
		}
		assert.Equal(t, "rpc-v2-cbor", req.Header.Get("Smithy-Protocol"))
		res := reply(200, "application/cbor", "\xbf\x6cMetricAlarms\x9f\xbf")
		res.Header.Set("Smithy-Protocol", "rpc-v2-cbor")
		return res
	}
	s, err := live.Parse(production)
	require.NoError(t, err)
	opt := options(rec)
	opt.Load = append(opt.Load, withoutEndpoint)
	snap, err := s.Observe(t.Context(), opt)
	require.NoError(t, err)
	require.Len(t, snap.Incomplete, 1, "%v", snap.Incomplete)
	assert.Equal(t, "DescribeAlarms", snap.Incomplete[0].Call)
	assert.Contains(t, snap.Incomplete[0].Reason, "malformed")
}

func TestMaxCalls(t *testing.T) {
	rec := recorded(t, "production")
	s, err := live.Parse(production + "&max_calls=12")
	require.NoError(t, err)
	snap, err := s.Observe(t.Context(), options(rec))
	require.NoError(t, err)
	require.Len(t, snap.Incomplete, 1, "%v", snap.Incomplete)
	assert.Contains(t, snap.Incomplete[0].Reason, "stopped after 12 calls")
	n := 0
	for _, c := range rec.calls {
		n += c
	}
	assert.Equal(t, 12, n)
}

func TestServiceLeftOut(t *testing.T) {
	rec := failing(t, "rds", "", denied("AccessDenied"))
	snap := observe(t, production+"&without.rds=another+team%27s", rec)
	assert.Empty(t, snap.Incomplete)
	for call := range rec.calls {
		assert.NotContains(t, call, "rds ")
	}
	assert.Len(t, snap.Resources, len(liveOf(t, "production").Resources)-5)
}

// TestWithoutTheIndex: tags are asked for one by one where the index is left out.
func TestWithoutTheIndex(t *testing.T) {
	rec := recorded(t, "production")
	snap := observe(t, production+"&without.tag=not+allowed", rec)
	assert.Empty(t, snap.Incomplete)
	assert.Zero(t, rec.calls["resourcegroupstaggingapi GetResources"])
	assert.Positive(t, rec.calls["sns ListTagsForResource"])
	assert.True(t, slices.ContainsFunc(snap.Resources, func(r parity.Resource) bool { return r.Type == "aws_sns_topic" }))
}

func TestNoCredentials(t *testing.T) {
	rec := failing(t, "sts", "", denied("InvalidClientTokenId"))
	s, err := live.Parse(production)
	require.NoError(t, err)
	_, err = s.Observe(t.Context(), options(rec))
	require.ErrorContains(t, err, "asking who we are")
	assert.ErrorContains(t, err, "InvalidClientTokenId")
	assert.NotContains(t, err.Error(), canary)
}

// TestRegionNotEnabled: another region that refuses is a gap, not the end.
func TestRegionNotEnabled(t *testing.T) {
	rec := recorded(t, "production")
	rec.answer = func(service, _ string, req *http.Request, _ string) *http.Response {
		if service == "sts" && strings.Contains(req.Header.Get("Authorization"), "/ap-east-1/") {
			return denied("InvalidClientTokenId")(1)
		}
		return nil
	}
	snap := observe(t, "aws://us-east-1,ap-east-1?tag.Environment=production", rec)
	require.Len(t, snap.Incomplete, 1)
	assert.Equal(t, "ap-east-1", snap.Incomplete[0].Region)
	assert.Contains(t, snap.Incomplete[0].Reason, "not enabled")
	assert.Len(t, snap.Resources, len(liveOf(t, "production").Resources))
}

// overHTTP sends requests to a server, with the names of their operations, which
// only the client knows.
type overHTTP struct {
	url    string
	client *http.Client
}

func (o overHTTP) Do(req *http.Request) (*http.Response, error) {
	out := req.Clone(req.Context())
	out.URL.Scheme, out.URL.Host = "http", strings.TrimPrefix(o.url, "http://")
	out.Header.Set("X-Service", strings.ToLower(strings.ReplaceAll(awsmiddleware.GetServiceID(req.Context()), " ", "")))
	out.Header.Set("X-Operation", awsmiddleware.GetOperationName(req.Context()))
	return o.client.Do(out)
}

// served is a recording behind a real server.
func served(t *testing.T, rec *recording, slow func(w http.ResponseWriter, r *http.Request) bool) overHTTP {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // else the server does not notice that the client has gone
		if slow != nil && slow(w, r) {
			return
		}
		res := rec.reply(r.Header.Get("X-Service"), r.Header.Get("X-Operation"), r, string(body))
		for k := range res.Header {
			w.Header().Set(k, res.Header.Get(k))
		}
		w.WriteHeader(res.StatusCode)
		_, _ = io.Copy(w, res.Body)
	}))
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	return overHTTP{server.URL, &http.Client{Transport: transport}}
}

func TestOverHTTP(t *testing.T) {
	snap := observe(t, production, served(t, recorded(t, "production"), nil))
	assert.Empty(t, snap.Incomplete)
	assert.Equal(t, written(t, liveOf(t, "production")), written(t, snap))
}

// TestSlowAnswers: a call that takes too long is tried again, and given up.
func TestSlowAnswers(t *testing.T) {
	release := make(chan struct{})
	client := served(t, recorded(t, "production"), func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-Operation") != "ListFunctions" {
			return false
		}
		w.WriteHeader(200)
		_, _ = io.WriteString(w, `{"Functions":[`)
		w.(http.Flusher).Flush()
		select { // the rest never comes
		case <-r.Context().Done():
		case <-release:
		}
		return true
	})
	defer close(release)
	snap := observe(t, production+"&timeout=100ms", client)
	require.Len(t, snap.Incomplete, 1, "%v", snap.Incomplete)
	assert.Equal(t, "ListFunctions", snap.Incomplete[0].Call)
	assert.Contains(t, snap.Incomplete[0].Reason, "no whole answer within 100ms, after 3 attempts")
}

// TestStopped: the user stops it; nothing is left behind (see TestMain).
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	started := make(chan struct{}, 1)
	client := served(t, recorded(t, "production"), func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-Operation") != "DescribeInstances" {
			return false
		}
		started <- struct{}{}
		<-r.Context().Done()
		return true
	})
	go func() {
		<-started
		cancel()
	}()
	s, err := live.Parse(production)
	require.NoError(t, err)
	begun := time.Now()
	_, err = s.Observe(ctx, options(client))
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, errors.Is(err, context.DeadlineExceeded))
	assert.Less(t, time.Since(begun), 20*time.Second, "it hung")
}
