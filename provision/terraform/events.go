package terraform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/maquette/maquette/provision"
)

// message is one line of Terraform's machine-readable output. Each type of it has some of the parts.
type message struct {
	Message string `json:"@message"`
	Type    string `json:"type"`
	Change  struct {
		Resource resourceRef `json:"resource"`
		Action   string      `json:"action"`
	} `json:"change"`
	Hook struct {
		Resource resourceRef `json:"resource"`
		Action   string      `json:"action"`
		Elapsed  float64     `json:"elapsed_seconds"`
	} `json:"hook"`
	Changes struct {
		Add       int    `json:"add"`
		Change    int    `json:"change"`
		Remove    int    `json:"remove"`
		Operation string `json:"operation"` // "plan", "apply", "destroy"
	} `json:"changes"`
	Diagnostic *diagnostic             `json:"diagnostic"`
	Outputs    map[string]outputResult `json:"outputs"`
}

type resourceRef struct {
	Address string `json:"addr"`
}

type diagnostic struct {
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Address  string `json:"address"`
	Range    *struct {
		Filename string `json:"filename"`
		Start    struct {
			Line int `json:"line"`
		} `json:"start"`
	} `json:"range"`
}

type outputResult struct {
	Sensitive bool            `json:"sensitive"`
	Type      json.RawMessage `json:"type"`
	Value     json.RawMessage `json:"value"`
}

// voice passes on what Terraform says: as events to who listens, and as lines to the log. No secret passes it.
type voice struct {
	progress func(provision.Event)
	log      io.Writer
	mask     secretMask
	phased   string
}

func newVoice(job provision.Job) *voice {
	v := &voice{progress: job.Progress, log: job.Log, mask: newMask(job.Stack.Variables, &provision.Module{}, nil)}
	if v.log == nil {
		v.log = io.Discard
	}
	return v
}

func (v *voice) event(e provision.Event) {
	if v.progress == nil {
		return
	}
	e.Message, e.Detail, e.Address = v.mask.apply(e.Message), v.mask.apply(e.Detail), v.mask.apply(e.Address)
	v.progress(e)
}

// line writes to the log, whose failure must not keep Terraform from its work.
func (v *voice) line(text string) {
	text = v.mask.apply(strings.TrimRight(text, "\n"))
	_, _ = io.WriteString(v.log, text+"\n")
}

func (v *voice) phase(name string) {
	if v.phased != name {
		v.phased = name
		v.event(provision.Event{Kind: provision.EventPhase, Message: name})
	}
}

func (v *voice) note(text string) {
	v.line(text)
	v.event(provision.Event{Kind: provision.EventNote, Message: text})
}

// plain takes text that is meant for people.
func (v *voice) plain() io.Writer {
	return &lines{each: func(line []byte) { v.line(ansi.ReplaceAllString(string(line), "")) }}
}

// listener takes machine-readable output, and keeps what is to be known when Terraform has ended.
type listener struct {
	say         *voice
	source      string // of the user's: files are named as they are there
	changes     []provision.Change
	diagnostics []Diagnostic
	outputs     map[string]outputResult
	applied     bool // its outputs are those after an apply
}

// events of Terraform that are ours too.
var hookKinds = map[string]provision.EventKind{
	"apply_start": provision.EventStart, "apply_progress": provision.EventProgress,
	"apply_complete": provision.EventComplete, "apply_errored": provision.EventErrored,
}

// hear takes one line. What it does not know goes to the log.
func (l *listener) hear(line []byte) {
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		if text := strings.TrimSpace(string(line)); text != "" {
			l.say.line(text)
		}
		return
	}
	switch {
	case m.Type == "diagnostic" && m.Diagnostic != nil:
		d := l.diagnose(*m.Diagnostic)
		l.diagnostics = append(l.diagnostics, d)
		l.say.line(d.String())
		l.say.event(provision.Event{Kind: provision.EventDiagnostic, Severity: d.Severity, Message: d.Summary, Detail: d.Detail, Address: d.Address})
		return
	case m.Type == "planned_change":
		l.changes = append(l.changes, provision.Change{Address: m.Change.Resource.Address, Action: m.Change.Action})
		l.say.event(provision.Event{Kind: provision.EventPlanned, Address: m.Change.Resource.Address, Action: m.Change.Action})
	case hookKinds[m.Type] != "":
		l.say.phase("applying")
		l.say.event(provision.Event{
			Kind: hookKinds[m.Type], Address: m.Hook.Resource.Address, Action: m.Hook.Action,
			Elapsed: time.Duration(m.Hook.Elapsed * float64(time.Second)), Message: m.Message,
		})
	case m.Type == "change_summary":
		l.applied = m.Changes.Operation != "plan"
		l.say.event(provision.Event{
			Kind: provision.EventSummary, Message: m.Message, Action: m.Changes.Operation,
			Add: m.Changes.Add, Change: m.Changes.Change, Destroy: m.Changes.Remove,
		})
	case m.Type == "outputs" && l.applied:
		l.outputs = m.Outputs
	}
	if m.Message != "" {
		l.say.line(m.Message)
	} else if m.Type == "" {
		l.say.line(string(line))
	}
}

// lines calls a function with each line that is written, the last one too when it has no end and is flushed.
type lines struct {
	each func(line []byte)
	rest []byte
}

// Write never fails: terraform-exec would stop reading.
func (w *lines) Write(p []byte) (int, error) {
	for rest := p; ; {
		line, after, found := bytes.Cut(rest, []byte("\n"))
		if !found {
			w.rest = append(w.rest, rest...)
			return len(p), nil
		}
		w.each(append(w.rest, line...))
		w.rest, rest = w.rest[:0], after
	}
}

// flush takes a last line that was cut short.
func (w *lines) flush() {
	if len(w.rest) > 0 {
		w.each(w.rest)
		w.rest = nil
	}
}

func (l *listener) diagnose(d diagnostic) Diagnostic {
	mask := l.say.mask.apply
	out := Diagnostic{Severity: d.Severity, Summary: mask(d.Summary), Detail: mask(d.Detail), Address: mask(d.Address)}
	if d.Range != nil {
		out.File, out.Line = joinSource(l.source, d.Range.Filename), d.Range.Start.Line
	}
	return out
}

// String is the diagnostic as Terraform would print it, without frame and source.
func (d Diagnostic) String() string {
	var b strings.Builder
	title := "Error"
	if d.Severity == "warning" {
		title = "Warning"
	}
	fmt.Fprintf(&b, "%s: %s", title, d.Summary)
	for line := range strings.Lines(d.Detail) {
		if line = strings.TrimRight(line, " \n"); line != "" {
			b.WriteString("\n  " + line)
		}
	}
	switch {
	case d.File != "" && d.Address != "":
		fmt.Fprintf(&b, "\n  at %s:%d, in %s", d.File, d.Line, d.Address)
	case d.File != "":
		fmt.Fprintf(&b, "\n  at %s:%d", d.File, d.Line)
	case d.Address != "":
		fmt.Fprintf(&b, "\n  in %s", d.Address)
	}
	return b.String()
}
