package provision

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

// world is everything that the lifecycle touches, in memory. It notes in order what was asked of it.
type world struct {
	mu        sync.Mutex
	calls     []string
	instances map[string]Instance
	ops       []Operation
	applied   []Applied
	resources map[string][]string // by instance: what its state knows
	left      []Leftover          // what Sweep cannot take away
	strays    map[string][]Leftover
	held      map[string]Holder
	logs      bytes.Buffer
	fails     map[string]error // by call: "apply", "destroy", "check", "hook", …
	notes     []string
	digest    string
	tags      []map[string]string // that Terraform was given, by plan and apply
	now       time.Time
	during    func(call string) // called in the midst of one
}

func newWorld() *world {
	return &world{
		instances: map[string]Instance{}, resources: map[string][]string{}, held: map[string]Holder{}, fails: map[string]error{},
		strays: map[string][]Leftover{}, digest: "d1", now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC),
	}
}

func (w *world) lifecycle() *Lifecycle {
	ids := 0
	return &Lifecycle{
		Registry: w, Driver: worldDriver{w}, Platform: worldPlatform{w}, Prober: worldProber{w}, Locker: worldLocker{w}, Logs: worldLogs{w},
		Now: func() time.Time { return w.now }, Actor: "anna@desk", PID: 42,
		NewID: func() string { ids++; return fmt.Sprintf("id%d", ids) },
	}
}

func (w *world) gave(tags map[string]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tags = append(w.tags, tags)
}

func (w *world) call(format string, args ...any) error {
	call := fmt.Sprintf(format, args...)
	w.mu.Lock()
	w.calls = append(w.calls, call)
	verb, _, _ := strings.Cut(call, " ")
	err, during := w.fails[verb], w.during
	w.mu.Unlock()
	if during != nil {
		during(verb)
	}
	return err
}

func (w *world) Create(_ context.Context, in Instance, quota Quota) error {
	if quota.Total > 0 && len(w.instances) >= quota.Total {
		return &QuotaError{Environment: in.Environment, Limit: quota.Total, Have: slices.Sorted(maps.Keys(w.instances))}
	}
	w.instances[in.Name] = in
	return w.call("create %s", in.Name)
}

func (w *world) Instance(_ context.Context, name string) (Instance, error) {
	in, ok := w.instances[name]
	if !ok {
		return in, ErrNotFound
	}
	return in, nil
}

func (w *world) Instances(context.Context) ([]Instance, error) {
	var all []Instance
	for _, name := range slices.Sorted(maps.Keys(w.instances)) {
		all = append(all, w.instances[name])
	}
	return all, nil
}

func (w *world) Update(_ context.Context, in Instance) error {
	if _, ok := w.instances[in.Name]; !ok {
		return ErrNotFound
	}
	w.instances[in.Name] = in
	return w.call("set %s %s", in.Name, in.Status)
}

func (w *world) Remove(_ context.Context, name string) error {
	delete(w.instances, name)
	w.applied = slices.DeleteFunc(w.applied, func(a Applied) bool { return a.Instance == name })
	return w.call("forget %s", name)
}

func (w *world) Begin(_ context.Context, op Operation) (int64, error) {
	for i := range w.ops {
		if w.ops[i].Instance == op.Instance && w.ops[i].Ended.IsZero() {
			w.ops[i].Ended, w.ops[i].Result = op.Started, ResultInterrupted
		}
	}
	op.ID = int64(len(w.ops) + 1)
	w.ops = append(w.ops, op)
	return op.ID, w.call("begin %s", op.Kind)
}

func (w *world) End(ctx context.Context, id int64, at time.Time, result, reason string) error {
	op := &w.ops[id-1]
	op.Ended, op.Result, op.Error = at, result, reason
	return errors.Join(ctx.Err(), w.call("end %s", result))
}

func (w *world) Operations(context.Context, string) ([]Operation, error) { return w.ops, nil }

func (w *world) SaveApplied(_ context.Context, a Applied) (int64, error) {
	a.ID = int64(len(w.applied) + 1)
	w.applied = append(w.applied, a)
	return a.ID, nil
}

func (w *world) MarkGood(_ context.Context, id int64) error {
	w.applied[id-1].Good = true
	return w.call("good")
}

