package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/maquette/maquette/provision"
)

// SaveApplied records what is about to be applied to an instance, and returns its id; ErrNotFound.
func (r *Registry) SaveApplied(ctx context.Context, a provision.Applied) (id int64, err error) {
	doing := "recording what is applied to " + a.Instance
	stack, err := toJSON(a.Stack)
	if err != nil {
		return 0, r.fail(doing, err)
	}
	err = r.write(ctx, doing, func(tx *sql.Tx) error {
		if id, err = next(ctx, tx, "applied"); err != nil {
			return err
		}
		return changeOne(ctx, tx, provision.ErrNotFound, `INSERT INTO applied
			(id, instance, operation, applied_at, good, branch, commit_id, stack, digest)
			SELECT $1, name, $3, $4, $5, $6, $7, $8, $9 FROM instances WHERE name = $2`,
			id, a.Instance, a.Operation, micros(a.At), a.Good, a.Branch, a.Commit, stack, a.Digest)
	})
	return id, err
}

// MarkGood says that what was applied has passed its checks.
func (r *Registry) MarkGood(ctx context.Context, id int64) error {
	return r.write(ctx, fmt.Sprintf("recording that application %d is good", id), func(tx *sql.Tx) error {
		return changeOne(ctx, tx, fmt.Errorf("there is no application %d", id), `UPDATE applied SET good = TRUE WHERE id = $1`, id)
	})
}

// Applied returns what was applied to an instance, oldest first.
func (r *Registry) Applied(ctx context.Context, instance string) ([]provision.Applied, error) {
	return list(ctx, r, "reading what was applied to "+instance, scanApplied,
		`SELECT id, instance, operation, applied_at, good, branch, commit_id, stack, digest
		FROM applied WHERE instance = $1 ORDER BY id`, instance)
}

func scanApplied(row scanner) (a provision.Applied, err error) {
	var stack string
	var applied at
	err = row.Scan(&a.ID, &a.Instance, &a.Operation, &applied, &a.Good, &a.Branch, &a.Commit, &stack, &a.Digest)
	if err != nil {
		return a, err
	}
	a.At = applied.time()
	if err := json.Unmarshal([]byte(stack), &a.Stack); err != nil {
		return a, fmt.Errorf("the stack that was applied to %s: %w", a.Instance, err)
	}
	return a, nil
}
