//go:build unix

package probe

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/mask"
	"github.com/maquette/maquette/provision"
)

func shell(script string) provision.Hook {
	return provision.Hook{When: "after_up", Command: []string{"sh", "-c", script}, Timeout: 10 * time.Second}
}

func TestHook(t *testing.T) {
	noLeaks(t)
	t.Setenv("MAQUETTE_ROLE", "supervisor")
	t.Setenv("TF_PLUGIN_MAGIC_COOKIE", "cookie")
	t.Setenv("FROM_CALLER", "kept")
	t.Setenv("OVER", "caller's")
	hook := shell(`echo "$MAQUETTE_ROLE$TF_PLUGIN_MAGIC_COOKIE$FROM_CALLER $OVER"; pwd; echo $PWD; echo to stderr >&2; printf 'no end\r'; read line || echo no input`)
	hook.Dir = t.TempDir()
	hook.Env = map[string]string{"OVER": "hook's"}
	var log bytes.Buffer
	require.NoError(t, Prober{}.Hook(t.Context(), hook, &log))
	assert.Equal(t, "after_up: kept hook's\nafter_up: "+hook.Dir+"\nafter_up: "+hook.Dir+"\nafter_up: to stderr\nafter_up: no end\rno input\n", log.String())

	require.NoError(t, Prober{Environ: []string{}}.Hook(t.Context(), shell(`test -z "$FROM_CALLER"`), nil))
}

func TestHookFails(t *testing.T) {
	err := Prober{}.Hook(t.Context(), shell(`for i in 1 2 3 4 5 6 7; do echo "line $i"; done; printf '\033[31mred'; exit 3`), nil)
	require.Error(t, err)
	assert.Regexp(t, "^sh: exit status 3 after [0-9.]+m?s; its last output:\n  line 4\n  line 5\n  line 6\n  line 7\n  \\[31mred$", err.Error())
	assert.Regexp(t, "^sh: exit status 1 after [0-9.]+m?s, without output$", Prober{}.Hook(t.Context(), shell("exit 1"), nil).Error())
	assert.ErrorContains(t, Prober{}.Hook(t.Context(), shell("kill -9 $$"), nil), "sh: signal: killed after ")
}

func TestHookNotFound(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	require.NoError(t, os.WriteFile(plain, nil, 0o600))
	script := filepath.Join(dir, "script")
	require.NoError(t, os.WriteFile(script, []byte("#!/no/such/interpreter\n"), 0o700))
	for name, test := range map[string]struct {
		hook provision.Hook
		want string
	}{
		"on PATH":     {provision.Hook{Command: []string{"maquette-no-such"}}, "maquette-no-such: there is no such command on PATH"},
		"path":        {provision.Hook{Command: []string{"./seed.sh"}, Dir: dir}, "./seed.sh: there is no file " + dir + "/seed.sh"},
		"executable":  {provision.Hook{Command: []string{plain}}, plain + ": " + plain + " cannot be run: make it executable"},
		"directory":   {provision.Hook{Command: []string{"true"}, Dir: dir + "/no"}, "true: its directory " + dir + "/no is not there"},
		"interpreter": {provision.Hook{Command: []string{"./script"}, Dir: dir}, "./script: it cannot be started: "},
		"nothing":     {provision.Hook{}, "the hook has no command"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, Prober{}.Hook(t.Context(), test.hook, nil), test.want)
			if test.hook.Command != nil {
				check := provision.Check{Kind: "command", Command: test.hook.Command, Dir: test.hook.Dir, Within: time.Hour, Interval: time.Hour}
				assert.ErrorContains(t, Prober{}.Check(t.Context(), check, nil), test.want, "it will not be better")
			}
		})
	}

	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\nexit 0\n"), 0o700))
	assert.NoError(t, Prober{}.Hook(t.Context(), provision.Hook{Command: []string{"./script"}, Dir: dir}, nil), "from its own directory")
}

