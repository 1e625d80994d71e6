package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// companion finds another program of Maquette's, beside this one or on PATH. What it does, for those who miss it, is
// said by does.
func companion(name, does string) (string, error) {
	if self, err := os.Executable(); err == nil {
		if path, err := exec.LookPath(filepath.Join(filepath.Dir(self), name)); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s, which %s, is neither beside maquette nor on PATH\n  make build makes both in bin/; so does `go build -o bin/ ./cmd/...` in its source", name, does)
	}
	return path, nil
}
