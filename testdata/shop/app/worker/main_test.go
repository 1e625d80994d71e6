package main

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestJobsAreCounted(t *testing.T) {
	handler := start(time.Millisecond)
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/jobs", nil))
		if body := recorder.Body.String(); !strings.Contains(body, `"done":0`) {
			return
		}
	}
	t.Error("no job was done in 5 s")
}
