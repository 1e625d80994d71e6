package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/maquette/maquette/provision"
)

const instanceColumns = `name, id, environment, branch, commit_id, owner, status, url, outputs, created_at, updated_at, expires_at, max_ttl`

// Create records a new instance, unless its name is taken or the quota is used up: ErrExists, *provision.QuotaError.
// What is being destroyed, or could not be, counts too: it is still there.
func (r *Registry) Create(ctx context.Context, in provision.Instance, quota provision.Quota) error {
	outputs, err := toJSON(in.Outputs)
	if err != nil {
		return r.fail("recording "+in.Name, err)
	}
	return r.write(ctx, "recording "+in.Name, func(tx *sql.Tx) error {
		if _, err := next(ctx, tx, "instances"); err != nil { // nobody else creates one until this is committed
			return err
		}
		var taken bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM instances WHERE name = $1)`, in.Name).Scan(&taken)
		if err != nil {
			return err
		}
		if taken {
			return provision.ErrExists
		}
		if err := holdQuota(ctx, tx, in, quota); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO instances (`+instanceColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, instanceValues(in, outputs)...)
		return err
	})
}

func holdQuota(ctx context.Context, tx *sql.Tx, in provision.Instance, quota provision.Quota) error {
	if quota == (provision.Quota{}) {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT name, owner FROM instances WHERE environment = $1 ORDER BY name`, in.Environment)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	var all, own []string
	for rows.Next() {
		var name, owner string
		if err := rows.Scan(&name, &owner); err != nil {
			return err
		}
		all = append(all, name)
		if owner == in.Owner {
			own = append(own, name)
		}
	}
	switch err := rows.Err(); {
	case err != nil:
		return err
	case quota.PerOwner > 0 && len(own) >= quota.PerOwner:
		return &provision.QuotaError{Environment: in.Environment, Owner: in.Owner, Limit: quota.PerOwner, Have: own}
	case quota.Total > 0 && len(all) >= quota.Total:
		return &provision.QuotaError{Environment: in.Environment, Limit: quota.Total, Have: all}
	}
	return nil
}

// Instance returns the instance of this name, or ErrNotFound.
func (r *Registry) Instance(ctx context.Context, name string) (provision.Instance, error) {
	in, err := scanInstance(r.db.QueryRowContext(ctx, `SELECT `+instanceColumns+` FROM instances WHERE name = $1`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return in, provision.ErrNotFound
	}
	return in, r.fail("reading "+name, err)
}

// Instances returns all, in order of name.
func (r *Registry) Instances(ctx context.Context) ([]provision.Instance, error) {
	return list(ctx, r, "reading the instances", scanInstance, `SELECT `+instanceColumns+` FROM instances ORDER BY name`)
}

// Update records the changed instance of the same name and ID, or returns ErrNotFound.
func (r *Registry) Update(ctx context.Context, in provision.Instance) error {
	outputs, err := toJSON(in.Outputs)
	if err != nil {
		return r.fail("recording "+in.Name, err)
	}
	return r.write(ctx, "recording "+in.Name, func(tx *sql.Tx) error {
		return changeOne(ctx, tx, provision.ErrNotFound, `UPDATE instances SET environment = $3, branch = $4, commit_id = $5,
			owner = $6, status = $7, url = $8, outputs = $9, created_at = $10, updated_at = $11, expires_at = $12, max_ttl = $13
			WHERE name = $1 AND id = $2`, instanceValues(in, outputs)...)
	})
}

// Remove forgets the instance with what was applied to it; its operations are kept. It is no error where there is none:
// what was to be reached holds.
func (r *Registry) Remove(ctx context.Context, name string) error {
	return r.write(ctx, "removing "+name, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM instances WHERE name = $1`, name)
		return err
	})
}

// instanceValues are those of instanceColumns.
func instanceValues(in provision.Instance, outputs string) []any {
	return []any{
		in.Name, in.ID, in.Environment, in.Branch, in.Commit, in.Owner, string(in.Status), in.URL, outputs,
		micros(in.CreatedAt), micros(in.UpdatedAt), micros(in.ExpiresAt), int64(in.MaxTTL),
	}
}

func scanInstance(row scanner) (in provision.Instance, err error) {
	var outputs string
	var created, updated, expires at
	err = row.Scan(&in.Name, &in.ID, &in.Environment, &in.Branch, &in.Commit, &in.Owner, &in.Status, &in.URL, &outputs,
		&created, &updated, &expires, &in.MaxTTL)
	if err != nil {
		return in, err
	}
	in.CreatedAt, in.UpdatedAt, in.ExpiresAt = created.time(), updated.time(), expires.time()
	if err := json.Unmarshal([]byte(outputs), &in.Outputs); err != nil {
		return in, fmt.Errorf("the outputs of %s: %w", in.Name, err)
	}
	return in, nil
}
