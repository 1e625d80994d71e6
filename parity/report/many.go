package report

import (
	"fmt"
	"io"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
)

// ManySchema names the form of several reports in one document.
const ManySchema = "maquette/reports/v1"

// ManyRenderer writes several reports as one.
type ManyRenderer func(w io.Writer, rs []*parity.Report, s Style) error

// ManyFormats returns the names of the formats that several reports have.
func ManyFormats() []string { return []string{"text", "json"} }

// ForMany returns the renderer of a format, nil where there is none.
func ForMany(format string) ManyRenderer {
	switch format {
	case "text":
		return manyText
	case "json":
		return manyJSON
	}
	return nil
}

// Worst is the verdict on all: fail, where any fails, else incomplete, where evidence of any was missing.
func Worst(rs []*parity.Report) parity.Verdict {
	worst := parity.Pass
	for _, r := range rs {
		if r.Verdict == parity.Fail || worst == parity.Pass {
			worst = r.Verdict
		}
	}
	return worst
}

func manyJSON(w io.Writer, rs []*parity.Report, _ Style) error {
	reports, err := pieces("reports", rs, 1)
	if err != nil {
		return err
	}
	return writeFramed(w, struct {
		Schema  string           `json:"schema"`
		Verdict parity.Verdict   `json:"verdict"`
		Reports []*parity.Report `json:"reports"`
	}{ManySchema, Worst(rs), []*parity.Report{}}, reports)
}

func manyText(w io.Writer, rs []*parity.Report, s Style) error {
	counts := map[parity.Verdict]int{}
	for _, r := range rs {
		if err := Text(w, r, s); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
		counts[r.Verdict]++
	}
	_, err := fmt.Fprintf(w, "%s compared: %d pass, %d fail, %d incomplete\n",
		plural.Count(len(rs), "environment"), counts[parity.Pass], counts[parity.Fail], counts[parity.Incomplete])
	return err
}
