package local

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision/local/wire"
)

// bringTest brings a unit up with so many members.
func bringTest(t testing.TB, u unit, s spec, members int) (*status, error) {
	t.Helper()
	unlock, err := u.lock(t.Context())
	require.NoError(t, err)
	defer unlock()
	s.Ports, err = u.reserve(t.Context(), members, false)
	require.NoError(t, err)
	return u.bring(t.Context(), s)
}

// ask gets / from a member, and returns its number, process and text.
func ask(t testing.TB, port int) []string {
	t.Helper()
	resp, err := http.Get("http://127.0.0.1:" + strconv.Itoa(port) + "/")
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return strings.Split(string(body), " ")
}

// Specs that come one upon the other are rolled out in their order; the race detector sees where one overwrites another.
func TestSpecsInQuickSuccession(t *testing.T) {
	dir := t.TempDir()
	log, err := openLog(filepath.Join(dir, "supervisor.log"), maxLog)
	require.NoError(t, err)
	s := &supervisor{dir: dir, log: log, threads: make(chan func()), changed: make(chan struct{})}
	specs, signals := make(chan spec), make(chan os.Signal, 1)
	go func() {
		for i := range int64(100) {
			specs <- spec{Generation: i + 2, Start: time.Second}
		}
		signals <- syscall.SIGTERM
	}()
	s.work(spec{Generation: 1, Start: time.Second}, specs, signals)
	require.NoError(t, log.Close())
	assert.Equal(t, int64(101), s.spec.Generation)
}

func TestMembersRunAndScale(t *testing.T) {
	u := testUnit(t)
	s := testSpec(t, self(t, "web", "text=one")...)
	st, err := bringTest(t, u, s, 3)
	require.NoError(t, err)
	require.Len(t, st.Members, 3)
	for i, m := range st.Members {
		assert.Equal(t, wire.StateReady, m.State)
		assert.Equal(t, []string{strconv.Itoa(i), strconv.Itoa(m.PID), "one"}, ask(t, m.Port))
	}

	down, err := bringTest(t, u, s, 1)
	require.NoError(t, err)
	require.Len(t, down.Members, 1)
	assert.Equal(t, st.Members[0].PID, down.Members[0].PID, "who stays runs on")

	up, err := bringTest(t, u, s, 4)
	require.NoError(t, err)
	require.Len(t, up.Members, 4)
	assert.Equal(t, st.Members[0].PID, up.Members[0].PID)
	assert.Equal(t, st.Members[1].Port, up.Members[1].Port, "reservations that were not released are kept")
	assert.Equal(t, down.PID, up.PID, "it is the same supervisor")
}

func TestMembersAreReplacedOneByOne(t *testing.T) {
	u := testUnit(t)
	before, err := bringTest(t, u, testSpec(t, self(t, "web", "text=old")...), 3)
	require.NoError(t, err)

	var mu sync.Mutex
	fewest := 3
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
			listening := 0
			for _, m := range before.Members {
				if conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(m.Port)); err == nil {
					conn.Close()
					listening++
				}
			}
			mu.Lock()
			fewest = min(fewest, listening)
			mu.Unlock()
		}
	})
	s := testSpec(t, self(t, "web", "text=new", "slow-start=100ms")...)
	s.Dir = "/"
	after, err := bringTest(t, u, s, 3)
	close(done)
	watching.Wait()
	require.NoError(t, err)
	assert.Equal(t, 2, fewest)
	for i, m := range after.Members {
		assert.Equal(t, before.Members[i].Port, m.Port)
		assert.NotEqual(t, before.Members[i].PID, m.PID)
		assert.Equal(t, "new", ask(t, m.Port)[2])
	}
}

func TestRolloutStopsAtTheFirstThatFails(t *testing.T) {
	u := testUnit(t)
	s := testSpec(t, self(t, "web", "text=old")...)
	before, err := bringTest(t, u, s, 2)
	require.NoError(t, err)
	s.Command = self(t, "web", "sick=yes")
	s.Start = 500 * time.Millisecond
	_, err = bringTest(t, u, s, 2)
	require.ErrorContains(t, err, "member 0 is starting and not ready after 500ms: GET http://127.0.0.1:")
	assert.Contains(t, err.Error(), "500 Internal Server Error")
	st, err := u.live()
	require.NoError(t, err)
	assert.Equal(t, before.Members[1].PID, st.Members[1].PID, "the other serves on as it was")

	s.Command = self(t, "web", "text=better")
	s.Start = 10 * time.Second
	st, err = bringTest(t, u, s, 2)
	require.NoError(t, err)
	assert.Equal(t, "better", ask(t, st.Members[0].Port)[2])
	assert.Equal(t, "better", ask(t, st.Members[1].Port)[2])
}

