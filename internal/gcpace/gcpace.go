// Package gcpace has the garbage collector let the heap grow to a size before it
// works any harder. A percentage, which is all that Go's own setting knows, is
// either too much for what a large comparison holds in its end, or has garbage
// looked for again and again while little is held yet.
package gcpace

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
)

// How much the heap may grow beyond what is in use, in percent.
const (
	least = 15
	most  = 800
)

var wanted atomic.Int64

// Raise adds to the bytes that the heap may have. It does nothing where the user has
// set GOGC.
func Raise(bytes int64) {
	if os.Getenv("GOGC") != "" {
		return
	}
	if wanted.Add(bytes) == bytes {
		afterCycle(struct{}{})
	}
}

// afterCycle says how far the heap may grow in the next cycle.
func afterCycle(struct{}) {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	debug.SetGCPercent(percent(int64(sample[0].Value.Uint64()), wanted.Load()))
	runtime.AddCleanup(&struct{ *int }{}, afterCycle, struct{}{}) // when the next cycle has found that nobody has it
}

func percent(live, wanted int64) int {
	live = max(live, 1)
	return int(min(max(100*(wanted-live)/live, least), most))
}
