// Package registry remembers instances in a SQLite database: one file, which several processes may use at once.
//
// The statements are such that PostgreSQL runs them too, word for word; the tests hold that.
package registry

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/maquette/maquette/provision"
)

// Registry implements provision.Registry. Times are kept to the microsecond, and are in UTC when they come back.
type Registry struct {
	db   *sql.DB
	name string // as errors call it
}

var _ provision.Registry = (*Registry)(nil)

// Close ends the use of the registry.
func (r *Registry) Close() error {
	return r.fail("closing it", r.db.Close())
}

// write runs statements that are committed all or none. The driver begins transactions as IMMEDIATE ones: one that
// reads first and then writes can never find that somebody else has written in between.
func (r *Registry) write(ctx context.Context, doing string, statements func(tx *sql.Tx) error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return r.fail(doing, err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := statements(tx); err != nil {
		return r.fail(doing, err)
	}
	return r.fail(doing, tx.Commit())
}

// next counts up. Until the end of the transaction nobody else can count the same.
func next(ctx context.Context, tx *sql.Tx, counter string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value`, counter).Scan(&n)
	return n, err
}

// changeOne runs a statement that has to change one row, and returns otherwise where it changes none.
func changeOne(ctx context.Context, tx *sql.Tx, otherwise error, query string, args ...any) error {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return otherwise
}

// list reads all rows of a query.
func list[T any](ctx context.Context, r *Registry, doing string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := r.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, r.fail(doing, err)
	}
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, r.fail(doing, err)
		}
		all = append(all, one)
	}
	return all, r.fail(doing, rows.Err())
}

// scanner is *sql.Row or *sql.Rows.
type scanner interface {
	Scan(dest ...any) error
}

// at is a point in time as a column holds it.
type at struct{ sql.Null[int64] }

func micros(t time.Time) at {
	if t.IsZero() {
		return at{}
	}
	return at{sql.Null[int64]{V: t.UnixMicro(), Valid: true}}
}

func (a at) time() time.Time {
	if !a.Valid {
		return time.Time{}
	}
	return time.UnixMicro(a.V).UTC()
}

// toJSON encodes a value so that JSON in it stays as it is.
func toJSON(value any) (string, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// fail says what failed on which registry, and what to do about it. What the contract declares goes through as it is.
func (r *Registry) fail(doing string, err error) error {
	var quota *provision.QuotaError
	if err == nil || errors.Is(err, provision.ErrNotFound) || errors.Is(err, provision.ErrExists) || errors.As(err, &quota) {
		return err
	}
	return fmt.Errorf("registry %s: %s: %w%s", r.name, doing, err, advice(err))
}
