//go:build unix

package pgtest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/pgtest"
)

func TestStart(t *testing.T) {
	server := pgtest.Start(t)
	assert.Empty(t, server.Databases(t))
	server.Exec(t, "postgres", "CREATE DATABASE one")
	assert.Equal(t, []string{"one"}, server.Databases(t))

	var version int
	require.NoError(t, server.Connect(t, "one").QueryRow(context.Background(), "SELECT current_setting('server_version_num')::int").Scan(&version))
	assert.GreaterOrEqual(t, version, 130000, "DROP DATABASE … WITH (FORCE) needs 13")
}
