package provision

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Extend moves the expiry of an instance, by at most what its definition allows from its creation on. It returns the
// instance as it is now.
func (l *Lifecycle) Extend(ctx context.Context, name string, by time.Duration) (_ Instance, err error) {
	unlock, err := l.Locker.Lock(ctx, name, "extend", l.Wait)
	if err != nil {
		return Instance{}, err
	}
	defer func() { err = errors.Join(err, unlock()) }()

	in, err := l.Registry.Instance(ctx, name)
	if err != nil {
		return in, fmt.Errorf("looking for %s in the registry: %w", name, err)
	}
	if in.ExpiresAt.IsZero() {
		return in, fmt.Errorf("%s never expires: there is nothing to extend", name)
	}
	now := l.Now().UTC()
	from := in.ExpiresAt
	if from.Before(now) { // what has expired and was not reaped yet gets its time from now on
		from = now
	}
	expires := from.Add(by)
	if limit := in.CreatedAt.Add(in.MaxTTL); in.MaxTTL > 0 && expires.After(limit) {
		if limit.Sub(from) < time.Second {
			return in, fmt.Errorf("%s has the longest life that its definition allows: %s, until %s", name, Duration(in.MaxTTL), limit.Local().Format(time.DateTime))
		}
		return in, fmt.Errorf("%s may live until %s (max_ttl %s); %s more is too long\n  At most: maquette extend %s --by %s",
			name, limit.Local().Format(time.DateTime), Duration(in.MaxTTL), Duration(by), name, Duration(limit.Sub(from).Truncate(time.Second)))
	}
	op, err := l.begin(ctx, &in, "extend", nil)
	if err != nil {
		return in, err
	}
	in.ExpiresAt = expires
	return in, op.end(ctx, op.set(ctx, in.Status))
}

// Reaping is what happened to one instance that was due.
type Reaping struct {
	Instance Instance
	Why      string // "expired", "destroy failed before", "down was interrupted"
	Err      error  // nil: it is gone, or would be
}

// Due returns the instances that reap would take away, and why, in order of name: those whose time is over, and those
// of which a destroy has failed or was killed.
func (l *Lifecycle) Due(ctx context.Context) ([]Reaping, error) {
	all, err := l.Registry.Instances(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the registry: %w", err)
	}
	var due []Reaping
	for _, in := range all {
		holder, err := l.Locker.Holder(in.Name)
		if err != nil {
			return nil, fmt.Errorf("looking at the lock of %s: %w", in.Name, err)
		}
		if why := l.due(in); why != "" && holder == nil { // else somebody works on it
			due = append(due, Reaping{Instance: in, Why: why})
		}
	}
	return due, nil
}

// due says why an instance on which nobody works is to go; "" if it is not. A lasting environment never is: somebody was
// asked before it was to go, and whether that still holds they have to say.
func (l *Lifecycle) due(in Instance) string {
	switch {
	case in.ExpiresAt.IsZero():
		return ""
	case in.Status == DestroyFailed:
		return "destroy failed before"
	case in.Status == Destroying:
		return "down was interrupted"
	case !in.ExpiresAt.After(l.Now()):
		return "expired"
	}
	return ""
}

// Reap takes away what is due, some side by side. down makes the request for an instance.
func (l *Lifecycle) Reap(ctx context.Context, parallel int, down func(Instance) DownRequest) ([]Reaping, error) {
	due, err := l.Due(ctx)
	if err != nil {
		return nil, err
	}
	Parallel(len(due), parallel, func(i int) {
		req := down(due[i].Instance)
		// It may have been extended meanwhile.
		req.still = func(in Instance) bool { return l.due(in) != "" }
		due[i].Err = l.Down(ctx, req)
	})
	return due, nil
}

// Parallel calls do for 0 to n-1, at most limit at once, and returns when all are done.
func Parallel(n, limit int, do func(int)) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, max(limit, 1))
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	wg.Wait()
}

// Duration writes a duration without its zeros: "8h", "3d", "1h30m".
func Duration(d time.Duration) string {
	text := ""
	if days := d / (24 * time.Hour); days > 0 {
		text = strconv.Itoa(int(days)) + "d"
		if d %= 24 * time.Hour; d == 0 {
			return text
		}
	}
	short := d.String()
	if strings.HasSuffix(short, "m0s") {
		short = strings.TrimSuffix(short, "0s")
	}
	if strings.HasSuffix(short, "h0m") {
		short = strings.TrimSuffix(short, "0m")
	}
	return text + short
}
