package gcpace

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const mb = 1 << 20

func TestLimit(t *testing.T) {
	for _, x := range []struct{ live, wanted, limit int64 }{
		{0, 0, 40 * mb}, {8 * mb, 100 * mb, 112 * mb}, {80 * mb, 100 * mb, 112 * mb}, {160 * mb, 100 * mb, 192 * mb}, {800 * mb, 100 * mb, 1212 * mb},
	} {
		p := pacer{wanted: x.wanted}
		assert.Equal(t, x.limit, p.limit(x.live), "%d of %d", x.live, x.wanted)
	}
}

// Where memory is taken up by something else than what is in use, the limit grows until there
// is the room that was meant, and no further.
func TestLearn(t *testing.T) {
	const live, gaps = 160 * mb, 50 * mb
	p := pacer{wanted: 100 * mb}
	allocated := int64(0)
	limit := p.limit(live)
	meant := p.room
	cycle := func() (had int64) {
		had = max(mb, limit-overhead-live-gaps)
		allocated += had
		p.learn(live, allocated)
		limit = p.limit(live)
		return had
	}
	for range 3 * learnFrom {
		cycle()
	}
	assert.GreaterOrEqual(t, cycle(), meant/3)
	assert.LessOrEqual(t, p.extra, int64(gaps+meant))

	for range 100 { // as if nothing helped
		p.learn(live, allocated)
		p.limit(live)
	}
	assert.EqualValues(t, live, p.extra, "there is a bound")

	p, allocated = pacer{wanted: 100 * mb}, 0
	for range 100 { // one is heard of late now and then
		p.limit(live)
		allocated += p.room
		p.learn(live, allocated-p.room/2)
	}
	assert.Zero(t, p.extra, "it had what was meant")
}

var held [][]byte

// A process may have what was asked for, and more only where that is in use.
func TestRaise(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	percent, bytes := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	t.Cleanup(func() {
		p = pacer{}
		held = nil
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(bytes)
	})
	limit := func() int64 { // without what cycles that are asked for make it learn
		mu.Lock()
		defer mu.Unlock()
		return debug.SetMemoryLimit(-1) - p.extra
	}
	runtime.GC()
	Raise(8 * mb)
	require.EqualValues(t, 40*mb, limit(), "little is in use")
	for range 64 {
		held = append(held, make([]byte, mb))
	}
	require.Eventually(t, func() bool {
		runtime.GC()
		return limit() > 84*mb
	}, 10*time.Second, time.Millisecond, "more is in use")
	require.Less(t, limit(), int64(128*mb))
	Raise(1000 * mb)
	require.EqualValues(t, 1020*mb, limit(), "there is much room")
}

func TestRaiseLeavesTheUsersSettings(t *testing.T) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GOGC", "")
			t.Setenv("GOMEMLIMIT", "")
			t.Setenv(name, "50")
			Raise(1 << 40)
			assert.Zero(t, p.wanted)
			assert.NotEqualValues(t, overhead+1<<40, debug.SetMemoryLimit(-1))
		})
	}
}
