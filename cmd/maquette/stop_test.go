//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/tftest"
)

const slowStack = `
resource "terraform_data" "first" {}

resource "terraform_data" "slow" {
  input = terraform_data.first.id
  provisioner "local-exec" {
    command = "trap '' INT; sleep 2"
  }
}

resource "terraform_data" "last" {
  input = terraform_data.slow.id
}
`

const slowDefinition = `
environment "slow" {
  throwaway {
    ttl = "1h"
  }
  terraform {
    source = "../stack"
  }
}
`

// Ctrl-C once lets Terraform end what it has begun; twice, maquette does not wait for that. Neither loses anything.
func TestStopped(t *testing.T) {
	tftest.Require(t)
	for name, signals := range map[string]int{"once": 1, "twice": 2} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"environments/slow.hcl": slowDefinition, "stack/main.tf": slowStack} {
				path := filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
				require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
			}
			run := func(args ...string) string {
				cmd := command(t, args...)
				cmd.Dir = dir
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, "%q: %s", args, out)
				return string(out)
			}
			cmd := command(t, "up", "slow", "--name", "slow-1")
			cmd.Dir = dir
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			require.NoError(t, cmd.Start())
			state := filepath.Join(dir, ".maquette", "instances", "slow-1", "terraform.tfstate")
			require.Eventually(t, func() bool {
				data, err := os.ReadFile(state)
				return err == nil && strings.Contains(string(data), `"first"`)
			}, 30*time.Second, 10*time.Millisecond)
			time.Sleep(300 * time.Millisecond) // now it is at the slow one
			var terraform int
			if signals == 2 { // and does not get on with it
				noted, err := os.ReadFile(filepath.Join(filepath.Dir(state), "terraform.pid"))
				require.NoError(t, err)
				_, err = fmt.Sscan(string(noted), &terraform)
				require.NoError(t, err)
				require.NoError(t, syscall.Kill(terraform, syscall.SIGSTOP))
				defer syscall.Kill(terraform, syscall.SIGCONT)
			}
			for range signals {
				require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
				time.Sleep(100 * time.Millisecond)
			}
			require.Error(t, cmd.Wait())
			assert.Equal(t, exitError, cmd.ProcessState.ExitCode())
			assert.Contains(t, stderr.String(), "once more (Ctrl-C) stops waiting")
			if signals == 2 {
				require.NoError(t, syscall.Kill(terraform, syscall.SIGCONT), "it is still there, and was not waited for")
			} else {
				listed := run("ls")
				assert.Contains(t, listed, "failed")
			}
			// What follows waits for Terraform's end where it has to, and then finds all that was made.
			assert.Contains(t, run("up", "slow", "--name", "slow-1"), "slow-1 is ready")
			assert.Contains(t, run("down", "slow-1"), "slow-1 is gone")
			assert.NoFileExists(t, state)
		})
	}
}
