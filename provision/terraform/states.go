package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/maquette/maquette/provision"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/maquette/maquette/internal/atomicfile"
	"github.com/maquette/maquette/internal/mask"
	"github.com/maquette/maquette/internal/plural"
)

const (
	stateFile  = "terraform.tfstate"
	statesDir  = "states" // copies of what Terraform has written to it
	keptCopies = 20
)

// state is what we read of Terraform's state, version 4.
type state struct {
	Version   int
	Serial    int64
	Lineage   string
	Outputs   map[string]stateOutput
	Resources []stateResource
}

type stateOutput struct {
	Value     json.RawMessage
	Type      json.RawMessage
	Sensitive bool
}

type stateResource struct {
	Module, Mode, Type, Name string
	Provider                 string
	Instances                []struct {
		IndexKey any `json:"index_key"`
	}
}

// errBroken says that a state is empty or cut short: its writer was killed. A state without resources is neither.
var errBroken = errors.New("it is empty or cut short, as a kill leaves it")

func parseState(content []byte) (*state, error) {
	var s state
	if json.Unmarshal(content, &s) != nil || s.Version == 0 {
		return nil, errBroken
	}
	if s.Version != 4 {
		return nil, fmt.Errorf("it is of version %d, and only 4 is known", s.Version)
	}
	return &s, nil
}

// readState returns nil where there is no file.
func readState(path string) (*state, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	s, err := parseState(content)
	if err != nil {
		return nil, fmt.Errorf("the state %s: %w", path, err)
	}
	return s, nil
}

// addresses returns those of all managed resources, in order.
func (s *state) addresses() []string {
	var all []string
	if s == nil {
		return nil
	}
	for _, r := range s.Resources {
		if r.Mode != "managed" {
			continue
		}
		address := r.Type + "." + r.Name
		if r.Module != "" {
			address = r.Module + "." + address
		}
		for _, i := range r.Instances {
			switch key := i.IndexKey.(type) {
			case string:
				all = append(all, address+"["+`"`+mask.QuoteHCL(key)+`"`+"]")
			case float64:
				all = append(all, fmt.Sprintf("%s[%d]", address, int64(key)))
			default:
				all = append(all, address)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all) // deposed objects have their resource's address
}

func (s *state) outputs() (map[string]provision.OutputValue, error) {
	outputs := map[string]provision.OutputValue{}
	if s == nil {
		return outputs, nil
	}
	for name, o := range s.Outputs {
		value, err := decodeOutput(o.Type, o.Value)
		if err != nil {
			return nil, fmt.Errorf("output %s in the state: %w", name, err)
		}
		outputs[name] = provision.OutputValue{Value: value, Sensitive: o.Sensitive}
	}
	return outputs, nil
}

// decodeOutput reads a value in Terraform's JSON. The error must not show it.
func decodeOutput(kind, value json.RawMessage) (cty.Value, error) {
	t, err := ctyjson.UnmarshalType(kind)
	if err != nil {
		return cty.NilVal, err
	}
	v, err := ctyjson.Unmarshal(value, t)
	if err != nil {
		return cty.NilVal, fmt.Errorf("its value is not of its type, %s", t.FriendlyName())
	}
	return v, nil
}

// copier keeps copies of the states that Terraform writes, numbered in their order.
type copier struct {
	from, to string
	last     os.FileInfo // of the state when it was last copied
}

func newCopier(from, to string) *copier { return &copier{from: from, to: to} }

// take copies the state if it has changed and is whole.
func (c *copier) take() error {
	if c.from == "" {
		return nil
	}
	info, err := os.Stat(c.from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if c.last != nil && os.SameFile(c.last, info) && c.last.Size() == info.Size() && c.last.ModTime().Equal(info.ModTime()) {
		return nil
	}
	content, err := os.ReadFile(c.from)
	if err != nil {
		return err
	}
	s, err := parseState(content)
	if err != nil {
		return nil // it is being written, or was broken before
	}
	copies, err := listCopies(c.to)
	if err != nil {
		return err
	}
	number := 1
	if len(copies) > 0 {
		newest := copies[len(copies)-1]
		number = newest.number + 1
		if before, err := readState(newest.path); err == nil && before.Serial == s.Serial && before.Lineage == s.Lineage {
			number = newest.number
		}
	}
	if err := os.MkdirAll(c.to, 0o700); err != nil {
		return err
	}
	if err := atomicfile.Write(filepath.Join(c.to, fmt.Sprintf("%08d.tfstate", number)), content); err != nil {
		return err
	}
	c.last = info
	for len(copies) >= keptCopies {
		if err := os.Remove(copies[0].path); err != nil {
			return err
		}
		copies = copies[1:]
	}
	return nil
}

type stateCopy struct {
	number int
	path   string
}

// listCopies returns the copies, oldest first.
func listCopies(dir string) ([]stateCopy, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var copies []stateCopy
	for _, entry := range entries {
		var number int
		if _, err := fmt.Sscanf(entry.Name(), "%08d.tfstate", &number); err == nil {
			copies = append(copies, stateCopy{number, filepath.Join(dir, entry.Name())})
		}
	}
	return copies, nil
}

// restoreState puts the newest whole copy in place of a state that is broken, or gone although it knew resources. It
// says what it did or would do; "" is nothing. The broken file is kept beside.
func restoreState(path, copiesDir string, dry bool) (note string, err error) {
	var broken bool
	switch _, err := readState(path); {
	case errors.Is(err, errBroken):
		broken = true
	case err != nil:
		return "", err
	case exists(path):
		return "", nil
	}
	copies, err := listCopies(copiesDir)
	if err != nil {
		return "", err
	}
	for _, c := range slices.Backward(copies) {
		s, err := readState(c.path)
		if err != nil {
			continue // an older one may be whole
		}
		if !broken && len(s.addresses()) == 0 {
			return "", nil // there was nothing to lose
		}
		what := "was gone"
		if broken {
			what = "was empty or cut short"
		}
		note = fmt.Sprintf("the state %s: it is replaced by the copy of serial %d, which knows %s", what, s.Serial, plural.Count(len(s.addresses()), "resource"))
		if dry {
			return note, nil
		}
		content, err := os.ReadFile(c.path)
		if err != nil {
			return "", err
		}
		if broken {
			if err := setAside(path); err != nil {
				return "", err
			}
		}
		return note, atomicfile.Write(path, content)
	}
	if !broken {
		return "", nil
	}
	// Terraform makes the file before it writes to it, so each plan that was not applied leaves an empty one.
	if info, err := os.Stat(path); err == nil && info.Size() == 0 {
		if dry {
			return "", nil
		}
		return "", os.Remove(path)
	}
	if dry {
		return "the state is cut short, and there is no copy: nothing had been written before", nil
	}
	return "the state was cut short, and there is no copy, as nothing had been written before: it is set aside", setAside(path)
}

// setAside renames a file to NAME.broken-N.
func setAside(path string) error {
	for n := 1; ; n++ {
		aside := fmt.Sprintf("%s.broken-%d", path, n)
		if !exists(aside) {
			return os.Rename(path, aside)
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
