package serve

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"testing"
)

func TestServeEndsGracefully(t *testing.T) {
	t.Setenv("ENVIRONMENT", "try-x")
	t.Setenv("RELEASE", "abc")
	t.Setenv("MEMBER", "2")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	taken, finish, served := make(chan bool), make(chan bool), make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		served <- Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			taken <- true
			<-finish
			_, _ = io.WriteString(w, "finished")
		}))
	}()

	resp, err := http.Get(url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	var who Who
	if err := json.NewDecoder(resp.Body).Decode(&who); err != nil || who != (Who{"try-x", "abc", "2"}) {
		t.Errorf("healthz: %v, %v", who, err)
	}
	_ = resp.Body.Close()

	body := make(chan string, 1)
	go func() {
		resp, err := http.Get(url + "/slow")
		if err != nil {
			body <- err.Error()
			return
		}
		defer func() { _ = resp.Body.Close() }()
		data, _ := io.ReadAll(resp.Body)
		body <- string(data)
	}()
	<-taken
	stop()
	finish <- true
	if got := <-body; got != "finished" {
		t.Errorf("a request that was taken got %q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
