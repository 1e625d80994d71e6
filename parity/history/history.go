// Package history keeps what came of each comparison, and tells what became of it over time.
//
// A history is lines of JSON, one a run (maquette/history/v1): it can be appended to, merged and committed. It holds no
// value of any attribute. This package reads and writes streams; which files they are, and what time it is, its caller says.
package history

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/maquette/maquette/parity"
)

// Schema names the form of a line.
const Schema = "maquette/history/v1"

// MaxLine is how long a line may be, in bytes. A run of 100,000 findings is shorter.
const MaxLine = 16 << 20

// Run is what a history keeps of one report.
type Run struct {
	Schema    string         `json:"schema"`
	At        time.Time      `json:"at"` // UTC, to the millisecond: two runs are never of one line
	Baseline  string         `json:"baseline"`
	Candidate string         `json:"candidate"`
	Commit    string         `json:"commit,omitzero"` // of whoever ran it
	Only      []string       `json:"only,omitempty"`  // what it was limited to, sorted: runs that judged other things
	Skip      []string       `json:"skip,omitempty"`  // cannot be compared
	Verdict   parity.Verdict `json:"verdict"`
	Score     float64        `json:"score"` // 0 to 1
	// Dimensions has the score, 0 to 1, of each dimension in which anything was compared.
	Dimensions map[string]float64 `json:"dimensions"`
	Summary    parity.Summary     `json:"summary"`
	Findings   []Finding          `json:"findings"`
	Cut        bool               `json:"cut,omitzero"` // the summary counts more than the findings
}

// Finding is what a history keeps of a finding: what it is about, and never a value.
type Finding struct {
	ID       string          `json:"id"`
	Rule     string          `json:"rule"`
	Severity parity.Severity `json:"severity"`
	Subject  string          `json:"subject"` // address in the candidate; in the baseline where the candidate has none
	Path     string          `json:"path,omitzero"`
	Waived   bool            `json:"waived,omitzero"`
}

// Of is what a history keeps of a report. Only and skip are what its judging was limited to; commit may be "".
func Of(r *parity.Report, at time.Time, commit string, only, skip []string) Run {
	run := Run{
		Schema: Schema, At: at.UTC().Truncate(time.Millisecond), Commit: commit,
		Baseline: nameOf(r.Baseline), Candidate: nameOf(r.Candidate), Only: sorted(only), Skip: sorted(skip),
		Verdict: r.Verdict, Score: r.Score, Summary: r.Summary,
		Dimensions: map[string]float64{}, Findings: make([]Finding, 0, len(r.Findings)), Cut: r.Cut != nil,
	}
	for name, d := range r.Dimensions {
		if d.Compared > 0 {
			run.Dimensions[name] = d.Score
		}
	}
	for _, f := range r.Findings {
		subject := f.Subject.Candidate
		if subject == "" {
			subject = f.Subject.Baseline
		}
		run.Findings = append(run.Findings, Finding{f.ID, f.Rule, f.Severity, subject, f.Path, f.Waiver != nil})
	}
	return run
}

