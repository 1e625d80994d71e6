package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeRecord is writeJSON, and makes the directories that are missing, for their owner alone.
func writeRecord(path string, value any) error {
	for try := 0; ; try++ {
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		if err == nil {
			err = writeJSON(path, value)
		}
		// Who removes the last record beside it removes the directory too.
		if try == 10 || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
}

// removeFile removes a file, and the directories above it that are empty then, up to one that stays.
func removeFile(path, stay string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	removeEmpty(filepath.Dir(path), stay)
	return nil
}

// removeEmpty removes a directory that is empty, and those above it, up to one that stays.
func removeEmpty(dir, stay string) {
	for dir != stay && strings.HasPrefix(dir, stay+string(filepath.Separator)) && os.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
}
