package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
)

// maxSummary is from what size on GitHub throws the summary of a step away.
const maxSummary = 1 << 20

// stepSummary appends a report to the summary of the GitHub Actions step that we run in, if there is one: annotations are
// few, and it has the rest.
func stepSummary(rep *parity.Report, errOut io.Writer) (err error) {
	name := os.Getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing the step's summary %s, as $GITHUB_STEP_SUMMARY says: %w", name, reason(err))
		}
	}()
	var buf bytes.Buffer
	if err := report.Markdown(&buf, rep, report.Style{}); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size()+int64(buf.Len()) > maxSummary {
		fmt.Fprintln(errOut, "note: the step's summary has no room for this report: GitHub takes 1 MiB of a step")
		return f.Close()
	}
	if err == nil {
		_, err = f.Write(buf.Bytes())
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}
