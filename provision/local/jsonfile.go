package local

import (
	"encoding/json"
	"os"

	"github.com/maquette/maquette/internal/atomicfile"
)

// writeJSON replaces a file at once, so that whoever reads it sees the old or the new one and never a part.
func writeJSON(path string, value any) error {
	data, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(path, append(data, '\n'))
}

// readJSON reads what writeJSON has written.
func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
