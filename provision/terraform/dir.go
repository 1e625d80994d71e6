package terraform

import (
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/maquette/maquette/provision"
)

const defaultWorkspace = "default"

// Dir names a Terraform working directory and, optionally, a workspace of it.
// The zero value is the current directory and the workspace that is selected there.
type Dir struct {
	// Path is the directory that `terraform plan` is run in. Empty is the current directory.
	Path string
	// Workspace empty is the one selected in the directory, which is "default" where none is. The environment
	// variable TF_WORKSPACE is not heeded: it cannot be meant for both sides of a comparison.
	Workspace string
	// Binary is the path or the name of the terraform or tofu to run.
	// Empty is the one found on PATH: terraform first, then tofu.
	Binary string
}

// ParseDir splits "dir" or "dir#workspace", at the last "#": the name of a workspace has none.
func ParseDir(s string) Dir {
	i := strings.LastIndexByte(s, '#')
	if i < 0 {
		return Dir{Path: s}
	}
	return Dir{Path: s[:i], Workspace: s[i+1:]}
}

// String returns what ParseDir reads.
func (d Dir) String() string {
	if d.Workspace == "" {
		return d.path()
	}
	return d.path() + "#" + d.Workspace
}

func (d Dir) path() string {
	if d.Path == "" {
		return "."
	}
	return d.Path
}

// Dir is the directory that Terraform runs in for an instance. It returns fs.ErrNotExist where nothing was applied yet.
func (d *Driver) Dir(instance string) (Dir, error) {
	w, err := d.use(provision.Job{Instance: instance})
	if err != nil {
		return Dir{}, err
	}
	if w.record.Dir == "" {
		return Dir{}, fmt.Errorf("the working directory of %s: %w", instance, fs.ErrNotExist)
	}
	return Dir{Path: w.dir(), Workspace: defaultWorkspace}, nil
}

// hasConfiguration tells whether a directory holds files that Terraform or OpenTofu would load.
func hasConfiguration(path string) bool {
	entries, err := os.ReadDir(path)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
			if strings.HasSuffix(entry.Name(), suffix) && !entry.IsDir() {
				return true
			}
		}
	}
	return false
}
