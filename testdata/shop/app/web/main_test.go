package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPage(t *testing.T) {
	t.Setenv("ENVIRONMENT", "staging")
	t.Setenv("RELEASE", "<v2>")
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"name": "chair", "price": 4905}]`)
	}))
	defer api.Close()
	recorder := httptest.NewRecorder()
	handler(api.URL).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	for _, want := range []string{"environment staging", "release &lt;v2&gt;", "<li>chair: 49.05</li>"} {
		if !strings.Contains(recorder.Body.String(), want) {
			t.Errorf("no %q in %s", want, recorder.Body)
		}
	}
}

func TestPageWithoutAPI(t *testing.T) {
	api := httptest.NewServer(http.NotFoundHandler())
	defer api.Close()
	recorder := httptest.NewRecorder()
	handler(api.URL).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	if recorder.Code != http.StatusBadGateway {
		t.Errorf("status %d: %s", recorder.Code, recorder.Body)
	}
}
