package terraform

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/maquette/maquette/internal/atomicfile"
)

// layout says how a directory of the user's is rebuilt out of links, so that Terraform can work there without touching
// it: from top, which holds everything that is reached by relative paths, down to the root itself.
type layout struct {
	top  string // absolute, without symbolic links
	rel  string // of the root, from top: "infra/staging" or "."
	home string // never linked: it would hold itself
}

func newLayout(source, home string, modules []string) (layout, error) {
	source, err := filepath.EvalSymlinks(source)
	if err != nil {
		return layout{}, err
	}
	if real, err := filepath.EvalSymlinks(home); err == nil {
		home = real
	}
	l := layout{top: source, home: home}
	if top := gitTop(source); top != "" {
		l.top = top
	}
	for _, module := range modules {
		for dir := filepath.Join(source, module); !within(dir, l.top); {
			l.top = filepath.Dir(l.top)
		}
	}
	l.rel, err = filepath.Rel(l.top, source)
	return l, err
}

// gitTop returns the top of the working tree that a directory is in; "" for none.
func gitTop(dir string) string {
	for {
		if exists(filepath.Join(dir, ".git")) {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// link makes or refreshes the links below root, as files come and go, and returns the directory that is the root's.
// own tells of files that are ours to make there, by name.
func (l layout) link(root string, own map[string][]byte) (string, error) {
	steps := []string{}
	if l.rel != "." {
		steps = strings.Split(l.rel, string(filepath.Separator))
	}
	real, dir := l.top, root
	for i := 0; ; i++ {
		next := ""
		if i < len(steps) {
			next = steps[i]
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
		if err := l.linkEntries(real, dir, next, own); err != nil {
			return "", fmt.Errorf("linking to the files of %s: %w", real, err)
		}
		if next == "" {
			return dir, nil
		}
		real, dir = filepath.Join(real, next), filepath.Join(dir, next)
	}
}

// linkEntries links to all entries of one directory, but for next, which is the way down.
func (l layout) linkEntries(real, dir, next string, own map[string][]byte) error {
	wanted := map[string]string{}
	entries, err := os.ReadDir(real)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		target := filepath.Join(real, name)
		switch {
		case name == next, target == l.home:
		case name == ".git" && within(l.home, l.top):
			// The working directory is inside the user's tree, where git finds the real one.
		case next == "" && (isTerraforms(name) || has(own, name)):
		default:
			wanted[name] = target
		}
	}
	present, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range present {
		name := entry.Name()
		target, ok := wanted[name]
		switch {
		case entry.Type()&os.ModeSymlink == 0:
			delete(wanted, name) // Terraform, or something that it runs, has made it here
			continue
		case ok:
			if now, err := os.Readlink(filepath.Join(dir, name)); err == nil && now == target {
				delete(wanted, name)
				continue
			}
		case next == "" && isTerraforms(name):
			continue // the link to the state
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	for name, target := range wanted {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// isTerraforms tells what Terraform itself puts into a working directory: the user's is not ours.
func isTerraforms(name string) bool {
	switch name {
	case ".terraform", lockName, "errored.tfstate", "crash.log", overrideFile:
		return true
	}
	return strings.HasPrefix(name, "terraform.tfstate") || strings.HasPrefix(name, ".terraform.tfstate") ||
		strings.HasPrefix(name, "crash.") && strings.HasSuffix(name, ".log")
}

// putFiles writes files of ours, where they are not so already, and takes away those of a kind that are no longer
// wanted.
func putFiles(dir string, own map[string][]byte, kind func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !has(own, entry.Name()) && entry.Type().IsRegular() && kind(entry.Name()) {
			if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	for name, content := range own {
		path := filepath.Join(dir, name)
		if now, err := os.ReadFile(path); err == nil && string(now) == string(content) {
			continue
		}
		if err := atomicfile.Write(path, content); err != nil {
			return err
		}
	}
	return nil
}

func has(own map[string][]byte, name string) bool {
	_, ok := own[name]
	return ok
}
