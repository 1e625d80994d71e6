package parity

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// MaxReport is how large a report in JSON may be that is read, in bytes.
const MaxReport = 64 << 20

// ReadReport reads a report in JSON, as maquette/report/v1 has it. What is anything else is an error.
func ReadReport(data []byte) (*Report, error) {
	if len(data) > MaxReport {
		return nil, fmt.Errorf("it is larger than %d MiB", MaxReport>>20)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("it is no JSON report: %w", err)
	}
	if head.Schema != ReportSchema {
		return nil, fmt.Errorf("its schema is %q, and not %s: it has to be written with --output json=FILE", head.Schema, ReportSchema)
	}
	r := &Report{}
	if err := json.Unmarshal(data, r, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("it is no whole report: %w", err)
	}
	return r, r.valid()
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Subject) UnmarshalJSON(data []byte) error {
	var read struct {
		Baseline  *string `json:"baseline"`
		Candidate *string `json:"candidate"`
	}
	if err := json.Unmarshal(data, &read, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	*s = Subject{deref(read.Baseline), deref(read.Candidate)}
	return nil
}

var idForm = lazyregexp.New(`^[0-9a-f]{12}$`)

// valid looks for what a report must have so that others can be held against it.
func (r *Report) valid() error {
	if r.Findings == nil || r.Tiers == nil {
		return errors.New("it is no whole report: findings or tiers are missing")
	}
	for _, name := range Dimensions {
		if r.Dimensions[name] == nil {
			return fmt.Errorf("it is no whole report: the dimension %s is missing", name)
		}
	}
	switch r.Verdict {
	case Pass, Fail, Incomplete:
	default:
		return fmt.Errorf("it is no report: %q is no verdict", r.Verdict)
	}
	seen := map[string]bool{}
	for i, f := range r.Findings {
		switch {
		case !idForm.MatchString(f.ID):
			return fmt.Errorf("its finding %d has the id %q, which none has", i+1, f.ID)
		case seen[f.ID]:
			return fmt.Errorf("its finding %d has the id %s, which another has already", i+1, f.ID)
		case !strings.Contains(f.Rule, "/") || strings.ContainsAny(f.Rule, `*?[\`): // a waiver of it would be one of all
			return fmt.Errorf("its finding %s is of the rule %q, which none is called", f.ID, f.Rule)
		}
		for _, value := range []any{f.Baseline, f.Candidate} {
			switch value.(type) {
			case nil, string, float64, bool:
			default:
				return fmt.Errorf("its finding %s has a value that is no text, number or truth value", f.ID)
			}
		}
		seen[f.ID] = true
	}
	return nil
}

// Against holds a report against an earlier one of the same two environments: what that has as well is Known and does not
// fail, and what is here no more is Mended. Of a finding that has become more severe, or whose waiver is gone, is not
// said that it is known. The options are those of this report.
func (r *Report) Against(earlier *Report, opt Options) error {
	if r.Baseline.Name != earlier.Baseline.Name || r.Candidate.Name != earlier.Candidate.Name {
		return fmt.Errorf("it is of %s and %s, and not of %s and %s",
			side(earlier.Baseline), side(earlier.Candidate), side(r.Baseline), side(r.Candidate))
	}
	before := make(map[string]Finding, len(earlier.Findings))
	for _, f := range earlier.Findings {
		before[f.ID] = f
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		was, found := before[f.ID]
		f.Known = found && f.Severity <= was.Severity && (was.Waiver == nil || f.Waiver != nil)
		delete(before, f.ID)
	}
	j := judge{opt: opt, report: r}
	for _, f := range earlier.Findings {
		// What was not looked at is not mended, nor what may be among those that are not listed.
		if _, gone := before[f.ID]; gone && len(r.Incomplete) == 0 && r.Cut == nil && j.wanted(f.Rule, f.Dimension) && !j.isIgnored(f) {
			f.Known = false
			r.Mended = append(r.Mended, f)
		}
	}
	r.judge()
	return nil
}

func side(s Side) string {
	if s.Name == "" {
		return "an environment without a name"
	}
	return s.Name
}
