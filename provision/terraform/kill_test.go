package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/maquette/maquette/provision"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slow makes three things one after the other, and says in a file of the user's when the second one is being made.
const slow = `
variable "marks" {
  type = string
}

resource "terraform_data" "first" {
  input = "first"
}

resource "terraform_data" "slow" {
  depends_on = [terraform_data.first]
  provisioner "local-exec" {
    command = "echo $$ > ${var.marks}/started; sleep 2; touch ${var.marks}/done"
  }
}

resource "terraform_data" "last" {
  depends_on = [terraform_data.slow]
}
`

// call is what the caller, a maquette of its own, is to do.
type call struct {
	Driver   Driver
	Source   string
	Instance string
	Marks    string
}

const envCall = "TEST_CALL"

// caller applies, as the command does: it is interrupted once by the context, and ends at the second signal.
func caller() int {
	var c call
	if err := json.Unmarshal([]byte(os.Getenv(envCall)), &c); err != nil {
		return 3
	}
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 3)
	signal.Notify(signals, os.Interrupt)
	go func() {
		<-signals
		stop()
		<-signals
		os.Exit(130)
	}()
	os.Unsetenv(envRole)
	j, _ := job(c.Source, c.Instance, stringsOf(map[string]string{"marks": c.Marks}))
	if _, err := c.Driver.Apply(ctx, j); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

type killed struct {
	call
	t   *testing.T
	cmd *exec.Cmd
}

// startSlow starts a caller, and returns when Terraform works on the second resource.
func startSlow(t *testing.T) killed {
	t.Helper()
	w := newUserDir(t, map[string]string{"main.tf": slow})
	k := killed{t: t, call: call{Driver: *newDriver(t), Source: w.path, Instance: "try", Marks: t.TempDir()}}
	text, err := json.Marshal(k.call)
	require.NoError(t, err)
	k.cmd = exec.Command(k.Driver.Program)
	k.cmd.Env = append(os.Environ(), envRole+"="+roleCaller, envCall+"="+string(text))
	require.NoError(t, k.cmd.Start())
	require.Eventually(t, func() bool { return exists(filepath.Join(k.Marks, "started")) }, 30*time.Second, 5*time.Millisecond)
	return k
}

// terraform returns the process that was noted.
func (k killed) terraform() int {
	k.t.Helper()
	var pid int
	require.Eventually(k.t, func() bool {
		content, err := os.ReadFile(filepath.Join(k.Driver.instances(), k.Instance, pidFile))
		if err != nil {
			return false
		}
		_, err = fmt.Sscanf(string(content), "%d", &pid)
		return err == nil
	}, 30*time.Second, 5*time.Millisecond)
	return pid
}

// finish holds that the next operations find everything, and take it away.
func (k killed) finish() {
	k.t.Helper()
	j, said := job(k.Source, k.Instance, stringsOf(map[string]string{"marks": k.Marks}))
	_, err := k.Driver.Apply(k.t.Context(), j)
	require.NoError(k.t, err, said.String())
	resources, err := k.Driver.Resources(k.t.Context(), j)
	require.NoError(k.t, err)
	assert.Equal(k.t, []string{"terraform_data.first", "terraform_data.last", "terraform_data.slow"}, resources)
	require.NoError(k.t, k.Driver.Destroy(k.t.Context(), j))
	resources, err = k.Driver.Resources(k.t.Context(), j)
	require.NoError(k.t, err)
	assert.Empty(k.t, resources)
	require.NoError(k.t, k.Driver.Remove(k.t.Context(), k.Instance))
}

// kept holds that what was made before is in the state still, with the id that it had.
func (k killed) kept() {
	k.t.Helper()
	j, _ := job(k.Source, k.Instance, nil)
	resources, err := k.Driver.Resources(k.t.Context(), j)
	require.NoError(k.t, err)
	assert.Contains(k.t, resources, "terraform_data.first")
}

func TestCallerIsKilled(t *testing.T) {
	k := startSlow(t)
	terraform := k.terraform()
	require.NoError(t, k.cmd.Process.Kill())
	require.Error(t, k.cmd.Wait())

	notes, err := k.Driver.Recover(t.Context(), k.Instance, false)
	require.NoError(t, err)
	assert.Contains(t, notes, "waited for an interrupted Terraform to end")
	require.ErrorIs(t, syscall.Kill(terraform, 0), syscall.ESRCH, "it has ended")
	k.kept()
	k.finish()
}

