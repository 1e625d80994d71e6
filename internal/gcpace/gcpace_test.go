package gcpace

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLimit(t *testing.T) {
	const mb = 1 << 20
	for _, x := range []struct{ live, wanted, limit int64 }{
		{0, 0, 40 * mb}, {8 * mb, 100 * mb, 112 * mb}, {80 * mb, 100 * mb, 112 * mb}, {160 * mb, 100 * mb, 192 * mb}, {800 * mb, 100 * mb, 1212 * mb},
	} {
		assert.Equal(t, x.limit, limit(x.live, x.wanted), "%d of %d", x.live, x.wanted)
	}
}

var held [][]byte

// A process may have what was asked for, and more only where that is in use.
func TestRaise(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	percent, bytes := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	t.Cleanup(func() {
		wanted.Store(0)
		held = nil
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(bytes)
	})
	const mb = 1 << 20
	runtime.GC()
	Raise(8 * mb)
	require.EqualValues(t, 40*mb, debug.SetMemoryLimit(-1), "little is in use")
	for range 64 {
		held = append(held, make([]byte, mb))
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		return debug.SetMemoryLimit(-1) > 84*mb
	}, 10*time.Second, time.Millisecond, "more is in use")
	require.Less(t, debug.SetMemoryLimit(-1), int64(128*mb))
	Raise(1000 * mb)
	require.EqualValues(t, 1020*mb, debug.SetMemoryLimit(-1), "there is much room")
}

func TestRaiseLeavesTheUsersSettings(t *testing.T) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOGC", "")
			t.Setenv("GOMEMLIMIT", "")
			t.Setenv(name, "50")
			Raise(1 << 40)
			assert.Zero(t, wanted.Load())
			assert.NotEqualValues(t, overhead+1<<40, debug.SetMemoryLimit(-1))
		})
	}
}
