package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// watched runs do and returns how long it took, and the most memory that was resident in processes of this bench at one
// time: those of maquette, Terraform and providers, not the servers, which are marked. It is 0 where there is no /proc.
func (b *bench) watched(do func() error) (took time.Duration, peak int64, err error) {
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, b.resident())
			}
		}
	}()
	start := time.Now()
	err = do()
	took = time.Since(start)
	close(stop)
	<-done
	return took, peak, err
}

// resident is the memory of all processes of this bench: those that run in its directory or know its home.
func (b *bench) resident() int64 {
	var total int64
	entries, _ := filepath.Glob("/proc/[0-9]*")
	for _, process := range entries {
		environ, err := os.ReadFile(process + "/environ")
		if err != nil || bytes.Contains(environ, []byte("MAQUETTE_MARK=")) {
			continue
		}
		dir, _ := os.Readlink(process + "/cwd")
		if !strings.HasPrefix(dir, b.dir) && !bytes.Contains(environ, []byte("="+b.dir)) {
			continue
		}
		status, err := os.ReadFile(process + "/statm")
		if err != nil {
			continue
		}
		if fields := strings.Fields(string(status)); len(fields) > 1 {
			pages, _ := strconv.ParseInt(fields[1], 10, 64)
			total += pages * int64(os.Getpagesize())
		}
	}
	return total
}