// TestCanary holds that no value of a command's own variables comes out.
func TestCanary(t *testing.T) {
	key := "-----BEGIN KEY-----\ncanary-line-one\ncanary-line-two\n-----END KEY-----\n"
	env := map[string]string{
		"PASSWORD": "canary-secret", "LONGER": "canary-secret-and-more", "KEY": key, "SHORT": "canar", "EMPTY": "",
	}
	script := `echo "is $PASSWORD, $LONGER."; echo "$KEY"; printf '%s' "$PASSWORD" >&2; sleep 0.05; printf 'x%sx\n' "$LONGER"
		head -c 65530 /dev/zero | tr '\0' a; echo "$LONGER"; echo "last $PASSWORD"; exit 1`
	hook := shell(script)
	secrets := slices.Sorted(maps.Keys(env))
	hook.Env, hook.Secrets = env, secrets
	check := quick(provision.Check{Kind: "command", Command: hook.Command, Env: env, Secrets: secrets})
	check.Timeout = 300 * time.Millisecond
	for name, run := range map[string]func(log *bytes.Buffer) error{
		"hook":  func(log *bytes.Buffer) error { return Prober{}.Hook(t.Context(), hook, log) },
		"check": func(log *bytes.Buffer) error { return Prober{}.Check(t.Context(), check, log) },
		"not found": func(log *bytes.Buffer) error {
			return Prober{}.Hook(t.Context(), provision.Hook{Command: []string{"./canary-secret"}, Env: env, Secrets: secrets}, log)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			err := run(&log)
			require.Error(t, err)
			assert.NotContains(t, log.String(), "canary")
			assert.NotContains(t, err.Error(), "canary")
			assert.NotContains(t, err.Error()+log.String(), "and-more")
		})
	}
}

func TestLongLines(t *testing.T) {
	var log bytes.Buffer
	o := &output{to: &log, mask: mask.New("zqxj-vwyk-zmp")}
	// In pieces, with the value at every place around the cut.
	for shift := range 40 {
		text := strings.Repeat("a", maxLine-20+shift) + "zqxj-vwyk-zmp" + strings.Repeat("b", 100) + "\n"
		for len(text) > 0 {
			n, err := o.Write([]byte(text[:min(1000, len(text))]))
			require.NoError(t, err)
			text = text[n:]
		}
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	assert.Len(t, lines, 40)
	for _, line := range lines {
		assert.LessOrEqual(t, len(line), maxLine+len("…"))
		assert.NotRegexp(t, `[zqxjvwykmp-]`, line, "not a part of it either")
	}
}

// alive reports whether a process is there and not only waits to be taken note of.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

func pids(t *testing.T, file string, n int) []int {
	t.Helper()
	var all []int
	require.Eventually(t, func() bool {
		data, _ := os.ReadFile(file)
		all = nil
		for _, field := range strings.Fields(string(data)) {
			pid, err := strconv.Atoi(field)
			require.NoError(t, err)
			all = append(all, pid)
		}
		return len(all) == n && strings.HasSuffix(string(data), "\n")
	}, 30*time.Second, 5*time.Millisecond)
	return all
}

func assertDead(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		assert.Eventually(t, func() bool { return !alive(pid) }, 30*time.Second, 5*time.Millisecond, "%d lives", pid)
	}
}

