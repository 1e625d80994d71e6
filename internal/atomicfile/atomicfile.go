// Package atomicfile writes files that nobody sees half written.
package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
)

// TempPrefix begins the names of files that are being written. A kill may leave one.
const TempPrefix = ".new-"

// Write replaces a file at once, readable by its owner alone. Its directory has to be there. It is not synced: what has
// to outlive a power cut is in the registry.
func Write(path string, content []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), TempPrefix+"*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if _, err = file.Write(content); err != nil {
		return errors.Join(err, file.Close())
	}
	if err = file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
