//go:build unix

package lock

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

// TestMain lets the test binary play another process that wants a lock.
func TestMain(m *testing.M) {
	locks := Locks{Dir: os.Getenv("LOCK_TEST_DIR")}
	switch os.Getenv("LOCK_TEST_ROLE") {
	case "":
		os.Exit(m.Run())
	case "hold": // until it is killed, or its input ends
		unlock, err := locks.Lock(context.Background(), "try", "up", 0)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("locked")
		_, _ = io.Copy(io.Discard, os.Stdin)
		if err := unlock(); err != nil {
			panic(err)
		}
	case "count":
		for range 5 {
			if err := count(locks); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
	}
}

// count adds one to a counter file, in a way that loses counts unless it is alone.
func count(locks Locks) error {
	unlock, err := locks.Lock(context.Background(), "try", "count", time.Minute)
	if err != nil {
		return err
	}
	name := filepath.Join(locks.Dir, "counter")
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(string(data))
	if err != nil {
		return err
	}
	time.Sleep(time.Millisecond)
	if err := os.WriteFile(name, []byte(strconv.Itoa(n+1)), 0o600); err != nil {
		return err
	}
	return unlock()
}

func process(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LOCK_TEST_ROLE="+role, "LOCK_TEST_DIR="+dir)
	return cmd
}

// hold starts a process that has the lock.
func hold(t *testing.T, dir string) (cmd *exec.Cmd, let func()) {
	t.Helper()
	cmd = process(t, "hold", dir)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "locked\n", line)
	return cmd, func() { _ = stdin.Close() }
}

func TestLock(t *testing.T) {
	locks := Locks{Dir: filepath.Join(t.TempDir(), "home", "locks")}
	holder, err := locks.Holder("try")
	require.NoError(t, err)
	assert.Nil(t, holder)
	assert.NoDirExists(t, locks.Dir, "to ask changes nothing")

	before := time.Now()
	unlock, err := locks.Lock(t.Context(), "try", "up", 0)
	require.NoError(t, err)
	holder, err = locks.Holder("try")
	require.NoError(t, err)
	require.NotNil(t, holder)
	assert.WithinRange(t, holder.Since, before.Add(-time.Second), time.Now())
	assert.Equal(t, provision.Holder{Operation: "up", Actor: Actor(), PID: os.Getpid(), Since: holder.Since}, *holder)
	assert.Regexp(t, `^[^@]+@[^@]+$`, holder.Actor)
	info, err := os.Stat(filepath.Join(locks.Dir, "try.lock"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())

	_, err = locks.Lock(t.Context(), "try", "down", 0)
	assert.Equal(t, &provision.LockedError{Instance: "try", Holder: *holder}, err, "in one process too")
	other, err := locks.Lock(t.Context(), "other", "down", 0)
	require.NoError(t, err)
	require.NoError(t, other())

	require.NoError(t, unlock())
	assert.NoFileExists(t, filepath.Join(locks.Dir, "try.lock"))
	unlock2, err := locks.Lock(t.Context(), "try", "down", 0)
	require.NoError(t, err)
	require.NoError(t, unlock(), "a second time it does nothing")
	_, err = locks.Lock(t.Context(), "try", "up", 0)
	require.Error(t, err)
	require.NoError(t, unlock2())
}

func TestNames(t *testing.T) {
	locks := Locks{Dir: t.TempDir()}
	for _, name := range []string{"", ".", "..", ".hidden", "../x", "a/b", `a\b`, "c:x", "a\x00b"} {
		_, err := locks.Lock(t.Context(), name, "up", 0)
		assert.ErrorContains(t, err, "is no name of an instance", "%q", name)
		_, err = locks.Holder(name)
		assert.ErrorContains(t, err, "is no name of an instance", "%q", name)
	}
	entries, err := os.ReadDir(locks.Dir)
	require.NoError(t, err)
	assert.Empty(t, entries)
}

func TestAcrossProcesses(t *testing.T) {
	locks := Locks{Dir: t.TempDir()}
	cmd, let := hold(t, locks.Dir)

	started := time.Now()
	_, err := locks.Lock(t.Context(), "try", "down", 300*time.Millisecond)
	var locked *provision.LockedError
	require.ErrorAs(t, err, &locked)
	assert.GreaterOrEqual(t, time.Since(started), 300*time.Millisecond)
	assert.Equal(t, []any{"up", cmd.Process.Pid, Actor()}, []any{locked.Holder.Operation, locked.Holder.PID, locked.Holder.Actor})

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	started = time.Now()
	_, err = locks.Lock(ctx, "try", "down", time.Hour)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "locking try: ")
	assert.Less(t, time.Since(started), 30*time.Second)

	time.AfterFunc(200*time.Millisecond, let)
	unlock, err := locks.Lock(t.Context(), "try", "down", time.Minute)
	require.NoError(t, err)
	require.NoError(t, unlock())
}

