package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/maquette/maquette/internal/mask"
	"github.com/maquette/maquette/provision/local/wire"
)

// The kinds of units, as directories of the run directory.
const (
	kindService  = "services"
	kindBalancer = "balancers"
)

// unit is what one supervisor looks after, seen from the provider. Its run directory is made before all else of it, and
// removed after all else; a lock on it holds that one process at a time works on the unit.
//
// There is no record beside what lives: a provider that is killed at any moment leaves processes that carry the unit's
// name, and ports that are reserved for it, and the next one finds both.
type unit struct {
	*providerData
	kind, name string
}

// ref is how processes and reservations name the unit.
func (u unit) ref() string { return u.kind + "/" + u.name }

func (u unit) dir() string { return filepath.Join(u.runDir(u.kind), u.name) }

func (u unit) logDir() string { return filepath.Join(u.dir(), logDirName) }

func (u unit) mark() string { return mark(u.Home, u.ID) }

func (u unit) owner() reservation {
	return reservation{ID: u.ID, Instance: u.Instance, Unit: u.ref()}
}

func (u unit) ports() portStore { return portStore{u.Home} }

// ours says whether a process is of the unit, or of an older one of the same name.
func (u unit) ours(id identity) bool {
	_, home := id.owner()
	return home == u.Home && id.Instance == u.Instance && id.Unit == u.ref()
}

// reserve gives the members ports. Those that members have they keep; where none lives and no port was promised, only if
// nobody else has taken it meanwhile.
func (u unit) reserve(ctx context.Context, members int, promised bool) ([]int, error) {
	if !promised {
		st, err := u.live()
		if err != nil {
			return nil, err
		}
		if promised = st != nil; !promised {
			if err := u.clear(ctx, 0); err != nil {
				return nil, err
			}
		}
	}
	return u.ports().reserve(ctx, u.owner(), members, promised)
}

// lock waits until nobody else works on the unit.
func (u unit) lock(ctx context.Context) (func(), error) {
	unlock, err := lockDir(ctx, u.dir())
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", u.ref(), err)
	}
	return unlock, nil
}

// takeAway removes the unit, when nobody else works on it. Its members have the grace to end.
func (u unit) takeAway(ctx context.Context, grace time.Duration) error {
	unlock, err := u.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return u.remove(ctx, grace)
}

// live returns the status of the unit's supervisor, nil where none lives. The status file alone proves nothing: the
// process has to say that it is the one.
func (u unit) live() (*status, error) {
	var st status
	err := readJSON(filepath.Join(u.dir(), statusFile), &st)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the status of %s: %w", u.ref(), err)
	}
	if st.Mark != u.mark() || !u.supervisor(&st).alive() {
		return nil, nil
	}
	return &st, nil
}

// supervisor is the process that has written a status.
func (u unit) supervisor(st *status) process {
	return process{st.PID, identity{Mark: st.Mark, Unit: u.ref(), Nonce: st.Nonce, Instance: u.Instance, Role: RoleSupervisor}}
}

// bring makes the unit be as the spec says: it hands the spec to the living supervisor, or starts one after having
// ended what an older one has left. It returns when that has succeeded or failed. The caller holds the lock.
func (u unit) bring(ctx context.Context, next spec) (*status, error) {
	if err := os.MkdirAll(u.logDir(), 0o700); err != nil {
		return nil, fmt.Errorf("starting %s: %w", u.ref(), err)
	}
	st, err := u.live()
	if err != nil {
		return nil, err
	}
	nonce := ""
	if st != nil {
		nonce, next.Generation = st.Nonce, st.Generation+1
		err = u.hand(ctx, next)
	} else {
		if err := u.clear(ctx, 0); err != nil {
			return nil, err
		}
		next.Generation = 1
		nonce, err = u.launch(ctx, next)
	}
	if err != nil {
		return nil, err
	}
	return u.settle(ctx, nonce, next)
}

// hand gives a spec to the living supervisor.
func (u unit) hand(ctx context.Context, next spec) error {
	line, err := json.Marshal(next)
	if err != nil {
		return err
	}
	pipe, err := os.OpenFile(filepath.Join(u.dir(), specPipe), os.O_WRONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("handing %s to its supervisor: %w", u.ref(), err)
	}
	defer pipe.Close()
	deadline := time.Now().Add(10 * time.Second)
	if until, ok := ctx.Deadline(); ok && until.Before(deadline) {
		deadline = until
	}
	_ = pipe.SetWriteDeadline(deadline)
	// The first line end closes what a writer that was killed has left.
	if _, err := pipe.Write(slices.Concat([]byte("\n"), line, []byte("\n"))); err != nil {
		return fmt.Errorf("handing %s to its supervisor: %w", u.ref(), err)
	}
	return nil
}

