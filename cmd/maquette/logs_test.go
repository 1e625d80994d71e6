package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What was printed is not printed again by following, nor is half a line; a file that was begun anew is.
func TestLogsAreFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "member-0.log")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	var out bytes.Buffer
	files := []logFile{{path: path, prefix: "web.0 | "}}

	require.NoError(t, files[0].print(&out, 0), "there is none yet")
	write("one\ntwo\nthree\n")
	require.NoError(t, files[0].print(&out, 2))
	assert.Equal(t, "web.0 | two\nweb.0 | three\n", out.String())

	out.Reset()
	write("one\ntwo\nthree\nfour\nfi")
	ctx, cancel := context.WithTimeout(t.Context(), 3*followPoll)
	defer cancel()
	require.NoError(t, followAll(ctx, &out, files))
	assert.Equal(t, "web.0 | four\n", out.String())

	out.Reset()
	write("new\n")
	require.NoError(t, files[0].more(&out))
	assert.Equal(t, "web.0 | new\n", out.String())

	out.Reset()
	long := strings.Repeat("x", 100<<10)
	write("zero\none\n" + long + "\n" + long + "\nend")
	require.NoError(t, files[0].print(&out, 4))
	assert.Equal(t, "web.0 | one\nweb.0 | "+long+"\nweb.0 | "+long+"\nweb.0 | end\n", out.String(), "lines are longer than what is read at once")

	write("new\n")
	out.Reset()
	asJSON := logFile{path: path, from: "web.0", json: true}
	require.NoError(t, asJSON.print(&out, 0))
	assert.Equal(t, `{"from":"web.0","line":"new"}`+"\n", out.String())
}