func (w *world) Applied(_ context.Context, instance string) ([]Applied, error) {
	return slices.DeleteFunc(slices.Clone(w.applied), func(a Applied) bool { return a.Instance != instance }), nil
}

type worldDriver struct{ w *world }

func (d worldDriver) Plan(_ context.Context, job Job, keep bool) ([]Change, error) {
	d.w.gave(job.Tags)
	return []Change{{Address: "maquette_service.web", Action: "create"}}, d.w.call("plan %s keep=%v", job.Instance, keep)
}

func (d worldDriver) Apply(_ context.Context, job Job) (map[string]OutputValue, error) {
	d.w.gave(job.Tags)
	d.w.resources[job.Instance] = []string{"maquette_service.web"} // also of one that fails in the midst
	if err := d.w.call("apply %s members=%s", job.Instance, job.Stack.Variables["members"].GoString()); err != nil {
		return nil, err
	}
	return map[string]OutputValue{
		"url":    {Value: cty.StringVal("http://x.localhost:1")},
		"secret": {Value: cty.StringVal(canary), Sensitive: true},
	}, nil
}

func (d worldDriver) ApplyPlanned(ctx context.Context, job Job) (map[string]OutputValue, error) {
	_ = d.w.call("planned")
	return d.Apply(ctx, job)
}

func (d worldDriver) Planned(context.Context, Job) ([]byte, error) {
	return []byte(`{"planned": true}`), d.w.call("show plan")
}
func (d worldDriver) Drop(string) error { return d.w.call("drop") }

func (d worldDriver) Destroy(_ context.Context, job Job) error {
	if err := d.w.call("destroy %s", job.Instance); err != nil {
		return err
	}
	delete(d.w.resources, job.Instance)
	return nil
}

func (d worldDriver) Outputs(context.Context, Job) (map[string]OutputValue, error) { return nil, nil }

func (d worldDriver) Resources(_ context.Context, job Job) ([]string, error) {
	return d.w.resources[job.Instance], nil
}

func (d worldDriver) Recover(_ context.Context, instance string, dry bool) ([]string, error) {
	return d.w.notes, d.w.call("recover %s dry=%v", instance, dry)
}

func (d worldDriver) Instances() ([]string, error) {
	return slices.Sorted(maps.Keys(d.w.resources)), nil
}

func (d worldDriver) Remove(_ context.Context, instance string) error {
	if len(d.w.resources[instance]) > 0 {
		return errors.New("the state knows resources")
	}
	return d.w.call("remove %s", instance)
}
func (d worldDriver) Digest(Stack) (string, error) { return d.w.digest, nil }

type worldPlatform struct{ w *world }

func (p worldPlatform) Sweep(_ context.Context, _, id string) (gone, left []Leftover, err error) {
	return nil, p.w.left, p.w.call("sweep %s", id)
}

func (p worldPlatform) Strays(_ context.Context, known []string) (map[string][]Leftover, error) {
	_ = p.w.call("strays")
	found := maps.Clone(p.w.strays)
	maps.DeleteFunc(found, func(id string, _ []Leftover) bool { return slices.Contains(known, id) })
	return found, nil
}

type worldProber struct{ w *world }

func (p worldProber) Check(_ context.Context, c Check, _ io.Writer) error {
	return p.w.call("check %s", c.URL)
}

func (p worldProber) Hook(_ context.Context, h Hook, _ io.Writer) error {
	return p.w.call("hook %s", h.When)
}

type worldLocker struct{ w *world }

func (l worldLocker) Lock(_ context.Context, instance, operation string, _ time.Duration) (func() error, error) {
	if h, held := l.w.held[instance]; held {
		return nil, &LockedError{Instance: instance, Holder: h}
	}
	l.w.held[instance] = Holder{Operation: operation}
	return func() error { delete(l.w.held, instance); return nil }, nil
}

func (l worldLocker) Holder(instance string) (*Holder, error) {
	if h, held := l.w.held[instance]; held {
		return &h, nil
	}
	return nil, nil
}

type worldLogs struct{ w *world }

func (l worldLogs) Create(string, string) (io.WriteCloser, error) { return nopCloser{&l.w.logs}, nil }

func (l worldLogs) Remove(instance string) error { return l.w.call("unlog %s", instance) }

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

