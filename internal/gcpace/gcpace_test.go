package gcpace

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPercent(t *testing.T) {
	for _, x := range []struct {
		live, wanted int64
		percent      int
	}{
		{0, 1 << 20, most}, {1 << 20, 1 << 30, most}, {50, 75, 50}, {50, 100, 100}, {74, 75, least}, {75, 75, least}, {100, 75, least},
	} {
		assert.Equal(t, x.percent, percent(x.live, x.wanted), "%d of %d", x.live, x.wanted)
	}
}

var held [][]byte

// The heap may fill what was asked for, and no more than a share of it when that is in use.
func TestRaise(t *testing.T) {
	t.Setenv("GOGC", "")
	before := debug.SetGCPercent(100)
	t.Cleanup(func() {
		wanted.Store(0)
		debug.SetGCPercent(before)
		held = nil
	})
	now := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	Raise(32 << 20)
	require.Equal(t, most, now(), "little is in use")
	for range 64 {
		held = append(held, make([]byte, 1<<20))
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		return now() == least
	}, 10*time.Second, time.Millisecond, "twice as much is in use")
	Raise(1 << 30)
	require.Eventually(t, func() bool {
		runtime.GC()
		return now() == most
	}, 10*time.Second, time.Millisecond, "there is much room again")
}

func TestRaiseLeavesTheUsersSetting(t *testing.T) {
	t.Setenv("GOGC", "50")
	before := debug.SetGCPercent(50)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	Raise(1 << 30)
	assert.Zero(t, wanted.Load())
	assert.Equal(t, 50, debug.SetGCPercent(50))
}