func TestKilledHolder(t *testing.T) {
	locks := Locks{Dir: t.TempDir()}
	cmd, _ := hold(t, locks.Dir)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	assert.FileExists(t, filepath.Join(locks.Dir, "try.lock"))
	holder, err := locks.Holder("try")
	require.NoError(t, err)
	assert.Nil(t, holder, "what the file says is of no worth")
	unlock, err := locks.Lock(t.Context(), "try", "down", 0)
	require.NoError(t, err)
	holder, err = locks.Holder("try")
	require.NoError(t, err)
	assert.Equal(t, "down", holder.Operation)
	require.NoError(t, unlock())
}

// TestContenders lets 10 processes with 5 turns each, and 10 goroutines beside them, count. Each turn makes the file and
// removes it, so this is also a race of those who remove it with those who have opened it.
func TestContenders(t *testing.T) {
	locks := Locks{Dir: t.TempDir()}
	counter := filepath.Join(locks.Dir, "counter")
	require.NoError(t, os.WriteFile(counter, []byte("0"), 0o600))
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			out, err := process(t, "count", locks.Dir).CombinedOutput()
			assert.NoError(t, err, string(out))
		})
		wg.Go(func() { assert.NoError(t, count(locks)) })
	}
	wg.Wait()
	data, err := os.ReadFile(counter)
	require.NoError(t, err)
	assert.Equal(t, "60", string(data))
	assert.NoFileExists(t, filepath.Join(locks.Dir, "try.lock"))
}

// TestUnlinkRace holds that who has opened a file that is then removed does not take it for the lock.
func TestUnlinkRace(t *testing.T) {
	locks := Locks{Dir: t.TempDir()}
	path := filepath.Join(locks.Dir, "try.lock")
	var holders, turns atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			for range 4 {
				unlock, err := locks.Lock(context.Background(), "try", "up", time.Minute)
				if !assert.NoError(t, err) {
					return
				}
				assert.Equal(t, int32(1), holders.Add(1), "one at a time")
				turns.Add(1)
				holders.Add(-1)
				assert.NoError(t, unlock())
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int32(200), turns.Load())

	// The directory is swept while somebody has the lock: to unlock does not remove the file of who locked it then.
	unlock, err := locks.Lock(t.Context(), "try", "up", 0)
	require.NoError(t, err)
	require.NoError(t, os.Remove(path))
	unlock2, err := locks.Lock(t.Context(), "try", "down", 0)
	require.NoError(t, err)
	require.NoError(t, unlock())
	assert.FileExists(t, path)
	holder, err := locks.Holder("try")
	require.NoError(t, err)
	assert.Equal(t, "down", holder.Operation)
	require.NoError(t, unlock2())
}

// TestAskingDisturbsNobody has several ask all the time, while one locks without waiting.
func TestAskingDisturbsNobody(t *testing.T) {
	locks := Locks{Dir: t.TempDir()}
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					_, err := locks.Holder("try")
					assert.NoError(t, err)
				}
			}
		})
	}
	for range 50 {
		unlock, err := locks.Lock(t.Context(), "try", "up", 0)
		if assert.NoError(t, err) {
			assert.NoError(t, unlock())
		}
	}
	close(done)
	wg.Wait()
}

func TestUnreadableHolder(t *testing.T) {
	locks := Locks{Dir: t.TempDir()}
	path := filepath.Join(locks.Dir, "try.lock")
	for name, content := range map[string]string{"empty": "", "cut short": `{"operation":"u`, "something else": "x"} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			file := flock.New(path)
			locked, err := file.TryLock()
			require.NoError(t, err)
			require.True(t, locked)
			_, err = locks.Lock(t.Context(), "try", "down", 0)
			require.NoError(t, file.Unlock())
			var lockedError *provision.LockedError
			require.ErrorAs(t, err, &lockedError)
			assert.True(t, strings.HasPrefix(err.Error(), "an unknown operation of try by somebody has been running since 20"), err.Error())
		})
	}

	// Who has the lock may need a moment to say so.
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	file := flock.New(path)
	_, err := file.TryLock()
	require.NoError(t, err)
	time.AfterFunc(20*time.Millisecond, func() { assert.NoError(t, write(path, "up")) })
	holder, err := locks.Holder("try")
	require.NoError(t, err)
	assert.Equal(t, "up", holder.Operation)
	require.NoError(t, file.Unlock())
}

func TestCannotLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := Locks{Dir: filepath.Join(file, "locks")}.Lock(t.Context(), "try", "up", 0)
	assert.ErrorContains(t, err, "locking try: ")
}
