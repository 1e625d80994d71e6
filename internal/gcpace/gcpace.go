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
)

const (
	// always is what a process may have whatever it reads, in bytes.
	always = 40 << 20
	// overhead is what of it the runtime needs for itself.
	overhead = 12 << 20
)

var (
	mu     sync.Mutex
	p      pacer
	begun  bool
	forced uint64 // how many cycles were asked for
)

// Raise adds to the bytes that the heap of the process may have. It does nothing where the user
// has set GOGC or GOMEMLIMIT.
func Raise(bytes int64) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	mu.Lock()
	defer mu.Unlock()
	if !begun {
		begun = true
		debug.SetGCPercent(-1)
		runtime.AddCleanup(&struct{ *int }{}, afterCycle, struct{}{})
	}
	p.wanted += bytes
	live, allocated, _ := measured()
	p.forget(allocated)
	debug.SetMemoryLimit(p.limit(live))
}

// afterCycle runs when a cycle has found that nobody has what it was to clean up.
func afterCycle(struct{}) {
	mu.Lock()
	defer mu.Unlock()
	live, allocated, asked := measured()
	if asked != forced {
		forced = asked
		p.forget(allocated) // the cycle came before its time
	}
	p.learn(live, allocated)
	debug.SetMemoryLimit(p.limit(live))
	runtime.AddCleanup(&struct{ *int }{}, afterCycle, struct{}{})
}

// measured is what was in use at the end of the last cycle, and what was ever allocated, in bytes,
// and how many cycles were asked for.
func measured() (live, allocated int64, forced uint64) {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/cycles/forced:gc-cycles"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64()), int64(samples[1].Value.Uint64()), samples[2].Value.Uint64()
}

// pacer works out limits of memory, in bytes.
type pacer struct {
	wanted    int64
	room      int64 // what the last limit left for garbage
	extra     int64 // what is needed beyond the overhead: memory between what is in use
	cycles    int   // that have ended, since it was learned from some
	meant     int64 // what these had room for
	allocated int64 // what was allocated in all when they began
}

// learnFrom is how many cycles are looked at together: when we hear of one's end varies.
const learnFrom = 4

// learn looks at how much could be allocated in the cycles that have ended: where that was much
// less than was meant, the limit is taken up by what is no garbage.
func (p *pacer) learn(live, allocated int64) {
	p.cycles++
	p.meant += p.room
	if p.cycles < learnFrom {
		return
	}
	if had := allocated - p.allocated; had < p.meant/3 {
		p.extra = min(p.extra+(p.meant-had)/learnFrom, live)
	}
	p.forget(allocated)
}

// forget begins to look at cycles anew.
func (p *pacer) forget(allocated int64) { p.cycles, p.meant, p.allocated = 0, 0, allocated }

// limit leaves room for garbage of an eighth of what is in use, or of half of it where
// that is much more than was to be expected.
func (p *pacer) limit(live int64) int64 {
	room := live / 8
	if live > 2*max(always, p.wanted) {
		room = live / 2
	}
	limit := max(always, overhead+p.wanted, overhead+live+room)
	p.room = limit - overhead - live
	return limit + p.extra
}
