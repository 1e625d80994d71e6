package terraform

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/maquette/maquette/provision"
)

// Digest implements provision.Driver. A source that is not on this machine is known by its name alone.
func (d *Driver) Digest(stack provision.Stack) (string, error) {
	if !stack.Local {
		return digest([]byte(stack.Source)), nil
	}
	source, err := filepath.EvalSymlinks(stack.Source)
	if err != nil {
		return "", fmt.Errorf("reading the source: %w", err)
	}
	c, err := inspect(source)
	if err != nil {
		return "", fmt.Errorf("reading the source: %w", err)
	}
	home, err := filepath.EvalSymlinks(d.Home)
	if err != nil {
		home = d.Home
	}
	sum := sha256.New()
	for _, dir := range c.localDirs() {
		path := filepath.Join(source, dir)
		if dir != "." && within(path, source) {
			continue // with the source's
		}
		fmt.Fprintf(sum, "module %q\n", dir)
		if err := digestDir(sum, path, home); err != nil {
			return "", fmt.Errorf("reading the source: %w", err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// digestDir adds the files of a directory, in order of name, less those that Terraform makes there.
func digestDir(sum io.Writer, dir, home string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if path != dir && (name == ".git" || path == home || name != lockName && isTerraforms(name)) {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch {
		case entry.Type()&os.ModeSymlink != 0:
			target, err := os.Readlink(path)
			fmt.Fprintf(sum, "link %q %q\n", rel, target)
			return err
		case entry.Type().IsRegular():
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			content := sha256.New()
			if _, err := io.Copy(content, file); err != nil {
				return err
			}
			fmt.Fprintf(sum, "file %q %x\n", rel, content.Sum(nil))
		}
		return nil
	})
}
