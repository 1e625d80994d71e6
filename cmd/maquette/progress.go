package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress says on a terminal what is going on and for how long, once it takes
// longer than a moment, with what more can be told of it. The function it returns ends that and clears the line.
func progress(w io.Writer, what string, more ...func() string) func() {
	if !isTerminal(w) {
		return func() {}
	}
	if len(what) > 70 {
		what = what[:67] + "…"
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		start := time.Now()
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-stop:
				if shown {
					fmt.Fprint(w, "\r\x1b[K")
				}
				return
			case <-tick.C:
				shown = true
				line := fmt.Sprintf("%s  %ds", what, int(time.Since(start).Seconds()))
				for _, f := range more {
					line += f()
				}
				fmt.Fprint(w, "\r\x1b[K"+line)
			}
		}
	})
	return func() {
		close(stop)
		wg.Wait()
	}
}
