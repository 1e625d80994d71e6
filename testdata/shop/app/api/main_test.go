package main

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
)

func TestItems(t *testing.T) {
	recorder := httptest.NewRecorder()
	handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/items", nil))
	var got []item
	if err := json.Unmarshal(recorder.Body.Bytes(), &got); err != nil || len(got) != 3 || got[0] != (item{"chair", 4900}) {
		t.Errorf("%s: %v", recorder.Body, err)
	}
}
