package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/provision"
)

// paint colours a text for where it is written to.
func paint(w io.Writer, attribute color.Attribute, text string) string {
	c := color.New(attribute)
	if colours(w) {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c.Sprint(text)
}

func bold(w io.Writer, text string) string { return paint(w, color.Bold, text) }
func good(w io.Writer, text string) string { return paint(w, color.FgGreen, text) }
func bad(w io.Writer, text string) string  { return paint(w, color.FgRed, text) }

// stateText colours what an instance's state says.
func stateText(w io.Writer, state string) string {
	switch state {
	case string(provision.Ready):
		return good(w, state)
	case string(provision.Failed), string(provision.DestroyFailed), "interrupted", "destroy-interrupted":
		return bad(w, state)
	}
	return paint(w, color.FgYellow, state)
}

// table aligns columns; colours have no width.
type table struct {
	w    io.Writer
	rows [][]string
}

func newTable(w io.Writer) *table { return &table{w: w} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

var colourCodes = lazyregexp.New("\x1b\\[[0-9;]*m")

func width(cell string) int {
	return utf8.RuneCountInString(colourCodes.ReplaceAllString(cell, ""))
}

func (t *table) flush() error {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		line := ""
		for i, cell := range row {
			line += cell
			if i < len(row)-1 {
				line += strings.Repeat(" ", widths[i]-width(cell)+2)
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	t.rows = nil
	_, err := io.WriteString(t.w, b.String())
	return err
}

func printJSON(w io.Writer, data any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(data); err != nil {
		return fmt.Errorf("printing the result: %w", err)
	}
	return nil
}

// instanceJSON is an instance as data. It holds no sensitive output.
type instanceJSON struct {
	Name        string            `json:"name"`
	ID          string            `json:"id"` // of this copy; its processes carry it
	Environment string            `json:"environment"`
	State       string            `json:"state"`
	Branch      string            `json:"branch,omitempty"`
	Commit      string            `json:"commit,omitempty"`
	Owner       string            `json:"owner"`
	URL         string            `json:"url,omitempty"`
	Outputs     map[string]any    `json:"outputs"`
	CreatedAt   *time.Time        `json:"created_at"`
	UpdatedAt   *time.Time        `json:"updated_at"`
	ExpiresAt   *time.Time        `json:"expires_at"` // null: never
	Holder      *provision.Holder `json:"holder,omitempty"`
	Error       string            `json:"error,omitempty"`
}

func viewJSON(v provision.View) instanceJSON {
	outputs := v.Outputs
	if outputs == nil {
		outputs = map[string]any{}
	}
	return instanceJSON{
		Name: v.Name, ID: v.ID, Environment: v.Environment, State: v.State, Branch: v.Branch, Commit: v.Commit, Owner: v.Owner,
		URL: v.URL, Outputs: outputs, CreatedAt: timeJSON(v.CreatedAt), UpdatedAt: timeJSON(v.UpdatedAt),
		ExpiresAt: timeJSON(v.ExpiresAt), Holder: v.Holder,
	}
}

func timeJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// resultJSON is what came of an operation on one instance; where it did not begin, the instance as it is.
func (o *opened) resultJSON(ctx context.Context, result *provision.UpResult, name string, err error) instanceJSON {
	data := instanceJSON{Name: name, Outputs: map[string]any{}}
	if result != nil {
		data = viewJSON(provision.View{Instance: result.Instance, State: string(result.Instance.Status)})
	} else if view, viewErr := o.lifecycle.View(ctx, name); viewErr == nil {
		data = viewJSON(view)
	}
	if err != nil {
		data.Error = err.Error()
	}
	return data
}

// expiryText says when, and how long that is from now.
func expiryText(at time.Time) string {
	left := time.Until(at)
	when := at.Local().Format("2006-01-02 15:04")
	if left <= 0 {
		return "expired, " + when
	}
	return "in " + span(left) + ", " + when
}

// span is a duration as people say it: of the two largest units.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < time.Hour:
		return provision.Duration(d.Round(time.Minute))
	case d < 10*time.Hour:
		return provision.Duration(d.Round(5 * time.Minute))
	case d < 48*time.Hour:
		return provision.Duration(d.Round(time.Hour))
	}
	return fmt.Sprintf("%dd", int(d.Round(24*time.Hour)/(24*time.Hour)))
}
