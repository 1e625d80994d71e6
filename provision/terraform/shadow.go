package terraform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// shadow is a temporary data directory (TF_DATA_DIR) that stands in for the .terraform of a working directory, so that
// a workspace can be chosen without selecting it for the user.
type shadow struct {
	path     string
	selected string // the workspace selected in the working directory
}

// newShadow copies what Terraform reads of the data directory. The copy may hold credentials that were given to
// `terraform init`: it is the caller's alone, and close removes it.
func newShadow(data string) (_ *shadow, err error) {
	path, err := os.MkdirTemp("", "maquette-")
	if err != nil {
		return nil, err
	}
	s := &shadow{path: path, selected: defaultWorkspace}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()

	backend, err := os.ReadFile(filepath.Join(data, "terraform.tfstate"))
	if err == nil {
		_, err = s.write("terraform.tfstate", backend)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the backend that `init` has configured: %w", err)
	}

	selected, err := os.ReadFile(filepath.Join(data, "environment"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the selected workspace: %w", err)
	}
	if name := strings.TrimSpace(string(selected)); name != "" {
		s.selected = name
	}
	if err := s.use(s.selected); err != nil {
		return nil, err
	}

	for _, name := range []string{"modules", "providers"} {
		target := filepath.Join(data, name)
		if _, err := os.Stat(target); err != nil {
			continue // not initialised: Terraform says so where it matters
		}
		if err := os.Symlink(target, filepath.Join(path, name)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// use makes Terraform work in a workspace. One that does not exist would be created by the commands that follow.
func (s *shadow) use(workspace string) error {
	_, err := s.write("environment", []byte(workspace))
	return err
}

func (s *shadow) write(name string, content []byte) (path string, err error) {
	path = filepath.Join(s.path, name)
	return path, os.WriteFile(path, content, 0o600)
}

func (s *shadow) close() error {
	return os.RemoveAll(s.path)
}

// dataDir returns where a working directory keeps its data: .terraform, unless the user has moved it.
func dataDir(path string) string {
	data := os.Getenv("TF_DATA_DIR")
	switch {
	case data == "":
		return filepath.Join(path, ".terraform")
	case filepath.IsAbs(data):
		return data
	default:
		return filepath.Join(path, data)
	}
}
