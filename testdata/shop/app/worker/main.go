// Command worker does jobs: it counts them.
package main

import (
	"log"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"shop.example/shop/internal/serve"
)

func main() {
	interval := time.Second
	if text := os.Getenv("INTERVAL"); text != "" {
		var err error
		if interval, err = time.ParseDuration(text); err != nil || interval <= 0 {
			log.Fatalf("INTERVAL=%s is no time", text)
		}
	}
	serve.Main("worker", start(interval))
}

// start begins to work, and returns what tells of it.
func start(interval time.Duration) http.Handler {
	var done atomic.Int64
	go func() {
		for range time.Tick(interval) {
			done.Add(1)
		}
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /jobs", func(w http.ResponseWriter, _ *http.Request) {
		serve.JSON(w, map[string]int64{"done": done.Load()})
	})
	return mux
}