func TestTerraformIsKilled(t *testing.T) {
	k := startSlow(t)
	require.NoError(t, syscall.Kill(k.terraform(), syscall.SIGKILL))
	require.Error(t, k.cmd.Wait())

	dry, err := k.Driver.Recover(t.Context(), k.Instance, true)
	require.NoError(t, err)
	wet, err := k.Driver.Recover(t.Context(), k.Instance, false)
	require.NoError(t, err)
	assert.Equal(t, dry, wet)
	assert.Equal(t, []string{"Terraform was killed while it made terraform_data.slow: may exist without being in the state"}, wet)
	again, err := k.Driver.Recover(t.Context(), k.Instance, false)
	require.NoError(t, err)
	assert.Empty(t, again, "it is told once")
	k.kept()
	k.finish()
}

func TestCallerAndShimAreKilled(t *testing.T) {
	k := startSlow(t)
	terraform := k.terraform()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", terraform))
	if err != nil {
		t.Skip("no /proc")
	}
	var shim int
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	_, err = fmt.Sscan(fields[1], &shim)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(shim, syscall.SIGKILL))
	require.Error(t, k.cmd.Wait())

	_, err = k.Driver.Recover(t.Context(), k.Instance, false)
	require.NoError(t, err)
	assert.False(t, alive(terraform), "Recover has waited for a Terraform without its shim")
	k.kept()
	k.finish()
}

func alive(pid int) bool {
	_, err := startTime(pid)
	return err == nil
}

func TestInterruptedOnce(t *testing.T) {
	k := startSlow(t)
	require.NoError(t, k.cmd.Process.Signal(os.Interrupt))
	err := k.cmd.Wait()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 1, exit.ExitCode(), "it has waited for Terraform")
	assert.False(t, terraformRuns(filepath.Join(k.Driver.instances(), k.Instance)))
	k.kept()
	k.finish()
}

func TestInterruptedThrice(t *testing.T) {
	k := startSlow(t)
	for range 3 {
		_ = k.cmd.Process.Signal(os.Interrupt)
		time.Sleep(20 * time.Millisecond)
	}
	require.Error(t, k.cmd.Wait())
	_, err := k.Driver.Recover(t.Context(), k.Instance, false)
	require.NoError(t, err)
	k.kept()
	k.finish()
}

func TestShimForwardsOneInterrupt(t *testing.T) {
	// It counts interrupts, and says each.
	binary := script(t, `trap 'echo interrupted' INT TERM; touch "$MARK"; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.05; done; exit 7`)
	self, err := os.Executable()
	require.NoError(t, err)
	mark := filepath.Join(t.TempDir(), "mark")
	cmd := exec.Command(self, "apply")
	cmd.Env = append(os.Environ(), envRole+"="+RoleShim, envExec+"="+binary, envDir+"="+t.TempDir(), "MARK="+mark)
	var out strings.Builder
	cmd.Stdout = &out
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return exists(mark) }, 30*time.Second, 5*time.Millisecond)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, os.Interrupt, syscall.SIGHUP} {
		require.NoError(t, cmd.Process.Signal(sig))
		time.Sleep(100 * time.Millisecond)
	}
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	assert.Equal(t, 7, exit.ExitCode())
	assert.Equal(t, "interrupted\n", out.String())
}

func TestBrokenStateIsRestored(t *testing.T) {
	for name, breakIt := range map[string]func(path string) error{
		"empty": func(path string) error { return os.Truncate(path, 0) },
		"cut":   func(path string) error { return os.Truncate(path, 100) },
		"gone":  os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			w := newUserDir(t, map[string]string{"main.tf": greeting})
			d := newDriver(t)
			j, _ := job(w.path, "try", nil)
			_, err := d.Apply(t.Context(), j)
			require.NoError(t, err)
			path := filepath.Join(d.instances(), "try", stateFile)
			before, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, breakIt(path))

			notes, err := d.Recover(t.Context(), "try", true)
			require.NoError(t, err)
			require.Len(t, notes, 1)
			assert.Contains(t, notes[0], "which knows 1 resource")

			// An operation does not wait for somebody to call Recover.
			j, said := job(w.path, "try", nil)
			_, err = d.Apply(t.Context(), j)
			require.NoError(t, err)
			assert.Empty(t, said.of(provision.EventStart), "nothing is made twice")
			assert.Equal(t, notes, said.of(provision.EventNote))
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(before), string(after))
			assert.Equal(t, name != "gone", exists(path+".broken-1"))
		})
	}
}

func TestCancelledBeforeItBegins(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	d := newDriver(t)
	j, _ := job(w.path, "try", nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Apply(ctx, j)
	require.Error(t, err)
	assert.True(t, errors.Is(err, context.Canceled), "%v", err)
}
