//go:build unix

package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/pgtest"
	"github.com/maquette/maquette/provision"
)

// TestConformance runs the same suite over a SQLite file and over a real PostgreSQL: the statements are the same.
func TestConformance(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		conform(t, func(t *testing.T) func() *Registry {
			path := filepath.Join(t.TempDir(), "registry.db")
			return func() *Registry { return open(t, path) }
		})
	})
	t.Run("postgres", func(t *testing.T) {
		server := pgtest.Start(t)
		databases := 0
		conform(t, func(t *testing.T) func() *Registry {
			databases++
			name := fmt.Sprintf("registry_%d", databases)
			server.Exec(t, "postgres", "CREATE DATABASE "+name)
			connect := func() *Registry {
				db, err := sql.Open("pgx", server.URL(name))
				require.NoError(t, err)
				r := &Registry{db: db, name: name}
				t.Cleanup(func() { assert.NoError(t, r.Close()) })
				return r
			}
			require.NoError(t, migrate(t.Context(), goose.DialectPostgres, connect().db))
			return connect
		})
	})
}

func open(t testing.TB, path string) *Registry {
	t.Helper()
	r, err := Open(context.Background(), path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, r.Close()) })
	return r
}

// conform runs the suite. Each test gets an empty registry; connect opens it, each time with connections of its own.
func conform(t *testing.T, empty func(t *testing.T) (connect func() *Registry)) {
	for name, test := range map[string]func(t *testing.T, connect func() *Registry){
		"Instances": testInstances, "Quota": testQuota, "Operations": testOperations, "Applied": testApplied,
		"AnyText": testAnyText, "Cancelled": testCancelled, "Concurrent": testConcurrent, "ConcurrentQuota": testConcurrentQuota,
	} {
		t.Run(name, func(t *testing.T) { test(t, empty(t)) })
	}
}

var clock = time.Date(2026, 11, 25, 23, 59, 59, 123456789, time.FixedZone("CET", 3600))

// kept is a time as it comes back.
func kept(t time.Time) time.Time { return t.Truncate(time.Microsecond).UTC() }

func instance(name string) provision.Instance {
	return provision.Instance{
		Name: name, ID: "id of " + name, Environment: "try", Branch: "feature/x", Commit: "4f76159", Owner: "ann@host",
		Status: provision.Creating, URL: "http://" + name + ".localhost:8080/?a=b&c=<d>",
		Outputs: map[string]any{
			"url": "http://x/?a=1&b=<2>", "count": 3.0, "big": math.MaxFloat64, "none": nil, "list": []any{"a", true}, "map": map[string]any{"k": "v"},
		},
		CreatedAt: clock, UpdatedAt: clock.Add(time.Second), ExpiresAt: clock.Add(8 * time.Hour), MaxTTL: 72*time.Hour + 1,
	}
}

func testInstances(t *testing.T, connect func() *Registry) {
	r, ctx := connect(), t.Context()
	all, err := r.Instances(ctx)
	require.NoError(t, err)
	assert.Empty(t, all)
	_, err = r.Instance(ctx, "b")
	assert.Equal(t, provision.ErrNotFound, err)

	b := instance("b")
	require.NoError(t, r.Create(ctx, b, provision.Quota{}))
	assert.Equal(t, provision.ErrExists, r.Create(ctx, b, provision.Quota{Total: 1}), "an instance that exists is not one too many")
	lasting := provision.Instance{Name: "a", ID: "1", Environment: "staging", Status: provision.Ready, CreatedAt: clock}
	require.NoError(t, r.Create(ctx, lasting, provision.Quota{}))

	b.CreatedAt, b.UpdatedAt, b.ExpiresAt = kept(b.CreatedAt), kept(b.UpdatedAt), kept(b.ExpiresAt)
	lasting.CreatedAt = kept(clock)
	all, err = connect().Instances(ctx)
	require.NoError(t, err)
	assert.Equal(t, []provision.Instance{lasting, b}, all, "in order of name, as they were written, to the microsecond")

	b = provision.Instance{
		Name: "b", ID: b.ID, Environment: "dev", Branch: "other", Commit: "c0ffee", Owner: "bob@host", Status: provision.Ready,
		URL: "http://b", Outputs: map[string]any{}, CreatedAt: kept(clock.Add(1)), UpdatedAt: kept(clock.Add(time.Hour)),
	}
	require.NoError(t, r.Update(ctx, b))
	got, err := r.Instance(ctx, "b")
	require.NoError(t, err)
	assert.Equal(t, b, got)

	namesake := b
	namesake.ID = "another"
	assert.Equal(t, provision.ErrNotFound, r.Update(ctx, namesake), "a namesake is not the same")
	assert.Equal(t, provision.ErrNotFound, r.Update(ctx, instance("c")))

	require.NoError(t, r.Remove(ctx, "b"))
	_, err = r.Instance(ctx, "b")
	assert.Equal(t, provision.ErrNotFound, err)
	require.NoError(t, r.Remove(ctx, "b"), "it is gone already")
	require.NoError(t, r.Create(ctx, instance("b"), provision.Quota{}))
}

