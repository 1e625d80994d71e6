//go:build unix

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// command runs the built command, so that signals and pipes are real.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable() // this test, which testscript.Main makes the command when called by its name
	require.NoError(t, err)
	cmd := exec.Command(binary, args...)
	cmd.Args[0] = "maquette"
	return cmd
}

const (
	production = "../../testdata/shop/production.tfstate"
	onebox     = "../../testdata/shop/staging-onebox.tfstate"
)

func TestInterruptedWhileReading(t *testing.T) {
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			cmd := command(t, "parity", production, "-")
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			require.NoError(t, cmd.Start())
			// More than a pipe holds, so that it has begun to read when this returns; and then no more.
			_, err = in.Write([]byte(`{"version": 4, ` + strings.Repeat(" ", 1<<18)))
			require.NoError(t, err)
			require.NoError(t, cmd.Process.Signal(sig))

			done := make(chan error, 1)
			go func() { done <- cmd.Wait() }()
			select {
			case <-done:
			case <-time.After(3 * time.Second):
				_ = cmd.Process.Kill()
				t.Fatal("still reading 3 seconds after the signal")
			}
			assert.Equal(t, exitError, cmd.ProcessState.ExitCode())
			assert.Contains(t, stderr.String(), "stopped")
			assert.NotContains(t, stderr.String(), "goroutine")
		})
	}
}

// Whoever reads the output may stop: then the result was not delivered.
func TestOutputClosedEarly(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	cmd := command(t, "parity", "--format", "json", production, onebox)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	assert.Error(t, cmd.Run())
	require.NoError(t, w.Close())
	assert.NotEqual(t, 2, cmd.ProcessState.ExitCode(), "no report was delivered")
	assert.NotContains(t, stderr.String(), "goroutine")
}

// large is a state that is read in no time, and longer than a pipe's buffer.
func large(t *testing.T) string {
	name := filepath.Join(t.TempDir(), "large.tfstate")
	text := `{"version": 4, "resources": [{"mode": "managed", "type": "a_b", "name": "c", "instances": [{"attributes": {"text": "` +
		strings.Repeat("long ", 1<<18) + `"}}]}]}`
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestOutputReadSlowlyThenClosed(t *testing.T) {
	cmd := command(t, "snapshot", large(t)) // more than a pipe holds
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Start())
	_, err = io.ReadFull(out, make([]byte, 10))
	require.NoError(t, err)
	require.NoError(t, out.Close())
	assert.Error(t, cmd.Wait())
	assert.NotContains(t, stderr.String(), "goroutine")
}

func TestDiskFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	defer full.Close()
	for _, args := range [][]string{
		{"parity", production, onebox},
		{"parity", "--format", "json", production, production},
		{"snapshot", production},
		{"explain"},
		{"version"},
		{"completion", "bash"},
	} {
		cmd := command(t, args...)
		var stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &stderr
		assert.Error(t, cmd.Run(), "%q", args)
		assert.Equal(t, exitError, cmd.ProcessState.ExitCode(), "%q", args)
		assert.NotContains(t, stderr.String(), "goroutine", "%q", args)
	}
}