const lifecycleDefinitions = `
environment "staging" {
  tier "web" { members = 2 }
  terraform {
    source    = "/stack"
    variables = {
      members  = tier.web.members
      password = secret("CANARY")
    }
  }
}

environment "try" {
  model_of = "staging"
  throwaway {
    ttl     = "8h"
    max_ttl = "24h"
    quota {
      total = 2
    }
  }
  check "http" {
    url = "${output.url}/healthz"
  }
  hook "before_up" {
    command = ["true"]
  }
  hook "after_down" {
    command = ["true"]
  }
}
`

func blueprint(t *testing.T, environment, branch string, replace ...string) *Blueprint {
	t.Helper()
	text := strings.NewReplacer(replace...).Replace(lifecycleDefinitions)
	defs, diags := Parse([]File{{Name: "environments/all.hcl", Data: []byte(text)}})
	require.False(t, diags.HasErrors(), "%v", diags)
	bp, diags := defs.Instantiate(environment, Inputs{Branch: branch, Owner: "anna", Secret: fixtureSecret})
	require.False(t, diags.HasErrors(), "%v", diags)
	return bp
}

func TestUp(t *testing.T) {
	w := newWorld()
	result, err := w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x")})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"create try-x", "begin up", "recover try-x dry=false", "hook before_up", "apply try-x members=cty.NumberIntVal(2)",
		"check http://x.localhost:1/healthz", "good", "set try-x ready", "end ok",
	}, w.calls, "recorded before anything is made, and good only once the checks hold")
	assert.Equal(t, canary, result.Outputs["secret"].Value.AsString())

	in := w.instances["try-x"]
	assert.Equal(t, Ready, in.Status)
	assert.Equal(t, "http://x.localhost:1", in.URL)
	assert.Equal(t, map[string]any{"url": "http://x.localhost:1"}, in.Outputs)
	assert.Equal(t, w.now.Add(8*time.Hour), in.ExpiresAt)
	assert.Equal(t, 24*time.Hour, in.MaxTTL)
	assert.Empty(t, w.held)
	text, err := json.Marshal([]any{w.instances, w.ops, w.applied, w.logs.String()})
	require.NoError(t, err)
	assert.NotContains(t, string(text), canary)
	assert.Equal(t, []string{"password"}, w.applied[0].Stack.Secrets)
}

func TestUpThatFails(t *testing.T) {
	for _, step := range []string{"recover", "hook", "apply", "check"} {
		t.Run(step, func(t *testing.T) {
			w := newWorld()
			w.fails[step] = errors.New("no luck with it")
			_, err := w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x")})
			require.ErrorContains(t, err, "no luck with it")
			assert.Equal(t, Failed, w.instances["try-x"].Status, "it is kept")
			assert.Equal(t, ResultFailed, w.ops[0].Result)
			assert.Contains(t, w.ops[0].Error, "no luck with it")
			assert.NotContains(t, w.calls, "good")
			assert.Empty(t, w.held)

			delete(w.fails, step)
			_, err = w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x")})
			require.NoError(t, err, "and can be finished")
			assert.Equal(t, Ready, w.instances["try-x"].Status)
			assert.Equal(t, "id1", w.instances["try-x"].ID, "it is the same instance")
		})
	}
}

func TestUpThatIsStopped(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	w.fails["apply"] = context.Canceled
	w.during = func(call string) {
		if call == "apply" {
			cancel()
		}
	}
	_, err := w.lifecycle().Up(ctx, UpRequest{Blueprint: blueprint(t, "try", "x")})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, Failed, w.instances["try-x"].Status)
	assert.Equal(t, ResultInterrupted, w.ops[0].Result, "the end is recorded all the same")
}

func TestUpThatIsNotApproved(t *testing.T) {
	w := newWorld()
	no := func(_ context.Context, plan Planned) (string, error) {
		assert.Len(t, plan.Changes, 1)
		return "", ErrDeclined
	}
	_, err := w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", ""), Approve: no})
	require.ErrorIs(t, err, ErrDeclined)
	assert.Empty(t, w.instances, "nothing of it was ever made")
	assert.Contains(t, w.calls, "drop")

	_, err = w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", "")})
	require.NoError(t, err)
	_, err = w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", ""), Approve: no})
	require.ErrorIs(t, err, ErrDeclined)
	assert.Equal(t, Ready, w.instances["staging"].Status, "it is as it was")
	assert.Equal(t, ResultDeclined, w.ops[len(w.ops)-1].Result)
	assert.Len(t, w.applied, 1)
}