func testQuota(t *testing.T, connect func() *Registry) {
	r, ctx := connect(), t.Context()
	create := func(name, environment, owner string, quota provision.Quota) error {
		in := instance(name)
		in.Environment, in.Owner = environment, owner
		return r.Create(ctx, in, quota)
	}
	quota := provision.Quota{PerOwner: 2, Total: 3}
	require.NoError(t, create("elsewhere", "dev", "ann", quota))
	require.NoError(t, create("b", "try", "ann", quota))
	require.NoError(t, create("a", "try", "ann", quota))
	assert.Equal(t, &provision.QuotaError{Environment: "try", Owner: "ann", Limit: 2, Have: []string{"a", "b"}}, create("c", "try", "ann", quota))
	require.NoError(t, create("c", "try", "bob", quota))
	assert.Equal(t, &provision.QuotaError{Environment: "try", Limit: 3, Have: []string{"a", "b", "c"}}, create("d", "try", "eve", quota))
	require.NoError(t, create("d", "try", "eve", provision.Quota{Total: 4}))
	require.NoError(t, create("e", "try", "ann", provision.Quota{}), "no bound")

	for _, status := range []provision.Status{provision.Destroying, provision.DestroyFailed, provision.Failed} {
		in := instance("a")
		in.Owner, in.Status = "ann", status
		require.NoError(t, r.Update(ctx, in))
		var exceeded *provision.QuotaError
		assert.ErrorAs(t, create("f", "try", "ann", provision.Quota{PerOwner: 3}), &exceeded, status)
	}
	require.NoError(t, r.Remove(ctx, "a"))
	require.NoError(t, create("f", "try", "ann", provision.Quota{PerOwner: 3}))
}

func testOperations(t *testing.T, connect func() *Registry) {
	r, ctx := connect(), t.Context()
	begin := func(instance, kind string, started time.Time) int64 {
		id, err := r.Begin(ctx, provision.Operation{
			Instance: instance, Kind: kind, Actor: "ann@host", PID: 4711, Started: started, Log: kind + ".log",
		})
		require.NoError(t, err)
		return id
	}
	up := begin("a", "up", clock)
	other := begin("b", "up", clock)
	down := begin("a", "down", clock.Add(time.Minute))
	assert.Less(t, up, other)
	assert.Less(t, other, down)
	require.NoError(t, r.End(ctx, down, clock.Add(time.Hour), "failed", "exit status 1"))
	last := begin("a", "down", clock.Add(2*time.Hour))

	operations, err := connect().Operations(ctx, "a")
	require.NoError(t, err)
	expected := []provision.Operation{
		{ID: up, Kind: "up", Started: kept(clock), Ended: kept(clock.Add(time.Minute)), Result: "interrupted", Error: "it was killed before it could record its end"},
		{ID: down, Kind: "down", Started: kept(clock.Add(time.Minute)), Ended: kept(clock.Add(time.Hour)), Result: "failed", Error: "exit status 1"},
		{ID: last, Kind: "down", Started: kept(clock.Add(2 * time.Hour))},
	}
	for i := range expected {
		expected[i].Instance, expected[i].Actor, expected[i].PID, expected[i].Log = "a", "ann@host", 4711, expected[i].Kind+".log"
	}
	assert.Equal(t, expected, operations)
	operations, err = r.Operations(ctx, "b")
	require.NoError(t, err)
	require.Len(t, operations, 1)
	assert.Zero(t, operations[0].Ended, "operations of other instances go on")

	require.NoError(t, r.Create(ctx, instance("a"), provision.Quota{}))
	require.NoError(t, r.Remove(ctx, "a"))
	operations, err = r.Operations(ctx, "a")
	require.NoError(t, err)
	assert.Len(t, operations, 3, "they outlive the instance")

	assert.ErrorContains(t, r.End(ctx, 4711, clock, "ok", ""), "recording the end of operation 4711: there is no operation 4711")
}

func testApplied(t *testing.T, connect func() *Registry) {
	r, ctx := connect(), t.Context()
	first := provision.Applied{
		Instance: "a", Operation: 1, At: kept(clock), Branch: "main", Commit: "4f76159", Digest: "sha256:1",
		Stack: provision.StackRecord{
			Source: "/src/stack", Local: true, Binary: "tofu",
			Variables: map[string]json.RawMessage{"name": json.RawMessage(`{"value":"<a> & b\u2028","type":"string"}`), "n": json.RawMessage(`12345678901234567890`)},
			Secrets:   []string{"password"},
			Backend:   &provision.BackendRecord{Type: "s3", Config: map[string]json.RawMessage{"bucket": json.RawMessage(`"b"`)}},
		},
	}
	_, err := r.SaveApplied(ctx, first)
	assert.Equal(t, provision.ErrNotFound, err)

	require.NoError(t, r.Create(ctx, instance("a"), provision.Quota{}))
	require.NoError(t, r.Create(ctx, instance("b"), provision.Quota{}))
	second := provision.Applied{Instance: "a", Operation: 2, Good: true}
	for _, a := range []*provision.Applied{&first, &second} {
		a.ID, err = r.SaveApplied(ctx, *a)
		require.NoError(t, err)
	}
	_, err = r.SaveApplied(ctx, provision.Applied{Instance: "b"})
	require.NoError(t, err)
	assert.Less(t, first.ID, second.ID)
	applied, err := connect().Applied(ctx, "a")
	require.NoError(t, err)
	assert.Equal(t, []provision.Applied{first, second}, applied)

	require.NoError(t, r.MarkGood(ctx, first.ID))
	applied, err = r.Applied(ctx, "a")
	require.NoError(t, err)
	assert.True(t, applied[0].Good)
	assert.ErrorContains(t, r.MarkGood(ctx, 4711), "there is no application 4711")

	require.NoError(t, r.Remove(ctx, "a"))
	applied, err = r.Applied(ctx, "a")
	require.NoError(t, err)
	assert.Empty(t, applied, "they are forgotten with the instance")
	require.NoError(t, r.Create(ctx, instance("a"), provision.Quota{}))
	third, err := r.SaveApplied(ctx, first)
	require.NoError(t, err)
	assert.Greater(t, third, second.ID, "no id is given out twice")
}

