//go:build unix

package probe

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

func printing(script string) provision.Document {
	return provision.Document{Name: "flags", Command: []string{"sh", "-c", script}, Timeout: 10 * time.Second}
}

func TestDocument(t *testing.T) {
	noLeaks(t)
	const canary = "canary-81c0"
	t.Setenv("VENDOR_API_KEY", canary+"-caller")
	t.Setenv("PLAIN", "kept")
	d := printing(`echo "$PLAIN $REGION $VENDOR_API_KEY"; echo noise >&2`)
	d.Env = map[string]string{"REGION": "eu"}
	out, err := Prober{}.Document(t.Context(), d)
	require.NoError(t, err)
	assert.Equal(t, "kept eu "+canary+"-caller\n", string(out))
	assert.Equal(t, map[string]string{"REGION": "eu"}, d.Env)

	d = printing(`echo "secret of the document: ` + canary + `"; echo "refused: $VENDOR_API_KEY $MY_TOKEN $PLAIN" >&2; exit 3`)
	d.Env = map[string]string{"MY_TOKEN": canary + "-own"}
	_, err = Prober{}.Document(t.Context(), d)
	require.ErrorContains(t, err, "sh: exit status 3 after ")
	assert.ErrorContains(t, err, "refused: (secret) (secret) kept")
	assert.NotContains(t, err.Error(), canary)
}

func TestDocumentEnds(t *testing.T) {
	noLeaks(t)
	_, err := Prober{Grace: time.Second}.Document(t.Context(), printing("head -c 5000000 /dev/zero; sleep 60"))
	assert.ErrorContains(t, err, "sh: it prints more than 4 MiB")

	d := printing("echo {}; sleep 60")
	d.Timeout = 100 * time.Millisecond
	_, err = Prober{Grace: time.Second}.Document(t.Context(), d)
	assert.ErrorContains(t, err, "it did not end in time")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Prober{Grace: time.Second}.Document(ctx, printing("sleep 60"))
	assert.ErrorIs(t, err, context.Canceled)

	_, err = Prober{}.Document(t.Context(), provision.Document{Command: []string{"maquette-no-such"}, Timeout: time.Second})
	assert.ErrorContains(t, err, "maquette-no-such: there is no such command on PATH")
}
