package main

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live"
	"github.com/maquette/maquette/parity/live/wire"
)

const canary = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYCANARYKEY"

// account is an emulator that has queues, and does nothing else.
func account(t *testing.T) {
	const queue = "http://queue.test/123456789012/orders"
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		switch {
		case strings.Contains(string(body), "Action=GetCallerIdentity"):
			_, _ = io.WriteString(w, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws-cn:iam::123456789012:root</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
		case operation == "ListQueues":
			_, _ = io.WriteString(w, `{"QueueUrls":["`+queue+`"]}`)
		case operation == "GetQueueAttributes":
			_, _ = io.WriteString(w, `{"Attributes":{"VisibilityTimeout":"45"}}`)
		case operation == "ListQueueTags":
			_, _ = io.WriteString(w, `{"Tags":{"Environment":"staging"}}`)
		default:
			http.Error(w, "no such thing here", http.StatusNotImplemented)
		}
	}))
	t.Cleanup(emulator.Close)
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL": emulator.URL, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": canary, "AWS_PROFILE": "", "AWS_SESSION_TOKEN": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(k, v)
	}
}

// tell sends a request, as maquette does, and returns what is said last.
func tell(t *testing.T, req wire.Request) wire.Message {
	t.Helper()
	var in, out bytes.Buffer
	require.NoError(t, gob.NewEncoder(&in).Encode(req))
	require.NoError(t, run(t.Context(), []string{"read"}, &in, &out))
	assert.NotContains(t, out.String(), canary)
	dec := gob.NewDecoder(&out)
	for {
		var m wire.Message
		require.NoError(t, dec.Decode(&m), "neither a result nor an error was told")
		if m.Result != nil || m.Error != "" {
			require.ErrorIs(t, dec.Decode(&m), io.EOF)
			return m
		}
		assert.NotNil(t, m.Progress)
	}
}

func TestRead(t *testing.T) {
	account(t)
	state := &parity.Snapshot{Sources: []string{"staging.tfstate"}, Resources: []parity.Resource{
		parity.NewResource(parity.Declaration{Type: "aws_sqs_queue", Name: "jobs"}, parity.Place{}, parity.ObjectOf([]string{"arn"}, []parity.Value{parity.Text("arn:aws-cn:sqs:cn-north-1:123456789012:orders")})),
		parity.NewResource(parity.Declaration{Type: "aws_sqs_queue", Name: "gone"}, parity.Place{}, parity.ObjectOf([]string{"arn"}, []parity.Value{parity.Text("arn:aws-cn:sqs:cn-north-1:123456789012:gone")})),
	}}
	m := tell(t, wire.Request{Source: "aws://cn-north-1?tag.Environment=staging", Rate: 1000, Known: wire.Addresses(state)})
	require.Empty(t, m.Error)
	snap := m.Result.Snapshot.Unpack()
	require.Len(t, snap.Resources, 1)
	assert.Equal(t, "aws_sqs_queue.jobs", snap.Resources[0].Address())
	assert.Equal(t, "45", snap.Resources[0].Attributes.Get("visibility_timeout_seconds").Text)
	assert.Equal(t, []string{"aws_sqs_queue.gone"}, snap.Gone)
	assert.Contains(t, snap.Shows, "aws_sqs_queue")
	// What the emulator does not do is named, service by service.
	named := func(service string) bool {
		return slices.ContainsFunc(snap.Incomplete, func(g parity.Gap) bool { return g.Service == service })
	}
	assert.True(t, named("ec2") && named("rds") && named("tag"))
	assert.False(t, named("sqs"))

	m = tell(t, wire.Request{Source: "aws://cn-north-1", Rate: 1000, MaxCalls: 3})
	require.NotNil(t, m.Result)
	assert.True(t, slices.ContainsFunc(m.Result.Snapshot.Incomplete, func(g parity.Gap) bool { return strings.Contains(g.Reason, "stopped after 3 calls") }))
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	account(t)
	assert.Contains(t, tell(t, wire.Request{Source: "aws://us-east-1?nonsense=1"}).Error, `"nonsense" is not known`)
	assert.Contains(t, tell(t, wire.Request{Source: "aws://us-east-1?tfstate=a.tfstate"}).Error, "no way to read the state a.tfstate")
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	assert.Contains(t, tell(t, wire.Request{Source: "aws://us-east-1"}).Error, "connection refused")

	require.ErrorContains(t, run(t.Context(), []string{"read"}, strings.NewReader("no gob"), io.Discard), "reading the request")
	require.ErrorContains(t, run(t.Context(), nil, nil, io.Discard), "maquette sources aws")
	require.ErrorIs(t, run(t.Context(), []string{"sources"}, nil, full{}), errFull)
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

// The list, the JSON and the policy tell the same services, calls and permissions.
func TestSources(t *testing.T) {
	said := func(args ...string) string {
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), args, nil, &out))
		return out.String()
	}
	var listed []live.Reading
	require.NoError(t, json.Unmarshal([]byte(said("sources", "--json")), &listed))
	var policy live.Policy
	require.NoError(t, json.Unmarshal([]byte(said("sources", "--iam-policy")), &policy))
	require.Len(t, policy.Statement, 1)
	text := said("sources")
	allowed := map[string]bool{}
	for _, s := range listed {
		for _, words := range [][]string{s.Types, s.Calls, s.Permissions} {
			assert.Contains(t, text, strings.Join(words, ", "), s.Service)
		}
		for _, p := range s.Permissions {
			allowed[p] = true
		}
	}
	assert.Contains(t, text, "\n\niam (of no region)\n")
	assert.Len(t, policy.Statement[0].Action, len(allowed))
	for _, action := range policy.Statement[0].Action {
		assert.True(t, allowed[action], action)
	}
}
