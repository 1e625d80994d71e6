// Package gcpace has the garbage collector let the process have so much memory
// before it works any harder. A percentage of what is in use, which is Go's own
// setting, is too much for what a large comparison holds in its end, or has garbage
// looked for again and again while little is held yet. A limit alone would have it
// do nothing else where more than the limit is in use.
package gcpace

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
)

const (
	// always is what a process may have whatever it reads, in bytes.
	always = 40 << 20
	// overhead is what of it the runtime needs for itself.
	overhead = 12 << 20
)

var (
	wanted atomic.Int64
	begin  sync.Once
)

// Raise adds to the bytes that the heap of the process may have. It does nothing where the user
// has set GOGC or GOMEMLIMIT.
func Raise(bytes int64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	wanted.Add(bytes)
	begin.Do(func() {
		debug.SetGCPercent(-1)
		runtime.AddCleanup(&struct{ *int }{}, afterCycle, struct{}{})
	})
	pace()
}

// afterCycle runs when a cycle has found that nobody has what it was to clean up.
func afterCycle(struct{}) {
	pace()
	runtime.AddCleanup(&struct{ *int }{}, afterCycle, struct{}{})
}

// pace says how much memory the process may have in the next cycle.
func pace() {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	debug.SetMemoryLimit(limit(int64(sample[0].Value.Uint64()), wanted.Load()))
}

// limit leaves room for garbage of an eighth of what is in use, or of half of it where
// that is much more than was to be expected.
func limit(live, wanted int64) int64 {
	room := live / 8
	if live > 2*max(always, wanted) {
		room = live / 2
	}
	return max(always, overhead+wanted, overhead+live+room)
}
