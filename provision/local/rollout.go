package local

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/maquette/maquette/provision/local/wire"
)

// rollout makes the members be as the next spec says. What is too many goes, what is missing comes, and then those that
// run in another way are replaced, each when the one before it is ready. It ends early when its context does.
func (s *supervisor) rollout(ctx context.Context, next spec) {
	var surplus, kept []*member
	for _, m := range s.members { // nobody else changes them
		if m.Member < len(next.Ports) {
			kept = append(kept, m)
		} else {
			surplus = append(surplus, m)
		}
	}
	s.change(func() { s.spec, s.settled, s.problem, s.culprit = next, false, "", 0 })
	s.say("generation %d: %d members", next.Generation, len(next.Ports))
	s.stop(surplus)

	have := map[int]*member{}
	for _, m := range kept {
		have[m.Member] = m
	}
	members := make([]*member, len(next.Ports))
	var fresh, old []int
	for i := range members {
		switch m := have[i]; {
		case m == nil:
			members[i] = s.newMember(&next, i)
			fresh = append(fresh, i)
		default:
			members[i] = m
			if !m.spec.sameMember(&next, i) || m.down() {
				old = append(old, i)
			}
		}
	}
	s.change(func() { s.members = members })
	for _, m := range members {
		m.serve(next.Balancer)
	}
	for _, i := range fresh {
		members[i].start()
	}
	err := s.ready(ctx, members, fresh, next)
	for _, i := range old {
		if err != nil {
			break
		}
		s.stop(members[i : i+1])
		replacement := s.newMember(&next, i)
		replacement.serve(next.Balancer)
		s.change(func() { members[i] = replacement })
		replacement.start()
		err = s.ready(ctx, members, []int{i}, next)
	}
	if err == nil { // also those that were only left alone
		all := make([]int, len(members))
		for i := range all {
			all[i] = i
		}
		err = s.ready(ctx, members, all, next)
	}
	if ctx.Err() != nil {
		return // another spec has come, or the end
	}
	s.change(func() {
		s.settled = true
		var failed *memberError
		if errors.As(err, &failed) {
			s.problem, s.culprit = failed.Error(), failed.member
		}
	})
	if err != nil {
		s.say("generation %d failed: %s", next.Generation, err)
	}
}

// memberError says why a member is not ready.
type memberError struct {
	member int
	text   string
}

func (e *memberError) Error() string { return e.text }

// ready waits until the members of these numbers are ready, and gives up when their time is over, or one of them will
// not be started again.
func (s *supervisor) ready(ctx context.Context, members []*member, numbers []int, in spec) error {
	limit, cancel := context.WithTimeout(ctx, in.Start)
	defer cancel()
	var late *member
	err := s.await(limit, func() (bool, error) {
		late = nil
		for _, i := range numbers {
			m := members[i]
			if m.hopeless || m.State == wire.StateFailed {
				return false, &memberError{i, fmt.Sprintf("member %d has failed: %s", i, m.Exit)}
			}
			if !m.Ready() && late == nil {
				late = m
			}
		}
		return late == nil, nil
	})
	if err == nil || ctx.Err() != nil || late == nil || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	text := fmt.Sprintf("member %d is %s and not ready after %s", late.Member, late.State, in.Start)
	if late.Reason != "" {
		text += ": " + late.Reason
	}
	if late.Exit != "" {
		text += fmt.Sprintf("; it was restarted %d times, and has ended the last time with: %s", late.Restarts, late.Exit)
	}
	return &memberError{late.Member, text}
}

// stop ends members, all at once, and returns when nothing of them is left.
func (s *supervisor) stop(members []*member) {
	var all sync.WaitGroup
	for _, m := range members {
		all.Go(m.stop)
	}
	all.Wait()
}