func TestMemberThatIsKilledComesBack(t *testing.T) {
	u := testUnit(t)
	st, err := bringTest(t, u, testSpec(t, self(t, "web", "child")...), 2)
	require.NoError(t, err)
	killed := st.Members[0]
	child := theChild(t, u, killed)
	require.NoError(t, syscall.Kill(killed.PID, syscall.SIGKILL))
	require.Eventually(t, func() bool {
		st, err = u.live()
		return err == nil && st != nil && st.Members[0].PID != killed.PID && st.Members[0].State == wire.StateReady
	}, 30*time.Second, 10*time.Millisecond)
	assert.Equal(t, killed.Port, st.Members[0].Port)
	assert.Equal(t, 1, st.Members[0].Restarts)
	assert.Equal(t, "signal: killed", st.Members[0].Exit)
	assert.False(t, child.alive(), "what it has started goes with it, also out of its group")
	assert.Zero(t, st.Members[1].Restarts)
}

// theChild is what a member has started.
func theChild(t *testing.T, u unit, m wire.MemberStatus) process {
	t.Helper()
	var child process
	require.Eventually(t, func() bool {
		all, err := processes(u.ours)
		require.NoError(t, err)
		for _, p := range all {
			if p.Member == strconv.Itoa(m.Member) && p.PID != m.PID {
				child = p
				return true
			}
		}
		return false
	}, 30*time.Second, 10*time.Millisecond)
	return child
}

func TestSupervisorThatIsKilledLeavesNoMember(t *testing.T) {
	if !diesWithParent {
		t.Skip("this system does not end children with their parent")
	}
	u := testUnit(t)
	s := testSpec(t, self(t, "web", "child")...)
	st, err := bringTest(t, u, s, 2)
	require.NoError(t, err)
	orphan := theChild(t, u, st.Members[1])
	require.NoError(t, syscall.Kill(st.PID, syscall.SIGKILL))
	for _, m := range st.Members {
		require.Eventually(t, func() bool { _, ok := identityOf(m.PID); return !ok }, 30*time.Second, 5*time.Millisecond)
	}
	require.Eventually(t, func() bool { return !u.supervisor(st).alive() }, 30*time.Second, 5*time.Millisecond)
	assert.True(t, orphan.alive())

	again, err := bringTest(t, u, s, 2)
	require.NoError(t, err)
	assert.NotEqual(t, st.Nonce, again.Nonce)
	assert.False(t, orphan.alive(), "who takes over ends what is left")
	for i, m := range again.Members {
		assert.Equal(t, st.Members[i].Port, m.Port)
	}
}

func TestStubbornMemberIsKilled(t *testing.T) {
	u := testUnit(t)
	s := testSpec(t, self(t, "web", "stubborn")...)
	s.Stop = 300 * time.Millisecond
	st, err := bringTest(t, u, s, 1)
	require.NoError(t, err)
	begun := time.Now()
	require.NoError(t, u.remove(t.Context(), s.Stop))
	assert.Greater(t, time.Since(begun), s.Stop)
	_, ok := identityOf(st.Members[0].PID)
	assert.False(t, ok)
	assert.NoDirExists(t, filepath.Join(u.Home, "run", u.Instance))
	reserved, err := u.ports().list()
	require.NoError(t, err)
	assert.Empty(t, reserved)
}

func TestPortThatAStrangerHasTaken(t *testing.T) {
	u := testUnit(t)
	s := testSpec(t, self(t, "web")...)
	s.Health = health{Type: checkTCP, Interval: 100 * time.Millisecond, Timeout: time.Second}
	st, err := bringTest(t, u, s, 1)
	require.NoError(t, err)
	port := st.Members[0].Port

	// As long as the member is waited for, a stranger may come first.
	require.NoError(t, u.clear(t.Context(), time.Second))
	stranger := exec.Command(self(t, "listen")[0], "play", "listen", strconv.Itoa(port))
	out, err := stranger.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, stranger.Start())
	defer func() { _ = stranger.Process.Kill(); _ = stranger.Wait() }()
	_, err = out.Read(make([]byte, 10))
	require.NoError(t, err)

	s.Ports, s.Start = []int{port}, 3*time.Second
	_, err = u.bring(t.Context(), s)
	require.ErrorContains(t, err, "another process has taken 127.0.0.1:"+strconv.Itoa(port))

	require.NoError(t, u.clear(t.Context(), time.Second))
	s.Start = 10 * time.Second
	st, err = bringTest(t, u, s, 1)
	require.NoError(t, err)
	assert.NotEqual(t, port, st.Members[0].Port, "who is made anew gets another port")
}