// What was not approved is not recorded either: not the other commit, nor the longer life.
func TestWhatIsNotApprovedLeavesTheRecordAsItWas(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	no := func(context.Context, Planned) (string, error) { return "", ErrDeclined }
	up := func(commit string, ttl time.Duration, approve Approve) error {
		bp := blueprint(t, "try", "x")
		bp.Commit = commit
		_, err := l.Up(t.Context(), UpRequest{Blueprint: bp, TTL: ttl, Approve: approve})
		return err
	}
	require.NoError(t, up("c1", 0, nil))
	w.digest = "d2"
	require.NoError(t, up("c2", 0, nil))
	before := w.instances["try-x"]

	require.ErrorIs(t, up("c3", 20*time.Hour, no), ErrDeclined)
	assert.Equal(t, before, w.instances["try-x"])

	_, err := l.Rollback(t.Context(), RollbackRequest{Instance: "try-x", Blueprint: blueprint(t, "try", "x"), Approve: no})
	require.ErrorIs(t, err, ErrDeclined)
	assert.Equal(t, before, w.instances["try-x"])
}

// A plan that was approved may hold secrets, also when something else keeps it from being applied.
func TestUpThatFailsAfterItIsApprovedKeepsNoPlan(t *testing.T) {
	w := newWorld()
	w.fails["hook"] = errors.New("no luck with it")
	yes := func(context.Context, Planned) (string, error) { return "", nil }
	_, err := w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x"), Approve: yes})
	require.ErrorContains(t, err, "no luck")
	assert.NotContains(t, w.calls, "planned")
	assert.Contains(t, w.calls, "drop")
}

func TestUpIsBounded(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	for _, branch := range []string{"a", "b"} {
		_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", branch)})
		require.NoError(t, err)
	}
	_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "c")})
	var quota *QuotaError
	require.ErrorAs(t, err, &quota)
	assert.NotContains(t, w.calls, "apply try-c members=cty.NumberIntVal(2)")

	_, err = l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "a"), TTL: 25 * time.Hour})
	require.ErrorContains(t, err, "may live for 1d at most; --ttl 1d1h is longer")
	_, err = l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", ""), TTL: time.Hour})
	require.ErrorContains(t, err, "lasting")

	w.held["try-a"] = Holder{Operation: "down", Actor: "ben@desk", Since: w.now}
	_, err = l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "a")})
	require.ErrorContains(t, err, "down of try-a by ben@desk has been running since")
}

func TestDown(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	bp := blueprint(t, "try", "x")
	_, err := l.Up(t.Context(), UpRequest{Blueprint: bp})
	require.NoError(t, err)
	w.calls = nil
	require.NoError(t, l.Down(t.Context(), DownRequest{Instance: "try-x", Blueprint: bp}))
	assert.Equal(t, []string{
		"begin down", "recover try-x dry=false", "set try-x destroying", "destroy try-x", "sweep id1", "hook after_down",
		"end ok", "remove try-x", "unlog try-x", "forget try-x",
	}, w.calls, "forgotten last")
	assert.Empty(t, w.instances)

	require.ErrorIs(t, l.Down(t.Context(), DownRequest{Instance: "try-x"}), ErrNotFound)
}

