package live_test

import (
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// TestMain runs the tests without the user's own AWS settings, and looks for
// goroutines that reading has left behind.
func TestMain(m *testing.M) {
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "AWS_") {
			_ = os.Unsetenv(name)
		}
	}
	goleak.VerifyTestMain(m)
}
