package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

func TestAsk(t *testing.T) {
	for answer, want := range map[string]bool{"y\n": true, "Yes\n": true, "yes": true, "n\n": false, "\n": false, "": false, "yo\n": false} {
		o := &opened{project: &project{streams: &streams{in: strings.NewReader(answer), err: io.Discard}}}
		got, err := o.ask(t.Context(), "Really?")
		require.NoError(t, err)
		assert.Equal(t, want, got, "%q", answer)
	}
}

// A terminal that nobody types at does not keep Ctrl-C from ending the question.
func TestAskIsInterrupted(t *testing.T) {
	in, typed := io.Pipe()
	defer typed.Close()
	o := &opened{project: &project{streams: &streams{in: in, err: io.Discard}}}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	got, err := o.ask(ctx, "Really?")
	require.NoError(t, err)
	assert.False(t, got)
	got, err = o.ask(ctx, "And this?")
	require.NoError(t, err)
	assert.False(t, got, "nothing more is asked")
}

// Lifetimes are written as in definitions, and none is negative: such an instance would never expire.
func TestLifetimeFlags(t *testing.T) {
	for _, flag := range []string{"up try --ttl", "extend try --by"} {
		for _, value := range []string{"-1h", "0s", "soon"} {
			var errOut bytes.Buffer
			assert.Equal(t, exitError, run(t.Context(), append(strings.Fields(flag), value), nil, io.Discard, &errOut))
			assert.Contains(t, errOut.String(), "invalid argument")
		}
	}
	var l lifetime
	require.NoError(t, l.Set("1d12h"))
	assert.Equal(t, 36*time.Hour, time.Duration(l))
	assert.Equal(t, "1d12h", l.String())
}

// What is planned before the question and once more after it counts once.
func TestScreenCountsThePlanOnce(t *testing.T) {
	s := newScreen(t.Context(), io.Discard)
	defer s.close()
	show := s.instance("staging", false)
	for range 2 {
		show.event(provision.Event{Kind: provision.EventPhase, Message: "planning"})
		show.event(provision.Event{Kind: provision.EventPlanned, Address: "a.b"})
	}
	assert.Contains(t, show.status(), "0 of 1")
}
