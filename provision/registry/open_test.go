//go:build unix

package registry

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/provision"
)

func TestOpen(t *testing.T) {
	for _, name := range []string{"registry.db", "with space.db", "a?b=c&d.db", "50%20#1.db", "größe;'\".db", ":memory:", "file:x"} {
		t.Run(name, func(t *testing.T) {
			home := filepath.Join(t.TempDir(), "not there yet?#%41", "home")
			path := filepath.Join(home, name)
			r := open(t, path)
			require.NoError(t, r.Create(t.Context(), instance("a"), provision.Quota{}))
			entries, err := os.ReadDir(home)
			require.NoError(t, err)
			var names []string
			for _, entry := range entries {
				names = append(names, entry.Name())
				info, err := entry.Info()
				require.NoError(t, err)
				assert.Equal(t, os.FileMode(0o600), info.Mode(), entry.Name())
			}
			assert.ElementsMatch(t, []string{name, name + "-shm", name + "-wal"}, names)
			info, err := os.Stat(home)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())

			all, err := open(t, path).Instances(t.Context())
			require.NoError(t, err)
			assert.Len(t, all, 1)
		})
	}
}

func TestOpenRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	open(t, "registry.db")
	assert.FileExists(t, "registry.db")
}

// TestSettings asks SQLite what holds, as a mistyped parameter is not an error.
func TestSettings(t *testing.T) {
	r := open(t, filepath.Join(t.TempDir(), "registry.db"))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "30000"} {
		var got string
		require.NoError(t, r.db.QueryRow("PRAGMA "+pragma).Scan(&got))
		assert.Equal(t, want, got, pragma)
	}
	other, err := connect(r.name)
	require.NoError(t, err)
	defer func() { assert.NoError(t, other.Close()) }()
	tx, err := r.db.Begin()
	require.NoError(t, err)
	defer func() { assert.NoError(t, tx.Rollback()) }()
	_, err = other.db.Exec("PRAGMA busy_timeout = 0")
	require.NoError(t, err)
	_, err = other.db.Begin()
	require.Error(t, err, "a transaction is a writer from its beginning")
	assert.ErrorContains(t, other.fail("x", err), "another process keeps it from being written")
}

func TestOpenOlder(t *testing.T) {
	for name, content := range map[string][]byte{"empty file": {}, "empty database": nil} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "registry.db")
			if content != nil {
				require.NoError(t, os.WriteFile(path, content, 0o600))
			} else {
				r, err := connect(path)
				require.NoError(t, err)
				_, err = r.db.Exec("CREATE TABLE other (x)")
				require.NoError(t, err)
				require.NoError(t, r.Close())
			}
			r := open(t, path)
			require.NoError(t, r.Create(t.Context(), instance("a"), provision.Quota{}))
		})
	}
}

func TestOpenNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	r := open(t, path)
	_, err := r.db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (4711, 1)")
	require.NoError(t, err)
	require.NoError(t, r.Close())
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	_, err = Open(t.Context(), path)
	require.Error(t, err)
	assert.Equal(t, "registry "+path+": a newer maquette has written it (schema 4711, this one knows up to 1): "+
		"use that version or a later one; nothing was changed", err.Error())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

// TestMigrations holds that the shortcut agrees with Goose.
func TestMigrations(t *testing.T) {
	r := open(t, filepath.Join(t.TempDir(), "registry.db"))
	have, want, err := r.versions(t.Context())
	require.NoError(t, err)
	provider, err := goose.NewProvider(goose.DialectSQLite3, r.db, os.DirFS("migrations"))
	require.NoError(t, err)
	current, target, err := provider.GetVersions(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []int64{current, target}, []int64{have, want})
}

// TestOpenBeside holds that the journal of a database that somebody has removed is not taken for the new one's.
func TestOpenBeside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "registry.db")
	old := open(t, path)
	require.NoError(t, old.Create(t.Context(), instance("a"), provision.Quota{}))
	wal, err := os.ReadFile(path + "-wal")
	require.NoError(t, err)
	require.NotEmpty(t, wal)

	path = filepath.Join(dir, "other.db")
	for _, name := range []string{path + "-wal", path + ".new-wal", path + ".new"} {
		require.NoError(t, os.WriteFile(name, wal, 0o600))
	}
	all, err := open(t, path).Instances(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
}

func TestDamaged(t *testing.T) {
	const restore = "the file is damaged, or is no registry. Restore a copy of it"
	dir := t.TempDir()
	path := filepath.Join(dir, "text.db")
	require.NoError(t, os.WriteFile(path, []byte("This is no database, but a text of some length, as a note may be."), 0o600))
	_, err := Open(t.Context(), path)
	assert.ErrorContains(t, err, "registry "+path+": opening it: ")
	assert.ErrorContains(t, err, restore)

	path = filepath.Join(dir, "registry.db")
	r := open(t, path)
	for i := range 100 {
		require.NoError(t, r.Create(t.Context(), instance(fmt.Sprint(i)), provision.Quota{}))
	}
	require.NoError(t, r.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := 4096; i < len(data); i++ {
		data[i] = 0xa5
	}
	require.NoError(t, os.WriteFile(path, data, 0o600))
	r, err = Open(t.Context(), path)
	if err == nil {
		_, err = r.Instances(t.Context())
		require.NoError(t, r.Close())
	}
	assert.ErrorContains(t, err, restore)

	_, err = Open(t.Context(), dir)
	assert.ErrorContains(t, err, "check that you may write to the file and to its directory")
	_, err = Open(t.Context(), filepath.Join(path, "below", "registry.db"))
	assert.ErrorContains(t, err, "check that you may write to the file and to its directory")
}

func TestDiskFull(t *testing.T) {
	r := open(t, filepath.Join(t.TempDir(), "registry.db"))
	var pages int
	require.NoError(t, r.db.QueryRow("PRAGMA page_count").Scan(&pages))
	_, err := r.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+2)) // SQLite fails as it does when there is no space
	require.NoError(t, err)
	created := 0
	for err == nil {
		if err = r.Create(context.Background(), instance(fmt.Sprint("i", created)), provision.Quota{}); err == nil {
			created++
		}
		require.Less(t, created, 1000)
	}
	assert.ErrorContains(t, err, "make space on its disk, then run the command again")
	all, err := r.Instances(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, created, "what could not be recorded is not there")
}

// TestPlaceholders holds what the shared statements count on: $N is the N-th argument, wherever and how often it stands.
func TestPlaceholders(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	defer func() { assert.NoError(t, db.Close()) }()
	var got string
	require.NoError(t, db.QueryRow(`SELECT $3 || $1 || $2 || $3 || $10`, "a", "b", "c", 4, 5, 6, 7, 8, 9, "j").Scan(&got))
	assert.Equal(t, "cabcj", got)
}