// nameOf is an environment's name, or what it was read from, wherever that is.
func nameOf(side parity.Side) string {
	if side.Name == "" && len(side.Sources) > 0 {
		return path.Base(strings.ReplaceAll(side.Sources[0], `\`, "/"))
	}
	return side.Name
}

func sorted(words []string) []string { return slices.Compact(slices.Sorted(slices.Values(words))) }

// Line is the run as a line of a history, with its end.
func (r Run) Line() ([]byte, error) {
	// Addresses are other people's: what is no UTF-8 in them is replaced, and costs no run.
	line, err := json.Marshal(r, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("writing a run down: %w", err)
	}
	if len(line) > MaxLine {
		return nil, fmt.Errorf("writing a run down: its %d findings take more than %d bytes; limit it with --only or --skip", len(r.Findings), MaxLine)
	}
	return append(line, '\n'), nil
}

// FileName is the name of the file for the runs of a pair, such as production--staging.jsonl. Different pairs have
// different names, also where upper and lower case are one.
func FileName(baseline, candidate string) string {
	return slug(baseline) + "--" + slug(candidate) + ".jsonl"
}

// slug is a name as part of a file's: a name that has to be changed for that ends in a digest of it.
func slug(name string) string {
	const most = 60
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '_'
	}, name)
	safe = strings.TrimLeft(safe[:min(len(safe), most)], ".-")
	if safe == name && name != "" && !strings.Contains(name, "--") {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return safe + "~" + hex.EncodeToString(sum[:4])
}

// Problem is a line that is no run.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"` // from 1
	Reason string `json:"reason"`
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Reason) }

// Read reads the runs of a file, in its order; file is its name for problems. A line that cannot be read costs no other
// one: it is told as a problem. A line that is there twice, as after a merge, counts once. The error is the reader's.
func Read(file string, from io.Reader) ([]Run, []Problem, error) {
	var runs []Run
	var problems []Problem
	seen := map[[sha256.Size]byte]bool{}
	in := bufio.NewReaderSize(from, 64<<10)
	for number := 1; ; number++ {
		line, whole, err := readLine(in)
		if err != nil && err != io.EOF {
			return nil, nil, fmt.Errorf("reading %s: %w", file, err)
		}
		if digest := sha256.Sum256(line); len(line) > 0 && !seen[digest] {
			seen[digest] = true
			if run, reason := parse(line, whole); reason == nil {
				runs = append(runs, run)
			} else {
				problems = append(problems, Problem{file, number, reason.Error()})
			}
		}
		if err == io.EOF {
			return runs, problems, nil
		}
	}
}

// readLine returns the next line without its end, and whether it had one. Of a line that is too long it returns just
// more than is allowed.
func readLine(in *bufio.Reader) (line []byte, whole bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if room := MaxLine + 2 - len(line); room > 0 {
			line = append(line, part[:min(len(part), room)]...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		return bytes.TrimRight(line, "\r\n"), err == nil, err
	}
}

func conflict(line []byte) bool {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	return false
}

// parse reads a line; whole says that it has an end.
func parse(line []byte, whole bool) (Run, error) {
	var head struct {
		Schema string `json:"schema"`
	}
	switch {
	case len(line) > MaxLine:
		return Run{}, fmt.Errorf("longer than %d bytes", MaxLine)
	case conflict(line):
		return Run{}, errors.New("a merge conflict that nobody has resolved: keep the lines of both sides")
	}
	if err := json.Unmarshal(line, &head); err != nil {
		if !whole {
			return Run{}, errors.New("cut short, as by a crash or a full disk")
		}
		return Run{}, fmt.Errorf("no run: %.200v", err)
	}
	if head.Schema != Schema {
		return Run{}, fmt.Errorf("of the form %.60q, which this maquette does not read; it reads %s", head.Schema, Schema)
	}
	var run Run
	if err := json.Unmarshal(line, &run); err != nil {
		return Run{}, fmt.Errorf("no run: %.200v", err)
	}
	return run, run.check()
}

// check says what makes a run none.
func (r Run) check() error {
	switch {
	case r.At.IsZero():
		return errors.New("no run: it has no time (at)")
	case r.Baseline == "" || r.Candidate == "":
		return errors.New("no run: it says not what was compared (baseline, candidate)")
	case r.Verdict != parity.Pass && r.Verdict != parity.Fail && r.Verdict != parity.Incomplete:
		return fmt.Errorf("no run: %.60q is no verdict", r.Verdict)
	case !share(r.Score):
		return fmt.Errorf("no run: the score %v is not from 0 to 1", r.Score)
	}
	for name, score := range r.Dimensions {
		if !share(score) {
			return fmt.Errorf("no run: the score %v of %.60q is not from 0 to 1", score, name)
		}
	}
	for _, f := range r.Findings {
		if f.ID == "" || f.Rule == "" {
			return errors.New("no run: a finding has no id or no rule")
		}
	}
	return nil
}

func share(x float64) bool { return x >= 0 && x <= 1 }