func TestWhyAMemberIsNotReady(t *testing.T) {
	for name, test := range map[string]struct {
		command []string
		change  func(*spec)
		want    []string
	}{
		"it listens to nobody": {
			self(t, "idle"), nil,
			[]string{"member 0 is starting and not ready after 400ms: nothing listens on 127.0.0.1:"},
		},
		"it ends again and again": {
			self(t, "crash"),
			func(s *spec) { s.Start = 3 * time.Second }, // that it has ended must have been seen by then
			[]string{"not ready after 3s", "has ended the last time with: exit status 3", "It said last:\n  cannot go on with (secret)", "member-0.log"},
		},
		"it has ended": {
			self(t, "crash"),
			func(s *spec) { s.Restart, s.Start = restartNever, time.Minute },
			[]string{"member 0 has failed: exit status 3"},
		},
		"there is no such program": {
			[]string{"no-such-program"},
			func(s *spec) { s.Start = time.Minute },
			[]string{`member 0 has failed: it cannot be started: no program "no-such-program" in`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := testUnit(t)
			s := testSpec(t, test.command...)
			s.Start = 400 * time.Millisecond
			s.Environment = map[string]string{"TOKEN": "canary-4711"}
			if test.change != nil {
				test.change(&s)
			}
			_, err := bringTest(t, u, s, 1)
			for _, want := range test.want {
				require.ErrorContains(t, err, want)
			}
			assert.NotContains(t, err.Error(), "canary-4711")
		})
	}
}

func TestMemberThatFallsIll(t *testing.T) {
	u := testUnit(t)
	sick := filepath.Join(t.TempDir(), "sick")
	s := testSpec(t, self(t, "web", "sick-if="+sick)...)
	s.Health.Interval = 10 * time.Millisecond
	st, err := bringTest(t, u, s, 1)
	require.NoError(t, err)
	pid := st.Members[0].PID
	becomes := func(state string) {
		t.Helper()
		require.Eventually(t, func() bool {
			st, err = u.live()
			return err == nil && st != nil && st.Members[0].State == state
		}, 30*time.Second, 5*time.Millisecond)
		assert.Equal(t, pid, st.Members[0].PID, "it is left alone")
	}
	require.NoError(t, os.WriteFile(sick, nil, 0o600))
	becomes(wire.StateUnhealthy)
	assert.Contains(t, st.Members[0].Reason, "500 Internal Server Error")
	require.NoError(t, os.Remove(sick))
	becomes(wire.StateReady)
	assert.Empty(t, st.Members[0].Reason)
}

func TestOneShotMembersAreDone(t *testing.T) {
	u := testUnit(t)
	s := testSpec(t, "true")
	s.Restart, s.Health = restartOnFailure, health{Type: checkNone, Interval: time.Second}
	st, err := bringTest(t, u, s, 2)
	require.NoError(t, err)
	for _, m := range st.Members {
		assert.Equal(t, wire.StateDone, m.State)
		assert.Equal(t, "exit status 0", m.Exit)
		assert.True(t, m.Lives())
	}
}

func TestSupervisorEndsWhenItCannotBeFound(t *testing.T) {
	u := testUnit(t)
	st, err := bringTest(t, u, testSpec(t, self(t, "web")...), 1)
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(u.dir()))
	require.Eventually(t, func() bool { return !u.supervisor(st).alive() }, 3*abandonedPoll, 20*time.Millisecond)
}

func TestSecretsStayInMemory(t *testing.T) {
	const canary = "canary-e5b1c0de"
	u := testUnit(t)
	s := testSpec(t, self(t, "web")...)
	s.Environment = map[string]string{"TOKEN": canary}
	_, err := bringTest(t, u, s, 2)
	require.NoError(t, err)
	s.Environment = map[string]string{"TOKEN": canary + "-2"}
	_, err = bringTest(t, u, s, 2)
	require.NoError(t, err)
	running, err := processes(u.ours)
	require.NoError(t, err)
	require.Len(t, running, 3)
	assertNowhere(t, u.Home, canary)
}

// assertNowhere looks for a secret in all files below a directory and in the arguments of all processes.
func assertNowhere(t testing.TB, dir, secret string) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		files++
		assert.NotContains(t, string(data), secret, name)
		return err
	}))
	assert.NotZero(t, files)
	arguments, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, name := range arguments {
		if data, err := os.ReadFile(name); err == nil {
			assert.NotContains(t, string(data), secret, name)
		}
	}
}

func TestHalfASpecIsNone(t *testing.T) {
	u := testUnit(t)
	s := testSpec(t, self(t, "web")...)
	st, err := bringTest(t, u, s, 1)
	require.NoError(t, err)
	pipe, err := os.OpenFile(filepath.Join(u.dir(), specPipe), os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = pipe.WriteString(`{"Generation": 7, "Command": ["was kil`)
	require.NoError(t, err)
	require.NoError(t, pipe.Close())
	again, err := bringTest(t, u, s, 2)
	require.NoError(t, err)
	assert.Equal(t, st.Members[0].PID, again.Members[0].PID)
	assert.Equal(t, int64(2), again.Generation)
}

func TestOneAtATimeWorksOnAUnit(t *testing.T) {
	u := testUnit(t)
	unlock, err := u.lock(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = u.lock(ctx)
	require.ErrorContains(t, err, "another process works")

	got := make(chan func())
	go func() {
		second, err := u.lock(context.Background())
		if assert.NoError(t, err) {
			got <- second
		}
	}()
	time.Sleep(20 * time.Millisecond)
	require.NoError(t, os.RemoveAll(u.dir())) // as a delete does
	unlock()
	second := <-got
	defer second()
	assert.DirExists(t, u.dir(), "the lock is of a directory that is there")
}
