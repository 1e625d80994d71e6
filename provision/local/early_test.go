package local

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// earlyUnit is a testUnit whose supervisor has been started before there is need of it.
func earlyUnit(t *testing.T) (unit, *starting) {
	t.Helper()
	u := testUnit(t)
	u.early = &early{waiting: map[string]*starting{}}
	u.early.expect(u)
	s := u.early.waiting[u.ref()]
	require.NotNil(t, s)
	require.Eventually(t, func() bool { return u.exists(s.nonce) }, 30*time.Second, time.Millisecond)
	return u, s
}

func TestSupervisorThatWaitsIsTaken(t *testing.T) {
	u, s := earlyUnit(t)
	u.early.expect(u)
	require.Len(t, u.early.waiting, 1)
	require.Same(t, s, u.early.waiting[u.ref()], "one is enough")
	require.NoDirExists(t, u.dir(), "nothing is written before there is need")

	st, err := bringTest(t, u, testSpec(t, self(t, "web")...), 2)
	require.NoError(t, err)
	assert.Equal(t, s.nonce, st.Nonce)
	assert.Empty(t, u.early.waiting)
	u.early.end()
	assert.True(t, u.exists(s.nonce), "one that was taken stays")
}

func TestSupervisorThatIsNotNeededEnds(t *testing.T) {
	u, s := earlyUnit(t)
	u.early.end()
	assert.False(t, u.exists(s.nonce))
	assert.NoDirExists(t, u.dir())
}

// A supervisor that died while it waited is no reason for the service not to come up.
func TestSupervisorThatDiedWaiting(t *testing.T) {
	u, s := earlyUnit(t)
	living, err := processes(func(id identity) bool { return id.Nonce == s.nonce })
	require.NoError(t, err)
	require.Len(t, living, 1)
	living[0].signal(syscall.SIGKILL)
	<-s.ended

	st, err := bringTest(t, u, testSpec(t, self(t, "web")...), 1)
	require.NoError(t, err)
	assert.NotEqual(t, s.nonce, st.Nonce)
}

// Whoever started it may be killed: then it ends by itself.
func TestSupervisorThatWaitsEndsWithItsProvider(t *testing.T) {
	u := testUnit(t)
	exe, err := os.Executable()
	require.NoError(t, err)
	provider := exec.Command(exe, "play", "expect", u.Home, u.Instance, u.ID, u.name)
	require.NoError(t, provider.Start())
	waits := func() bool {
		living, err := processes(u.ours)
		return assert.NoError(t, err) && len(living) == 1
	}
	require.Eventually(t, waits, 30*time.Second, 5*time.Millisecond)
	require.NoError(t, provider.Process.Kill())
	_ = provider.Wait()
	require.Eventually(t, func() bool { return !waits() }, 30*time.Second, 5*time.Millisecond)
}
