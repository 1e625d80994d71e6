//go:build unix

package registry

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

// BenchmarkOpen is what every command begins with.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "registry.db")
	r := open(b, path)
	for i := range 32 {
		require.NoError(b, r.Create(b.Context(), instance(fmt.Sprintf("try-%d", i)), provision.Quota{}))
	}
	for b.Loop() {
		r, err := Open(b.Context(), path)
		require.NoError(b, err)
		all, err := r.Instances(b.Context())
		require.NoError(b, err)
		require.Len(b, all, 32)
		require.NoError(b, r.Close())
	}
}

// BenchmarkCreateFile is the first command of all.
func BenchmarkCreateFile(b *testing.B) {
	dir, i := b.TempDir(), 0
	for b.Loop() {
		i++
		r, err := Open(b.Context(), filepath.Join(dir, fmt.Sprint(i), "registry.db"))
		require.NoError(b, err)
		require.NoError(b, r.Close())
	}
}

func BenchmarkUpdate(b *testing.B) {
	r := open(b, filepath.Join(b.TempDir(), "registry.db"))
	in := instance("try")
	require.NoError(b, r.Create(b.Context(), in, provision.Quota{}))
	for b.Loop() {
		require.NoError(b, r.Update(b.Context(), in))
	}
}
