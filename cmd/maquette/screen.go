package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fatih/color"

	"github.com/maquette/maquette/provision"
)

// screen shows what Terraform does to one or more instances: a line for what is done, and on a terminal below them one
// that moves, with what is being worked on and for how long.
type screen struct {
	w    io.Writer
	live bool // a terminal

	mu     sync.Mutex
	parts  []*instanceScreen
	shown  bool // the moving line is there
	stop   chan struct{}
	ticker sync.WaitGroup
	unheed func() bool // does not heed the user's stop any more
}

func newScreen(ctx context.Context, w io.Writer) *screen {
	s := &screen{w: w, live: isTerminal(w), stop: make(chan struct{})}
	s.unheed = context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.erase()
		fmt.Fprintln(s.w, "stopping: Terraform ends what it has begun; once more (Ctrl-C) stops waiting for it")
	})
	if s.live {
		s.ticker.Go(func() {
			tick := time.NewTicker(200 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-s.stop:
					return
				case <-tick.C:
					s.mu.Lock()
					s.draw()
					s.mu.Unlock()
				}
			}
		})
	}
	return s
}

// close ends the moving line.
func (s *screen) close() {
	s.unheed()
	close(s.stop)
	s.ticker.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
}

// instanceScreen is what is known of the work on one instance.
type instanceScreen struct {
	*screen
	prefix  string
	phase   string
	since   time.Time            // of the phase
	working map[string]time.Time // resources by address
	planned int
	ended   int
	paused  bool
}

// instance makes room for one. Its lines begin with its name where there are several.
func (s *screen) instance(name string, several bool) *instanceScreen {
	part := &instanceScreen{screen: s, working: map[string]time.Time{}, since: time.Now()}
	if several {
		part.prefix = name + "  "
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = append(s.parts, part)
	return part
}

// done takes it off the screen.
func (p *instanceScreen) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.parts = slices.DeleteFunc(p.parts, func(other *instanceScreen) bool { return other == p })
}

// pause keeps the moving line away while the user is asked something, until the next event.
func (p *instanceScreen) pause() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.paused = true
}

// quiet shows no line for what is planned: the caller prints the plan.
func (p *instanceScreen) quiet(e provision.Event) {
	if e.Kind == provision.EventPhase || e.Kind == provision.EventNote || e.Kind == provision.EventDiagnostic && e.Severity == "warning" {
		p.event(e)
	}
}

// event shows one step.
func (p *instanceScreen) event(e provision.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = false
	switch e.Kind {
	case provision.EventPhase:
		p.phase, p.since = e.Message, time.Now()
		if e.Message == "planning" { // once more, after the question
			p.planned = 0
		}
		if !p.live {
			p.line("%s", e.Message)
		}
	case provision.EventPlanned:
		p.planned++
	case provision.EventStart:
		p.working[e.Address] = time.Now()
	case provision.EventComplete:
		delete(p.working, e.Address)
		p.ended++
		sign := signs[e.Action]
		p.line("%s %s %s%s", paint(p.w, sign.colour, sign.sign), e.Address, sign.done, elapsed(e.Elapsed))
	case provision.EventErrored:
		delete(p.working, e.Address)
		p.line("%s %s failed%s", paint(p.w, color.FgRed, "!"), e.Address, elapsed(e.Elapsed))
	case provision.EventNote:
		p.line("%s %s", paint(p.w, color.FgYellow, "note:"), e.Message)
	case provision.EventDiagnostic:
		if e.Severity == "warning" { // errors are in the error that ends it
			p.line("%s %s", paint(p.w, color.FgYellow, "warning:"), e.Message)
		}
	}
	p.draw()
}

func elapsed(d time.Duration) string {
	if d < time.Second {
		return ""
	}
	return fmt.Sprintf(" (%s)", d.Round(time.Second))
}

// line writes a line that stays.
func (p *instanceScreen) line(format string, args ...any) {
	p.erase()
	fmt.Fprintf(p.w, "  %s%s\n", p.prefix, fmt.Sprintf(format, args...))
}

// draw writes the moving line anew.
func (s *screen) draw() {
	if !s.live || len(s.parts) == 0 {
		return
	}
	s.erase()
	var words []string
	for _, p := range s.parts {
		if p.paused {
			return
		}
		if p.phase != "" {
			words = append(words, p.prefix+p.status())
		}
	}
	if len(words) == 0 {
		return
	}
	text := strings.Join(words, " | ")
	if len([]rune(text)) > 78 {
		text = string([]rune(text)[:77]) + "…"
	}
	fmt.Fprintf(s.w, "\r%s", text)
	s.shown = true
}

func (s *screen) erase() {
	if s.shown {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.shown = false
	}
}

// status is one instance in a few words: the phase, how much is done, and what has been worked on longest.
func (p *instanceScreen) status() string {
	text := fmt.Sprintf("%s %ds", p.phase, int(time.Since(p.since).Seconds()))
	if p.planned > 0 {
		text += fmt.Sprintf(", %d of %d", min(p.ended, p.planned), p.planned)
	}
	if len(p.working) > 0 {
		addresses := slices.SortedFunc(maps.Keys(p.working), func(a, b string) int {
			if c := p.working[a].Compare(p.working[b]); c != 0 {
				return c
			}
			return strings.Compare(a, b)
		})
		text += fmt.Sprintf(", %s %ds", addresses[0], int(time.Since(p.working[addresses[0]]).Seconds()))
		if more := len(addresses) - 1; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	return text
}