func TestDownThatFails(t *testing.T) {
	for _, step := range []string{"destroy", "left", "sweep", "hook"} {
		t.Run(step, func(t *testing.T) {
			w := newWorld()
			l := w.lifecycle()
			bp := blueprint(t, "try", "x")
			_, err := l.Up(t.Context(), UpRequest{Blueprint: bp})
			require.NoError(t, err)
			if step == "left" {
				w.left = []Leftover{{Kind: "process", Name: "4711", Detail: "web.0"}}
			} else {
				w.fails[step] = errors.New("no luck with it")
			}
			err = l.Down(t.Context(), DownRequest{Instance: "try-x", Blueprint: bp})
			require.Error(t, err)
			if step == "left" {
				require.ErrorContains(t, err, "process 4711 (web.0) is still there")
			}
			assert.Equal(t, DestroyFailed, w.instances["try-x"].Status, "it is kept, and shown")
			assert.Equal(t, ResultFailed, w.ops[1].Result)

			due, err := l.Due(t.Context())
			require.NoError(t, err)
			require.Len(t, due, 1)
			assert.Equal(t, "destroy failed before", due[0].Why)

			w.left, w.fails = nil, map[string]error{}
			reaped, err := l.Reap(t.Context(), 2, func(in Instance) DownRequest { return DownRequest{Instance: in.Name, Blueprint: bp} })
			require.NoError(t, err)
			require.Len(t, reaped, 1)
			require.NoError(t, reaped[0].Err)
			assert.Empty(t, w.instances)
		})
	}
}

// A down that was stopped, as by Ctrl-C, is not finished behind the user's back.
func TestDownThatIsStopped(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", "")})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	w.fails["destroy"] = context.Canceled
	w.during = func(call string) {
		if strings.HasPrefix(call, "destroy") {
			cancel()
		}
	}
	require.ErrorIs(t, l.Down(ctx, DownRequest{Instance: "staging"}), context.Canceled)
	assert.Equal(t, Failed, w.instances["staging"].Status)
	assert.Equal(t, ResultInterrupted, w.ops[1].Result)
	due, err := l.Due(t.Context())
	require.NoError(t, err)
	assert.Empty(t, due)
}

// A down that fails before it was approved has destroyed nothing, and is nothing for reap to finish: that asks nobody.
func TestDownThatFailsBeforeItIsApproved(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	bp := blueprint(t, "staging", "")
	_, err := l.Up(t.Context(), UpRequest{Blueprint: bp})
	require.NoError(t, err)
	approve := func([]string) (bool, error) { return false, errors.New("nobody answers") }
	require.ErrorContains(t, l.Down(t.Context(), DownRequest{Instance: "staging", Blueprint: bp, Approve: approve}), "nobody answers")
	w.fails["recover"] = errors.New("no luck with it")
	require.ErrorContains(t, l.Down(t.Context(), DownRequest{Instance: "staging", Blueprint: bp}), "no luck")
	assert.Equal(t, Ready, w.instances["staging"].Status)
	assert.Equal(t, ResultFailed, w.ops[len(w.ops)-1].Result)
	due, err := l.Due(t.Context())
	require.NoError(t, err)
	assert.Empty(t, due)
}

// An instance that was killed before anything was applied has no stack to destroy, and may have processes all the same.
func TestDownOfWhatWasNeverApplied(t *testing.T) {
	w := newWorld()
	w.instances["try-x"] = Instance{Name: "try-x", ID: "id9", Environment: "try", Status: Creating}
	require.NoError(t, w.lifecycle().Down(t.Context(), DownRequest{Instance: "try-x"}))
	assert.Contains(t, w.calls, "sweep id9")
	assert.NotContains(t, w.calls, "destroy try-x")
}

func TestReapLeavesWhatIsExtendedMeanwhile(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	for _, branch := range []string{"a", "b"} {
		_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", branch)})
		require.NoError(t, err)
	}
	due, err := l.Due(t.Context())
	require.NoError(t, err)
	assert.Empty(t, due)
	w.now = w.now.Add(9 * time.Hour)
	reaped, err := l.Reap(t.Context(), 1, func(in Instance) DownRequest {
		if in.Name == "try-b" {
			_, err := l.Extend(t.Context(), "try-b", time.Hour)
			assert.NoError(t, err)
		}
		return DownRequest{Instance: in.Name}
	})
	require.NoError(t, err)
	require.Len(t, reaped, 2)
	require.NoError(t, reaped[0].Err)
	require.ErrorContains(t, reaped[1].Err, "not due any more")
	assert.Equal(t, []string{"try-b"}, slices.Collect(maps.Keys(w.instances)))
}

