package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/maquette/maquette/parity"
)

// JUnit writes the report as JUnit XML, as Jenkins, GitLab and others show
// tests: a suite for each dimension, a case for each finding. Waived and known
// findings are skipped, infos and mended ones pass, missing evidence is an
// error.
func JUnit(w io.Writer, r *parity.Report, _ Style) error {
	doc := junitSuites{Name: "maquette " + pair(r)}
	for _, d := range parity.Dimensions {
		suite := junitSuite{Name: d}
		for _, f := range r.Findings {
			if f.Dimension == d {
				suite.add(junitFinding(r, f))
			}
		}
		for _, f := range r.Mended {
			if f.Dimension == d {
				suite.add(junitCase{Class: clean(f.Rule), Name: junitName(f), Out: pointer("mended: the earlier report has it")})
			}
		}
		// A dimension of which nothing was compared has passed no test.
		if x := r.Dimensions[d]; len(suite.Cases) == 0 && x.Compared > 0 {
			suite.add(junitCase{Class: d, Name: "no difference", Out: pointer(fmt.Sprintf("%d compared", x.Compared))})
		}
		doc.Suites = append(doc.Suites, suite)
	}
	if note := leftOut(r); note != "" {
		suite := junitSuite{Name: "findings"}
		cut := junitCase{Class: "cut", Name: "not listed", Out: &note}
		if r.Verdict != parity.Pass {
			cut.Out, cut.Failure = nil, &junitResult{Type: "cut", Message: note}
		}
		suite.add(cut)
		doc.Suites = append(doc.Suites, suite)
	}
	if len(r.Incomplete) > 0 {
		suite := junitSuite{Name: "evidence"}
		for _, g := range r.Incomplete {
			suite.add(junitCase{
				Class: "incomplete", Name: clean(g.Source),
				Error: &junitResult{Type: "incomplete", Message: clean(g.Reason)},
			})
		}
		doc.Suites = append(doc.Suites, suite)
	}
	for _, s := range doc.Suites {
		doc.Tests += s.Tests
		doc.Failures += s.Failures
		doc.Errors += s.Errors
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Time    string       `xml:"time,attr"`
	Failure *junitResult `xml:"failure"`
	Skipped *junitResult `xml:"skipped"`
	Error   *junitResult `xml:"error"`
	Out     *string      `xml:"system-out"`
}

type junitResult struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

func (s *junitSuite) add(c junitCase) {
	c.Time = "0" // what takes time is reading, and it is nobody's alone
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func pointer(s string) *string { return &s }

// junitName is the logical resource that a finding is about, and where in it.
func junitName(f parity.Finding) string {
	name := clean(f.Subject.Candidate)
	if name == "" {
		name = clean(f.Subject.Baseline)
	}
	if f.Path != "" {
		name = strings.TrimSpace(name + " " + clean(f.Path))
	}
	return cmp.Or(name, place(f))
}

func junitFinding(r *parity.Report, f parity.Finding) junitCase {
	c := junitCase{Class: clean(f.Rule), Name: junitName(f)}
	at := location(r, f)
	details := fmt.Sprintf("%s:%d: %s\n", at.File, at.Line, clean(f.Message))
	if f.Baseline != nil || f.Candidate != nil {
		details += value(f.Baseline) + " → " + value(f.Candidate) + "\n"
	}
	details += clean(f.Help)
	switch {
	case f.Waiver != nil:
		c.Skipped = &junitResult{Message: "waived: " + waiver(f.Waiver)}
	case f.Known:
		c.Skipped = &junitResult{Message: "known: the earlier report has it as well"}
		c.Out = &details
	case f.Severity > parity.Info:
		c.Failure = &junitResult{Type: f.Severity.String(), Message: clean(f.Message), Text: details}
	default:
		c.Out = &details
	}
	return c
}
