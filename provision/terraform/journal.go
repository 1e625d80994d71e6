package terraform

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

const journalFile = "journal.jsonl"

// journal keeps which resources Terraform works on, while it does: what was under way when it was killed may exist
// without being in its state. It holds addresses alone.
type journal struct {
	path string
	file *os.File
	err  error // of the first entry that could not be written
}

type journalEntry struct {
	Type    string `json:"type"` // "apply_start", "apply_complete", "apply_errored"
	Address string `json:"address"`
	Action  string `json:"action"`
}

func newJournal(dir string) (*journal, error) {
	path := filepath.Join(dir, journalFile)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &journal{path: path, file: file}, nil
}

// line takes a line of Terraform's machine-readable output.
func (j *journal) line(line []byte) {
	if j == nil || j.err != nil || !bytes.Contains(line, []byte(`"type":"apply_`)) {
		return
	}
	var m message
	if json.Unmarshal(line, &m) != nil || m.Type == "apply_progress" {
		return
	}
	entry, err := json.Marshal(journalEntry{Type: m.Type, Address: m.Hook.Resource.Address, Action: m.Hook.Action})
	if err == nil {
		_, err = j.file.Write(append(entry, '\n'))
	}
	j.err = err
}

// close drops the journal where Terraform has come to its own end: then its state tells everything.
func (j *journal) close(orderly bool) error {
	if j == nil {
		return nil
	}
	err := errors.Join(j.err, j.file.Close())
	if orderly {
		err = errors.Join(err, os.Remove(j.path))
	}
	return err
}

// unaccounted returns the addresses of the resources that were being made when Terraform was killed, or had been made,
// and that its state does not know. A last line that was cut short is left out.
func unaccounted(dir string, known []string) ([]string, error) {
	content, err := os.ReadFile(filepath.Join(dir, journalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	made := map[string]bool{}
	for line := range bytes.Lines(content) {
		var e journalEntry
		if json.Unmarshal(line, &e) != nil {
			continue
		}
		switch e.Action {
		case "create":
			made[e.Address] = true
		case "delete":
			if e.Type == "apply_complete" {
				delete(made, e.Address)
			}
		}
	}
	var addresses []string
	for address := range made {
		if !slices.Contains(known, address) {
			addresses = append(addresses, address)
		}
	}
	slices.Sort(addresses)
	return addresses, nil
}
