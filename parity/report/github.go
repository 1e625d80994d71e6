package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/maquette/maquette/internal/plural"
	"github.com/maquette/maquette/parity"
)

// maxAnnotations is how many of each kind GitHub shows of a step.
const maxAnnotations = 10

// GitHub writes the report as workflow commands, which a GitHub runner shows
// as annotations of the files. Waived and known findings have none, and of the
// others there are no more than GitHub shows: how many are left out is said.
func GitHub(w io.Writer, r *parity.Report, _ Style) error {
	var buf bytes.Buffer
	b, c := names(r)
	word, says := claim(r, b, c)
	fmt.Fprintf(&buf, "Maquette: %s  %s\n", word, says)
	if since := changes(r); since != "" {
		fmt.Fprintf(&buf, "Maquette: %s\n", since)
	}
	kinds := []string{parity.Info: "notice", parity.Warning: "warning", parity.Error: "error"}
	written, left := make([]int, len(kinds)), make([]int, len(kinds))
	annotate := func(s parity.Severity, properties, message string) {
		if written[s] == maxAnnotations {
			left[s]++
			return
		}
		written[s]++
		fmt.Fprintf(&buf, "::%s %s::%s\n", kinds[s], properties, commandData.Replace(message))
	}
	for _, g := range r.Incomplete {
		annotate(parity.Error, "title=Missing evidence", shorten(clean(g.Source)+": "+clean(g.Reason), maxMessage))
	}
	for _, f := range r.Findings {
		if f.Waiver != nil || f.Known {
			continue
		}
		at := location(r, f)
		annotate(f.Severity,
			fmt.Sprintf("file=%s,line=%d,col=%d,title=%s", commandProperty.Replace(at.File), at.Line, at.Column, commandProperty.Replace(clean(f.Rule))),
			shorten(told(f), 2*maxMessage))
	}
	if left[parity.Error]+left[parity.Warning]+left[parity.Info] > 0 {
		fmt.Fprintf(&buf, "Maquette: %s, %s and %s more, of which GitHub would show no annotation: the step's summary has them\n",
			plural.Count(left[parity.Error], "error"), plural.Count(left[parity.Warning], "warning"), plural.Count(left[parity.Info], "info"))
	}
	if note := leftOut(r); note != "" {
		fmt.Fprintf(&buf, "Maquette: %s\n", note)
	}
	_, err := w.Write(buf.Bytes())
	return err
}

// What ends a workflow command's message, and the value of its property.
var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