func TestStopped(t *testing.T) {
	noLeaks(t)
	for name, script := range map[string]string{
		"gentle":                 "sleep 1000 & echo $! >>pids; echo $$ >>pids; echo begun; wait",
		"deaf":                   "trap '' TERM; sleep 1000 & echo $! >>pids; echo $$ >>pids; echo begun; while :; do sleep 1000; done",
		"deaf child, no output":  "(trap '' TERM; exec sleep 1000 >/dev/null 2>&1) & echo $! >>pids; echo $$ >>pids; echo begun; wait",
		"deaf child with output": "(trap '' TERM; exec sleep 1000) & echo $! >>pids; echo $$ >>pids; echo begun; wait",
	} {
		t.Run(name, func(t *testing.T) {
			hook := shell(script)
			hook.Dir = t.TempDir()
			file := filepath.Join(hook.Dir, "pids")
			prober := Prober{Grace: 200 * time.Millisecond}

			hook.Timeout = time.Second
			started := time.Now()
			err := prober.Hook(t.Context(), hook, nil)
			assert.ErrorContains(t, err, "sh: it did not end in time, and was stopped after ")
			assert.ErrorContains(t, err, "its last output:\n  begun")
			assert.Less(t, time.Since(started), 30*time.Second)
			assertDead(t, pids(t, file, 2))

			require.NoError(t, os.Remove(file))
			hook.Timeout = time.Hour
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- prober.Hook(ctx, hook, nil) }()
			children := pids(t, file, 2)
			cancel()
			assert.Equal(t, context.Canceled, <-ended)
			assertDead(t, children)
		})
	}
}

func TestTimeToCleanUp(t *testing.T) {
	hook := shell("trap 'echo cleaned up; exit 0' TERM; echo begun; while :; do sleep 0.01; done")
	hook.Timeout = 300 * time.Millisecond
	var log bytes.Buffer
	assert.ErrorContains(t, Prober{}.Hook(t.Context(), hook, &log), "cleaned up")
	assert.Contains(t, log.String(), "after_up: cleaned up\n")
}

// TestLeftBehind is of a hook that starts something which outlives it.
func TestLeftBehind(t *testing.T) {
	noLeaks(t)
	hook := shell("sleep 1000 & echo $! >pids; echo done")
	hook.Dir = t.TempDir()
	var log bytes.Buffer
	require.NoError(t, Prober{Grace: 100 * time.Millisecond}.Hook(t.Context(), hook, &log))
	assert.Equal(t, "after_up: done\nafter_up: (it has ended, and left a process behind that holds its output)\n", log.String())
	pid := pids(t, filepath.Join(hook.Dir, "pids"), 1)[0]
	assert.True(t, alive(pid), "that is for it to decide")
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
}

func TestCommandCheck(t *testing.T) {
	noLeaks(t)
	check := provision.Check{
		Kind: "command", Command: []string{"sh", "-c", `echo x >>tries; echo "$WORD"; test $(wc -l <tries) -ge 3`}, Dir: t.TempDir(),
		Env: map[string]string{"WORD": "word"}, Interval: 5 * time.Millisecond, Within: 10 * time.Second,
	}
	var log bytes.Buffer
	require.NoError(t, Prober{}.Check(t.Context(), check, &log))
	assert.Regexp(t, `^check command: word
check command: sh: not yet: exit status 1
check command: word
check command: word
check command: sh holds after \S+, try 3
$`, log.String())

	hangs := quick(provision.Check{Kind: "command", Command: []string{"sleep", "1000"}})
	err := Prober{}.Check(t.Context(), hangs, nil)
	assert.Regexp(t, `^sleep does not hold after 900ms, \d (try|tries): it did not end in time, and was stopped after `, err.Error())
}

type brokenLog struct{}

func (brokenLog) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestBrokenLog(t *testing.T) {
	assert.NoError(t, Prober{}.Hook(t.Context(), shell("for i in 1 2 3; do echo $i; done"), brokenLog{}))
}

// TestMain lets the test binary play a maquette that is killed while its hook runs.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PROBE_TEST_DIR"); dir != "" {
		hook := provision.Hook{Command: []string{"sh", "-c", "echo $$ >pids; exec sleep 1000"}, Dir: dir}
		_ = Prober{}.Hook(context.Background(), hook, nil)
		return
	}
	os.Exit(m.Run())
}

func TestKilledWithUs(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("only Linux ends children with their parent")
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PROBE_TEST_DIR="+dir)
	require.NoError(t, cmd.Start())
	hook := pids(t, filepath.Join(dir, "pids"), 1)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	assertDead(t, hook)
}
