package local

import (
	"testing"
)

// BenchmarkScan is what it costs to look at all processes of the machine for marks.
func BenchmarkScan(b *testing.B) {
	for b.Loop() {
		if _, err := processes(func(identity) bool { return true }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBringUp is a service of two members, from nothing to ready and back.
func BenchmarkBringUp(b *testing.B) {
	u := testUnit(b)
	s := testSpec(b, self(b, "web")...)
	for b.Loop() {
		if _, err := bringTest(b, u, s, 2); err != nil {
			b.Fatal(err)
		}
		if err := u.remove(b.Context(), s.Stop); err != nil {
			b.Fatal(err)
		}
	}
}
