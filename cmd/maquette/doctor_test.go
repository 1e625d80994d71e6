package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

// After the machine was started anew nothing runs, and the registry still says ready.
func TestDoctorTellsWhatNoLongerRuns(t *testing.T) {
	home := t.TempDir()
	o, err := (&project{streams: &streams{}, home: home}).open(t.Context())
	require.NoError(t, err)
	now := time.Now()
	for name, status := range map[string]provision.Status{"staging": provision.Ready, "try-x": provision.Failed} {
		require.NoError(t, o.registry.Create(t.Context(), provision.Instance{
			Name: name, ID: name, Environment: name, Status: status, CreatedAt: now, UpdatedAt: now,
		}, provision.Quota{}))
		require.NoError(t, os.MkdirAll(filepath.Join(home, "run", name, "services", "web"), 0o700))
	}
	require.NoError(t, o.registry.Close())

	var out, errOut bytes.Buffer
	assert.Equal(t, exitError, run(t.Context(), []string{"doctor", "--home", home}, nil, &out, &errOut))
	assert.Equal(t, "left    staging: no longer running: service web\n        start it again: maquette up, or maquette down staging\n", out.String())
	assert.Empty(t, errOut.String())
}
