package report

import (
	"encoding/json"
	"io"

	"github.com/maquette/maquette/parity/history"
)

// TrendRenderer writes what became of environments over time.
type TrendRenderer func(w io.Writer, t history.Trends, s Style) error

// TrendFormats returns the names of the formats of trends.
func TrendFormats() []string { return []string{"text", "json", "html"} }

// TrendFor returns the renderer of a format of trends, nil where there is none.
func TrendFor(format string) TrendRenderer {
	switch format {
	case "text":
		return TrendText
	case "json":
		return TrendJSON
	case "html":
		return TrendHTML
	}
	return nil
}

// TrendJSON writes maquette/trend/v1.
func TrendJSON(w io.Writer, t history.Trends, _ Style) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(t)
}
