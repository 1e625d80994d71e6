package parity

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// ReportSchema names the form of the report.
const ReportSchema = "maquette/report/v1"

// Verdict is what a report claims.
type Verdict string

// The verdicts.
const (
	Pass       Verdict = "pass"
	Fail       Verdict = "fail"
	Incomplete Verdict = "incomplete" // evidence was missing, so nothing is claimed
)

// Report is the answer: is the candidate the baseline, up to scale and names?
type Report struct {
	Schema     string                `json:"schema"`
	Baseline   Side                  `json:"baseline"`
	Candidate  Side                  `json:"candidate"`
	Verdict    Verdict               `json:"verdict"`
	Score      float64               `json:"score"` // 0 to 1, the mean of the dimensions'
	FailOn     Severity              `json:"fail_on"`
	Scale      ScaleUsed             `json:"scale"`
	Dimensions map[string]*Dimension `json:"dimensions"`
	Tiers      []Tier                `json:"tiers"`
	Findings   []Finding             `json:"findings"`
	// Mended are findings of an earlier report (see Finding.Known) that are here no more.
	Mended []Finding `json:"mended,omitempty"`
	// Ignored is what the policy has taken out.
	Ignored []Ignored `json:"ignored,omitempty"`
	Summary Summary   `json:"summary"`
	// Cut are those of the summary's that Findings leaves out, because there are too many;
	// nil where it has all.
	Cut        *Summary `json:"cut,omitempty"`
	Incomplete []Gap    `json:"incomplete"`
	// Custom is how the rules of users' own went, in order of their IDs.
	Custom []CustomResult `json:"custom,omitempty"`
	// Uncompared counts, by type, resources of which no attribute was compared.
	Uncompared map[string]int `json:"uncompared"`
	// Unresolved counts references to things outside of both environments,
	// which were taken for equal; Unknown counts attributes that a plan does
	// not know before it is applied.
	Unresolved int `json:"unresolved"`
	Unknown    int `json:"unknown"`
}

// Side is one of the two environments.
type Side struct {
	Name       string   `json:"name"`
	Sources    []string `json:"sources"`
	Resources  int      `json:"resources"`
	ObservedAt *string  `json:"observed_at"`
}

// ScaleUsed is the scale that members were judged by.
type ScaleUsed struct {
	Declared *string `json:"declared"`
	Observed float64 `json:"observed"` // weighted median of the tiers' ratios, 0 where there is none
	Minimum  int     `json:"minimum"`
}

// Dimension is how much was compared in one respect, and how much of it
// differs by more than an info.
type Dimension struct {
	Compared  int     `json:"compared"`
	Different int     `json:"different"`
	Score     float64 `json:"score"`
}

// Tier is one role, as both environments play it.
type Tier struct {
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	Baseline  *TierSide `json:"baseline"`  // null: the baseline has no such tier
	Candidate *TierSide `json:"candidate"` // null: the candidate has none
	Expected  struct {
		Members int `json:"members"`
	} `json:"expected"`
	Status string `json:"status"` // ok, one-box, missing, proportion, extra, unknown
}

// TierSide is a tier in one environment.
type TierSide struct {
	Address string `json:"address"`
	Members int    `json:"members"` // -1: not known
	Size    string `json:"size"`
	Zones   int    `json:"zones"` // 0: not known
}

// Finding is one judged difference.
type Finding struct {
	ID        string   `json:"id"` // of rule, subject and path; the same from run to run
	Rule      string   `json:"rule"`
	Severity  Severity `json:"severity"`
	Dimension string   `json:"dimension"`
	Tier      *string  `json:"tier"` // null where it is no tier's alone
	Subject   Subject  `json:"subject"`
	Path      string   `json:"path"`
	Baseline  any      `json:"baseline"` // string, number, bool or null
	Candidate any      `json:"candidate"`
	Message   string   `json:"message"`
	Help      string   `json:"help"`
	Waiver    *Waiver  `json:"waiver"`
	// Known says that the earlier report which this one is held against has
	// the finding as well: it does not fail.
	Known bool `json:"known,omitempty"`
	// Location is where whoever mends it would look first; nil where nobody
	// has said.
	Location *Location `json:"location,omitempty"`
	// Remedy is the change that is certain to mend it; nil where none is.
	Remedy *Remedy `json:"remedy,omitempty"`

	key string // canonical subject
}

// Remedy is a change of one value in a file of the user's.
type Remedy struct {
	Set  string `json:"set"`  // as "scale.tier.web.members", or "database.engine_version" for a variable of Terraform's
	From string `json:"from"` // in HCL, as the file has it
	To   string `json:"to"`   // in HCL
	File string `json:"file"` // as of Location
	Line int    `json:"line"` // from 1
}

// String is what to do.
func (r Remedy) String() string { return "set " + r.Set + " = " + r.To }

// Location is a place in a file of the user's: a definition, or Terraform's.
type Location struct {
	File   string `json:"file"` // relative to the top of the git work tree, or else to where the command runs; with slashes
	Line   int    `json:"line"` // from 1
	Column int    `json:"column"`
}

// Subject is what a finding is about, by its address in each environment; ""
// (null in JSON) where it has none.
type Subject struct {
	Baseline  string
	Candidate string
}

// MarshalJSON writes absent addresses as null.
func (s Subject) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Baseline  *string `json:"baseline"`
		Candidate *string `json:"candidate"`
	}{optional(s.Baseline), optional(s.Candidate)})
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Waiver is a finding's acceptance.
type Waiver struct {
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"`
}

// Summary counts findings.
type Summary struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Info    int `json:"info"`
	Waived  int `json:"waived"`
}

// findingID is a digest of what a finding is about, never of values.
func findingID(rule, subject, path string) string {
	sum := sha256.Sum256([]byte(rule + "\x00" + subject + "\x00" + path))
	return hex.EncodeToString(sum[:6])
}

func (s *Summary) count(f Finding) {
	switch {
	case f.Waiver != nil:
		s.Waived++
	case f.Severity == Error:
		s.Error++
	case f.Severity == Warning:
		s.Warning++
	default:
		s.Info++
	}
}

// atLeast is how many of those that are not waived have a severity.
func (s *Summary) atLeast(least Severity) int {
	n := 0
	for severity, count := range []int{Info: s.Info, Warning: s.Warning, Error: s.Error} {
		if Severity(severity) >= least {
			n += count
		}
	}
	return n
}

// conclude fills in the scores and the verdict.
func (r *Report) conclude(failOn Severity) {
	r.FailOn = failOn
	n, sum := 0, 0.0
	for _, name := range Dimensions {
		d := r.Dimensions[name]
		d.Compared = max(d.Compared, d.Different)
		d.Score = 1
		if d.Compared > 0 {
			d.Score = round(1-float64(d.Different)/float64(d.Compared), 4)
			sum += d.Score
			n++
		}
	}
	r.Score = 1
	if n > 0 {
		r.Score = round(sum/float64(n), 4)
	}
	r.judge()
}

// judge sets the verdict. What is waived or known does not fail.
func (r *Report) judge() {
	r.Verdict = Pass
	for _, f := range r.Findings {
		if f.Waiver == nil && !f.Known && f.Severity >= r.FailOn {
			r.Verdict = Fail
		}
	}
	if r.Cut != nil && r.Cut.atLeast(r.FailOn) > 0 {
		r.Verdict = Fail
	}
	if len(r.Incomplete) > 0 {
		r.Verdict = Incomplete
	}
}