func TestExtend(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x")})
	require.NoError(t, err)
	created := w.now

	in, err := l.Extend(t.Context(), "try-x", 10*time.Hour)
	require.NoError(t, err)
	assert.Equal(t, created.Add(18*time.Hour), in.ExpiresAt)
	assert.Equal(t, Ready, in.Status)

	_, err = l.Extend(t.Context(), "try-x", 7*time.Hour)
	require.ErrorContains(t, err, "maquette extend try-x --by 6h")
	in, err = l.Extend(t.Context(), "try-x", 6*time.Hour)
	require.NoError(t, err)
	assert.Equal(t, created.Add(24*time.Hour), in.ExpiresAt)
	_, err = l.Extend(t.Context(), "try-x", time.Minute)
	require.ErrorContains(t, err, "longest life")

	_, err = l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", "")})
	require.NoError(t, err)
	_, err = l.Extend(t.Context(), "staging", time.Hour)
	require.ErrorContains(t, err, "never expires")
}

func TestRollback(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	up := func(members string) error {
		bp := blueprint(t, "try", "x", "members  = tier.web.members", "members  = "+members)
		_, err := l.Up(t.Context(), UpRequest{Blueprint: bp})
		return err
	}
	back := func() (*UpResult, error) {
		w.calls = nil
		return l.Rollback(t.Context(), RollbackRequest{Instance: "try-x", Blueprint: blueprint(t, "try", "x")})
	}
	require.NoError(t, up("1"))
	_, err := back()
	require.ErrorContains(t, err, "no other definition")

	w.fails["check"] = errors.New("503")
	require.Error(t, up("2"))
	delete(w.fails, "check")
	result, err := back()
	require.NoError(t, err, "from a bad one to the last good one")
	assert.Contains(t, w.calls, "apply try-x members=cty.NumberIntVal(1)")
	assert.Contains(t, w.calls, "check http://x.localhost:1/healthz", "which has to pass its checks again")
	assert.Equal(t, Ready, result.Instance.Status)

	require.NoError(t, up("3"))
	_, err = back()
	require.NoError(t, err, "from a good one to the one before")
	assert.Contains(t, w.calls, "apply try-x members=cty.NumberIntVal(1)")

	w.digest = "d2"
	require.NoError(t, up("4"))
	w.digest = "d3"
	var notes []string
	_, err = l.Rollback(t.Context(), RollbackRequest{
		Instance: "try-x", Blueprint: blueprint(t, "try", "x"),
		Progress: func(e Event) { notes = append(notes, e.Message) },
	})
	require.NoError(t, err)
	assert.Contains(t, strings.Join(notes, "\n"), "/stack has changed since")
}

func TestPlanLeavesNothing(t *testing.T) {
	w := newWorld()
	changes, err := w.lifecycle().Plan(t.Context(), blueprint(t, "try", "x"), nil, nil)
	require.NoError(t, err)
	assert.Len(t, changes, 1)
	assert.Equal(t, []string{"plan try-x keep=false", "remove try-x"}, w.calls)
	assert.Empty(t, w.instances)
}

func TestDoctor(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	w.instances["try-a"] = Instance{Name: "try-a", ID: "a", Environment: "try", Status: Creating}
	w.instances["try-b"] = Instance{Name: "try-b", ID: "b", Environment: "try", Status: Destroying}
	w.instances["try-c"] = Instance{Name: "try-c", ID: "c", Environment: "try", Status: Creating}
	w.instances["try-d"] = Instance{Name: "try-d", ID: "d", Environment: "try", Status: Ready}
	w.held["try-c"] = Holder{Operation: "up"}
	w.ops = []Operation{{ID: 1, Instance: "try-a", Kind: "up"}}
	w.resources["lost"] = []string{"maquette_service.web"}
	w.strays["gone"] = []Leftover{{Kind: "process", Name: "4711"}}
	w.strays["d"] = []Leftover{{Kind: "process", Name: "1"}}

	dry, err := l.Doctor(t.Context(), true)
	require.NoError(t, err)
	assert.Len(t, dry, 4)
	for _, found := range dry {
		assert.False(t, found.Mended, "%+v", found)
	}
	assert.Equal(t, Creating, w.instances["try-a"].Status, "only looked")
	assert.NotContains(t, w.calls, "sweep gone")

	found, err := l.Doctor(t.Context(), false)
	require.NoError(t, err)
	var lines []string
	for _, f := range found {
		lines = append(lines, fmt.Sprintf("%s: %s (%v)", f.Instance, f.What, f.Mended))
	}
	assert.Equal(t, []string{
		"try-a: its last operation was killed while it was creating (true)",
		"try-b: its last operation was killed while it was destroying (true)",
		"lost: the registry does not know it, and its state knows maquette_service.web (false)",
		": process 4711 belongs to an instance that is gone (true)",
	}, lines)
	assert.Equal(t, Failed, w.instances["try-a"].Status)
	assert.Equal(t, DestroyFailed, w.instances["try-b"].Status)
	assert.Equal(t, Creating, w.instances["try-c"].Status, "somebody works on it")
	assert.Equal(t, ResultInterrupted, w.ops[0].Result)
	assert.Contains(t, w.calls, "sweep gone")
	assert.NotContains(t, w.calls, "sweep d")
}

