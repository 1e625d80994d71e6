// Package serve is what all servers of the shop have in common.
package serve

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Who says which process of which environment answers.
type Who struct {
	Environment string `json:"environment"`
	Release     string `json:"release"`
	Member      string `json:"member"`
}

// Self reads it from the environment.
func Self() Who {
	return Who{Environment: os.Getenv("ENVIRONMENT"), Release: os.Getenv("RELEASE"), Member: os.Getenv("MEMBER")}
}

// JSON answers with a value.
func JSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

// Main serves at PORT on loopback until SIGTERM or SIGINT, and answers requests that it has taken before it ends.
func Main(name string, handler http.Handler) {
	log.SetPrefix(name + ": ")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", os.Getenv("PORT")))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listens at %s", listener.Addr())
	if err := Serve(ctx, listener, handler); err != nil {
		log.Fatal(err)
	}
	log.Print("ends")
}

// Serve serves until the context is over.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { JSON(w, Self()) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		done <- server.Shutdown(grace)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}
