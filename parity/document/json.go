package document

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/maquette/maquette/parity"
)

func parseJSON(data []byte) (parity.Value, error) {
	dec := parity.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(false))
	dec.MaxDepth = maxNesting
	v, err := dec.Value()
	if err == nil {
		if _, err = dec.ReadToken(); err == nil {
			line, column := position(data, int(dec.InputOffset()))
			return v, errorAt(line, column, "One file holds one JSON value; write several as a list, or as YAML.", "something follows the JSON value")
		}
		if errors.Is(err, io.EOF) {
			return v, nil
		}
	}
	line, column := position(data, int(dec.InputOffset()))
	if errors.Is(err, parity.ErrTooDeep) {
		return v, tooDeep(line, column)
	}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return v, errorAt(line, column, "", "%w", err) // none that is known
	}
	line, column = position(data, int(syntax.ByteOffset))
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return v, duplicate(line, column, syntax.JSONPointer.LastToken())
	case errors.Is(err, io.ErrUnexpectedEOF):
		return v, errorAt(line, column, "It was cut short: fetch or write it again.", "it ends in the middle")
	}
	return v, errorAt(line, column, "JSON has neither comments nor commas at the end of a list; a file that has them may be YAML.",
		"%s", strings.TrimPrefix(syntax.Err.Error(), "jsontext: "))
}