func testAnyText(t *testing.T, connect func() *Registry) {
	r, ctx := connect(), t.Context()
	in := instance("a")
	in.Owner, in.Branch = `'; DROP TABLE instances; --`, "größe/日本\t\"$1\" ?"
	in.Outputs = map[string]any{"nul": "\x00", "quote": `"'`}
	require.NoError(t, r.Create(ctx, in, provision.Quota{PerOwner: 1}))
	got, err := r.Instance(ctx, "a")
	require.NoError(t, err)
	assert.Equal(t, []any{in.Owner, in.Branch, in.Outputs}, []any{got.Owner, got.Branch, got.Outputs})

	id, err := r.Begin(ctx, provision.Operation{Instance: "a"})
	require.NoError(t, err)
	require.NoError(t, r.End(ctx, id, clock, "failed", "said \x00 and \xff"), "a program may say anything")
	operations, err := r.Operations(ctx, "a")
	require.NoError(t, err)
	assert.Equal(t, "said \uFFFD and \uFFFD", operations[0].Error)
}

func testCancelled(t *testing.T, connect func() *Registry) {
	r := connect()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, r.Create(ctx, instance("a"), provision.Quota{}), context.Canceled)
	_, err := r.Instances(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	all, err := r.Instances(t.Context())
	require.NoError(t, err)
	assert.Empty(t, all)
}

// testConcurrent has several work on instances of their own and on one that they share.
func testConcurrent(t *testing.T, connect func() *Registry) {
	const workers, rounds = 8, 15
	work := func(r *Registry, worker int) error {
		ctx := context.Background()
		for round := range rounds {
			in := instance(fmt.Sprintf("w%d-%d", worker, round))
			if err := r.Create(ctx, in, provision.Quota{}); err != nil {
				return err
			}
			for _, name := range []string{in.Name, "shared"} {
				id, err := r.Begin(ctx, provision.Operation{Instance: name, Kind: "up", Started: clock})
				if err != nil {
					return err
				}
				if err := r.End(ctx, id, clock, "ok", ""); err != nil {
					return err
				}
			}
			applied, err := r.SaveApplied(ctx, provision.Applied{Instance: in.Name})
			if err != nil {
				return err
			}
			in.Status = provision.Ready
			if err := errors.Join(r.MarkGood(ctx, applied), r.Update(ctx, in)); err != nil {
				return err
			}
			if _, err := r.Instances(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	errs := parallel(workers, func(i int) error { return work(connect(), i) })
	require.NoError(t, errors.Join(errs...))

	r := connect()
	all, err := r.Instances(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, workers*rounds)
	for _, in := range all {
		assert.Equal(t, provision.Ready, in.Status)
		applied, err := r.Applied(t.Context(), in.Name)
		require.NoError(t, err)
		assert.True(t, len(applied) == 1 && applied[0].Good)
	}
	operations, err := r.Operations(t.Context(), "shared")
	require.NoError(t, err)
	assert.Len(t, operations, workers*rounds)
	for _, op := range operations {
		assert.Equal(t, "ok", op.Result, "each end is recorded, also after another one has begun")
	}
}

func testConcurrentQuota(t *testing.T, connect func() *Registry) {
	const workers, rounds, limit = 8, 10, 5
	errs := parallel(workers, func(i int) error {
		r := connect()
		created := 0
		for round := range rounds {
			err := r.Create(context.Background(), instance(fmt.Sprintf("w%d-%d", i, round)), provision.Quota{Total: limit})
			var exceeded *provision.QuotaError
			if err != nil && !errors.As(err, &exceeded) {
				return err
			}
			if err == nil {
				created++
			}
		}
		return nil
	})
	require.NoError(t, errors.Join(errs...))
	all, err := connect().Instances(t.Context())
	require.NoError(t, err)
	assert.Len(t, all, limit)
	for _, in := range all {
		assert.True(t, strings.HasPrefix(in.Name, "w"))
	}
}

func parallel(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}
