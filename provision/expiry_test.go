package provision

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What has expired gets its time from now on: what is said to be possible then has to be.
func TestExtendWhatHasExpired(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x")})
	require.NoError(t, err)
	created := w.now

	w.now = created.Add(20 * time.Hour) // 12 h after its end, 4 h before the longest life
	_, err = l.Extend(t.Context(), "try-x", 16*time.Hour)
	require.ErrorContains(t, err, "maquette extend try-x --by 4h")
	in, err := l.Extend(t.Context(), "try-x", 4*time.Hour)
	require.NoError(t, err)
	assert.Equal(t, created.Add(24*time.Hour), in.ExpiresAt)

	w.now = created.Add(25 * time.Hour)
	_, err = l.Extend(t.Context(), "try-x", time.Minute)
	require.ErrorContains(t, err, "longest life")
}