// launch has a supervisor run the unit, and returns its nonce: the one that waits for it, or another.
func (u unit) launch(ctx context.Context, first spec) (nonce string, err error) {
	if err := os.Remove(filepath.Join(u.dir(), statusFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("starting %s: %w", u.ref(), err)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if s := u.early.take(u); s != nil && s.run(first) == nil {
		return s.nonce, nil
	}
	s, err := u.start()
	if err != nil {
		return "", err
	}
	if err := s.run(first); err != nil {
		return "", fmt.Errorf("starting %s: handing over what its supervisor is to run: %w", u.ref(), err)
	}
	return s.nonce, nil
}

// settle waits until a supervisor says that the spec is in effect, or why it is not.
func (u unit) settle(ctx context.Context, nonce string, in spec) (*status, error) {
	// The supervisor has limits of its own; this is for one that hangs.
	limit := time.Duration(len(in.Ports)+1)*(in.Start+in.Stop+killTime) + killTime
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("its supervisor has not answered for %s", limit))
	defer cancel()
	var seen *status
	missing := 0
	for pause := 2 * time.Millisecond; ; pause = min(pause*3/2, 10*time.Millisecond) {
		st, err := u.live()
		switch {
		case err != nil:
			return nil, err
		case st != nil && st.Nonce == nonce:
			seen, missing = st, 0
			if st.Generation == in.Generation && st.Settled {
				return st, u.failure(st, in)
			}
		default:
			// It may not have begun yet; or it has, and is no more.
			if missing++; missing > 5 && !u.exists(nonce) {
				return seen, fmt.Errorf("starting %s: its supervisor has ended%s", u.ref(),
					quote(lastLines(filepath.Join(u.logDir(), "supervisor.log"), 5, in.mask())))
			}
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return seen, fmt.Errorf("waiting for %s: %w", u.ref(), context.Cause(ctx))
		}
	}
}

// exists says whether a process of this nonce lives.
func (u unit) exists(nonce string) bool {
	found, err := processes(func(id identity) bool { return u.ours(id) && id.Nonce == nonce && id.Role == RoleSupervisor })
	return err != nil || len(found) > 0
}

// failure is why a settled status is none of success, with what the member that is to blame said last.
func (u unit) failure(st *status, in spec) error {
	if st.Problem == "" {
		return nil
	}
	path := wire.MemberLog(u.logDir(), st.Culprit)
	return fmt.Errorf("%s: %s%s\nIts log is %s", u.ref(), in.mask().Apply(st.Problem), quote(lastLines(path, 5, in.mask())), path)
}

// mask hides the values that must not be shown: those of all variables that are given.
func (s spec) mask() mask.Mask { return mask.New(slices.Collect(maps.Values(s.Environment))...) }

// quote sets lines of a log into a message.
func quote(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return "\nIt said last:\n  " + strings.Join(lines, "\n  ")
}

// clear ends all processes of the unit, also those of an older one of its name, but for a supervisor that waits for it.
func (u unit) clear(ctx context.Context, grace time.Duration) error {
	waiting := u.early.nonce(u)
	_, left, err := end(ctx, func(id identity) bool { return u.ours(id) && (waiting == "" || id.Nonce != waiting) }, grace)
	if err != nil {
		return fmt.Errorf("ending what is left of %s: %w", u.ref(), err)
	}
	if len(left) > 0 {
		return fmt.Errorf("ending what is left of %s: %s cannot be killed; end it and try again", u.ref(), left[0])
	}
	return nil
}

// remove ends the unit and proves that nothing of it is left. The caller holds the lock.
func (u unit) remove(ctx context.Context, stop time.Duration) error {
	if err := u.clear(ctx, stop+killTime); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // what is left to do is short
	if _, err := u.ports().release(ctx, func(r reservation) bool { return r.sameUnit(u.owner()) }); err != nil {
		return err
	}
	if err := os.RemoveAll(u.dir()); err != nil {
		return fmt.Errorf("removing %s: %w", u.ref(), err)
	}
	prune(u.runDir(u.kind), instanceDir(u.Home, u.Instance))
	return nil
}

// prune removes directories that are empty.
func prune(dirs ...string) {
	for _, dir := range dirs {
		if os.Remove(dir) != nil {
			return
		}
	}
}

// baseEnvironment is what of the provider's environment its processes get. It is little on purpose: they live for days,
// whoever starts them, and the credentials of who does are none of their business.
func baseEnvironment() map[string]string {
	base := map[string]string{}
	for _, name := range []string{"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			base[name] = value
		}
	}
	return base
}