// An instance that somebody makes while the doctor looks is none that is gone, nor is its directory.
func TestDoctorLeavesWhatIsMadeMeanwhile(t *testing.T) {
	w := newWorld()
	w.instances["try-a"] = Instance{Name: "try-a", ID: "a", Environment: "try", Status: Ready}
	made := func(name, id string) {
		w.instances[name] = Instance{Name: name, ID: id, Environment: "try", Status: Ready}
		w.strays[id] = []Leftover{{Kind: "process", Name: "4711"}}
		w.resources[name] = []string{"maquette_service.web"}
	}
	w.during = func(call string) {
		switch call {
		case "recover":
			made("try-new", "new")
		case "strays":
			made("try-newer", "newer")
		}
	}
	found, err := w.lifecycle().Doctor(t.Context(), false)
	require.NoError(t, err)
	assert.Empty(t, found)
	assert.NotContains(t, w.calls, "sweep new")
	assert.NotContains(t, w.calls, "sweep newer")
}

func TestViews(t *testing.T) {
	w := newWorld()
	at := func(d time.Duration) time.Time { return w.now.Add(d) }
	for name, in := range map[string]Instance{
		"a": {Status: Ready}, "b": {Status: Ready, ExpiresAt: at(-time.Minute)}, "c": {Status: Creating}, "d": {Status: Destroying},
		"e": {Status: Creating}, "f": {Status: DestroyFailed, ExpiresAt: at(-time.Minute)},
	} {
		in.Name = name
		w.instances[name] = in
	}
	w.held["e"] = Holder{Operation: "up"}
	views, err := w.lifecycle().Views(t.Context())
	require.NoError(t, err)
	var states []string
	for _, v := range views {
		states = append(states, v.State)
	}
	assert.Equal(t, []string{"ready", "expired", "interrupted", "destroy-interrupted", "up running", "destroy-failed"}, states)
}

func TestRecordLeavesSecretsOut(t *testing.T) {
	stack := Stack{
		Source: "/stack", Local: true,
		Variables: map[string]cty.Value{
			"empty":       cty.ListValEmpty(cty.String),
			"marked":      cty.StringVal(canary).Mark(Secret),
			"nested":      cty.ObjectVal(map[string]cty.Value{"a": cty.StringVal(canary).Mark(Secret)}),
			"db_password": cty.StringVal(canary),
			"settings":    cty.MapVal(map[string]cty.Value{"API_TOKEN": cty.StringVal(canary)}),
			"server":      cty.StringVal("postgres://admin:" + canary + "@localhost/postgres"),
			"plain":       cty.StringVal("postgres://localhost/postgres"),
			"none":        cty.NullVal(cty.String),
		},
		Backend: &Backend{Type: "s3", Config: map[string]cty.Value{"bucket": cty.StringVal("tf")}},
	}
	r, err := stack.record()
	require.NoError(t, err)
	assert.Equal(t, []string{"db_password", "marked", "nested", "server", "settings"}, r.Secrets)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	assert.NotContains(t, string(text), canary)

	back, err := r.stack()
	require.NoError(t, err)
	for name, value := range back.Variables {
		assert.True(t, value.RawEquals(stack.Variables[name]), name)
	}
	assert.Len(t, back.Variables, 3)
	assert.True(t, back.Backend.Config["bucket"].RawEquals(cty.StringVal("tf")))
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		8 * time.Hour: "8h", 72 * time.Hour: "3d", 25 * time.Hour: "1d1h", 90 * time.Minute: "1h30m", 10 * time.Second: "10s",
		time.Hour + 5*time.Second: "1h0m5s", 0: "0s",
	} {
		assert.Equal(t, want, Duration(d))
	}
}

