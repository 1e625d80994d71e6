package local

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision/local/wire"
)

// asked has a question answered while the pipe is open.
func asked(t *testing.T, question string, req wire.Request) wire.Reply {
	t.Helper()
	in, request := io.Pipe()
	go func() { _ = json.NewEncoder(request).Encode(req) }()
	var out bytes.Buffer
	require.NoError(t, answer(t.Context(), []string{question}, in, &out))
	var reply wire.Reply
	require.NoError(t, json.Unmarshal(out.Bytes(), &reply))
	return reply
}

func TestAnswers(t *testing.T) {
	u := testUnit(t)
	_, err := bringTest(t, u, testSpec(t, self(t, "web")...), 2)
	require.NoError(t, err)
	services := asked(t, wire.Services, wire.Request{Home: u.Home, Instances: []string{u.Instance, "none"}}).Services
	require.Len(t, services[u.Instance], 1)
	assert.Len(t, services[u.Instance][0].Members, 2)
	assert.True(t, services[u.Instance][0].Running)
	assert.Empty(t, services["none"])

	assert.Empty(t, asked(t, wire.Strays, wire.Request{Home: u.Home, Known: []string{u.ID}}).Strays)
	strays := asked(t, wire.Strays, wire.Request{Home: u.Home}).Strays
	assert.Len(t, strays[u.ID], 5, "two members, their supervisor, two ports")

	reply := asked(t, wire.Sweep, wire.Request{Home: u.Home, Instance: u.Instance, ID: u.ID})
	assert.Empty(t, reply.Error)
	assert.Empty(t, reply.Left)
	assert.Equal(t, 3, kindsOf(reply.Gone)["process"])
	assert.Error(t, answer(t.Context(), []string{"dance"}, &bytes.Buffer{}, io.Discard))
}

// Who has asked may be killed, and its lock is free then.
func TestNothingIsSweptForTheDead(t *testing.T) {
	u := testUnit(t)
	slow := testSpec(t, self(t, "web", "stubborn")...)
	slow.Stop = time.Hour
	_, err := bringTest(t, u, slow, 1)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, u.clear(context.Background(), 0)) })

	question := self(t, "answer", wire.Sweep)
	cmd := exec.Command(question[0], question[1:]...)
	var out bytes.Buffer
	cmd.Stdout = &out
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.NoError(t, json.NewEncoder(in).Encode(wire.Request{Home: u.Home, Instance: u.Instance, ID: u.ID}))
	require.NoError(t, in.Close())
	require.Error(t, cmd.Wait())
	assert.Empty(t, out.String())
}
