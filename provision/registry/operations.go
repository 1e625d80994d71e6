package registry

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/maquette/maquette/provision"
)

// Begin records an operation and returns its id, which no other one has or will have. Operations of the instance that
// have no end are ended as interrupted.
func (r *Registry) Begin(ctx context.Context, op provision.Operation) (id int64, err error) {
	err = r.write(ctx, "recording the "+op.Kind+" of "+op.Instance, func(tx *sql.Tx) error {
		if id, err = next(ctx, tx, "operations"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE operations SET ended_at = $1, result = $2, error = $3
			WHERE instance = $4 AND ended_at IS NULL`,
			micros(op.Started), provision.ResultInterrupted, "it was killed before it could record its end", op.Instance)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO operations
			(id, instance, kind, actor, pid, started_at, ended_at, result, error, log)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			id, op.Instance, op.Kind, op.Actor, op.PID, micros(op.Started), micros(op.Ended), op.Result, storable(op.Error), op.Log)
		return err
	})
	return id, err
}

// End records how an operation has ended.
func (r *Registry) End(ctx context.Context, id int64, at time.Time, result, reason string) error {
	return r.write(ctx, fmt.Sprintf("recording the end of operation %d", id), func(tx *sql.Tx) error {
		return changeOne(ctx, tx, fmt.Errorf("there is no operation %d", id),
			`UPDATE operations SET ended_at = $2, result = $3, error = $4 WHERE id = $1`, id, micros(at), result, storable(reason))
	})
}

// Operations returns those of an instance, and of its namesakes before it, oldest first.
func (r *Registry) Operations(ctx context.Context, instance string) ([]provision.Operation, error) {
	return list(ctx, r, "reading the operations of "+instance, scanOperation,
		`SELECT id, instance, kind, actor, pid, started_at, ended_at, result, error, log
		FROM operations WHERE instance = $1 ORDER BY id`, instance)
}

func scanOperation(row scanner) (op provision.Operation, err error) {
	var started, ended at
	err = row.Scan(&op.ID, &op.Instance, &op.Kind, &op.Actor, &op.PID, &started, &ended, &op.Result, &op.Error, &op.Log)
	op.Started, op.Ended = started.time(), ended.time()
	return op, err
}

// storable is a text without what PostgreSQL refuses: a reason may quote any program's output.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
