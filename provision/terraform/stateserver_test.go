package terraform

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// newStateServer keeps one state, as Terraform's http backend wants it.
func newStateServer(t *testing.T) *httptest.Server {
	var mu sync.Mutex
	var state []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Method == http.MethodPost:
			state, _ = io.ReadAll(r.Body)
		case state == nil:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write(state)
		}
	}))
	t.Cleanup(server.Close)
	return server
}