// An operation that came to nothing before anything was touched leaves an instance as it was.
func TestUpThatCannotBePlanned(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", "")})
	require.NoError(t, err)
	was := w.instances["staging"]

	w.fails["plan"] = errors.New("expired credentials")
	yes := func(context.Context, Planned) (string, error) { return "", nil }
	result, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", ""), Approve: yes})
	require.ErrorContains(t, err, "expired credentials")
	assert.Equal(t, Ready, result.Instance.Status)
	was.UpdatedAt = w.instances["staging"].UpdatedAt
	assert.Equal(t, was, w.instances["staging"])
	assert.Equal(t, ResultFailed, w.ops[len(w.ops)-1].Result)
	assert.Len(t, w.applied, 1)
}

// What lasts is never reaped, whatever has become of its down: somebody has been asked for it then, and not now.
func TestReapLeavesWhatLasts(t *testing.T) {
	w := newWorld()
	for name, status := range map[string]Status{"staging": DestroyFailed, "production": Destroying} {
		w.instances[name] = Instance{Name: name, Environment: name, Status: status}
	}
	due, err := w.lifecycle().Due(t.Context())
	require.NoError(t, err)
	assert.Empty(t, due)
}

// What an instance is made of says whose it is, and until when; a plan says the same as up would.
func TestTags(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	_, err := l.Plan(t.Context(), blueprint(t, "try", "x"), nil, nil)
	require.NoError(t, err)
	_, err = l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x")})
	require.NoError(t, err)
	_, err = l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", "")})
	require.NoError(t, err)
	try := map[string]string{"Environment": "try-x", "Owner": w.instances["try-x"].Owner, "Expires": w.instances["try-x"].ExpiresAt.Format(time.RFC3339)}
	assert.NotEmpty(t, try["Owner"])
	assert.Equal(t, []map[string]string{try, try, {"Environment": "staging", "Owner": try["Owner"]}}, w.tags)
}

func TestTTLThatIsOver(t *testing.T) {
	w := newWorld()
	l := w.lifecycle()
	_, err := l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x")})
	require.NoError(t, err)
	w.now = w.now.Add(2 * time.Hour)
	_, err = l.Up(t.Context(), UpRequest{Blueprint: blueprint(t, "try", "x"), TTL: time.Hour})
	require.ErrorContains(t, err, "its time would be over already")
	assert.Equal(t, Ready, w.instances["try-x"].Status)
}

// Whoever decides sees the plan itself. What is applied despite what it shows is recorded as such.
func TestUpDespiteWhatThePlanShows(t *testing.T) {
	w := newWorld()
	despite := func(_ context.Context, plan Planned) (string, error) {
		data, err := plan.JSON()
		assert.JSONEq(t, `{"planned": true}`, string(data))
		return "2 findings", err
	}
	_, err := w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", ""), Approve: despite})
	require.NoError(t, err)
	assert.Equal(t, ResultDespite, w.ops[0].Result)
	assert.Equal(t, "2 findings", w.ops[0].Error)
	assert.Equal(t, Ready, w.instances["staging"].Status)

	stop := func(context.Context, Planned) (string, error) { return "", fmt.Errorf("one box: %w", ErrDeclined) }
	_, err = w.lifecycle().Up(t.Context(), UpRequest{Blueprint: blueprint(t, "staging", ""), Approve: stop})
	require.ErrorContains(t, err, "one box")
	assert.Equal(t, ResultDeclined, w.ops[1].Result)
	assert.Contains(t, w.ops[1].Error, "one box")
	assert.Equal(t, Ready, w.instances["staging"].Status, "it is as it was")

	var seen Planned
	_, err = w.lifecycle().Plan(t.Context(), blueprint(t, "staging", ""), nil, func(plan Planned) error { seen = plan; return errors.New("no") })
	require.ErrorContains(t, err, "no")
	assert.Len(t, seen.Changes, 1)
	assert.Equal(t, "drop", w.calls[len(w.calls)-1])
}
