package registry

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/maquette/maquette/provision/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the registry in a file. It makes the file and its directory where they are missing, for the user's eyes
// only, and brings an older one up to date. One that a newer version has written it leaves alone.
func Open(ctx context.Context, path string) (*Registry, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("registry %s: %w", path, err)
	}
	if err := create(ctx, path); err != nil {
		return nil, fmt.Errorf("registry %s: creating it: %w%s", path, err, advice(err))
	}
	r, err := connect(path)
	if err != nil {
		return nil, err
	}
	if err := r.update(ctx, path); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// connect prepares the use of a database. The file is not touched yet.
func connect(path string) (*Registry, error) {
	query := url.Values{
		"_txlock":       {"immediate"},
		"_busy_timeout": {"30000"}, // ms that a writer waits for another process; a write takes less than one
		"_foreign_keys": {"on"},
		"_journal_mode": {"WAL"},
		// Each commit is on the disk when it returns. NORMAL would do for kill -9, as the kernel has what was written, but
		// not for a power cut: what Terraform has made elsewhere must not outlive the record of it.
		"_synchronous": {"FULL"},
		"_error_rc":    {"true"}, // no message of another call
		"_dqs":         {"false"},
	}
	slashed := filepath.ToSlash(path)
	if slashed[0] != '/' {
		slashed = "/" + slashed // C:/…
	}
	dsn := url.URL{Scheme: "file", Path: slashed, OmitHost: true, RawQuery: query.Encode()}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("registry %s: %w", path, err)
	}
	// Goroutines of one process queue here, in order, instead of for the file, where the luckiest wins.
	db.SetMaxOpenConns(1)
	return &Registry{db: db, name: path}, nil
}

// create makes the database where there is no file, wholly or not at all: a file of this name is a registry.
func create(ctx context.Context, path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil // what is wrong with it, connecting will say
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return alone(ctx, path, func() error {
		if _, err := os.Stat(path); err == nil {
			return nil // somebody else was faster
		}
		// A journal without its database is of no use, and would be taken for the new one's.
		draft := path + ".new"
		for _, name := range []string{draft, draft + "-wal", draft + "-shm", path + "-wal", path + "-shm"} {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		file, err := os.OpenFile(draft, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite's own would be 0644
		if err != nil {
			return err
		}
		if err := file.Close(); err != nil {
			return err
		}
		r, err := connect(draft)
		if err != nil {
			return err
		}
		err = migrate(ctx, goose.DialectSQLite3, r.db)
		if err == nil {
			_, err = r.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)") // all is in the one file that is renamed
		}
		if err := errors.Join(err, r.db.Close()); err != nil {
			return err
		}
		return os.Rename(draft, path)
	})
}

// update brings the schema up to date. That it is up to date already, one query tells.
func (r *Registry) update(ctx context.Context, path string) error {
	have, want, err := r.versions(ctx)
	if err != nil {
		return r.fail("opening it", err)
	}
	switch {
	case have == want:
		return nil
	case have > want:
		return fmt.Errorf("registry %s: a newer maquette has written it (schema %d, this one knows up to %d): "+
			"use that version or a later one; nothing was changed", path, have, want)
	}
	return r.fail("bringing it up to date", alone(ctx, path, func() error {
		return migrate(ctx, goose.DialectSQLite3, r.db)
	}))
}

// versions returns the version of the database's schema, 0 for none, and the one that this code needs.
func (r *Registry) versions(ctx context.Context) (have, want int64, err error) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		return 0, 0, err
	}
	if want, err = goose.NumericComponent(files[len(files)-1].Name()); err != nil {
		return 0, 0, err
	}
	err = r.db.QueryRowContext(ctx, `SELECT MAX(version_id) FROM goose_db_version`).Scan(&have)
	var failure *sqlite.Error
	if errors.As(err, &failure) && failure.Code() == sqlite3.SQLITE_ERROR { // no such table
		err = nil
	}
	return have, want, err
}

// migrate runs the migrations that the database has not seen.
func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// alone holds that one process at a time makes or changes the schema: Goose does not, for SQLite.
func alone(ctx context.Context, path string, do func() error) (err error) {
	locks := lock.Locks{Dir: filepath.Dir(path)}
	unlock, err := locks.Lock(ctx, "registry", "upgrade", time.Minute)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return do()
}
