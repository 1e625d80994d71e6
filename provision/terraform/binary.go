package terraform

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
)

// errNoBinary says that there is no terraform or tofu to run.
var errNoBinary = errors.New("neither terraform nor tofu is on PATH")

// findBinary returns the absolute path of the binary to run: commands run in another directory than ours.
func findBinary(binary string) (string, error) {
	names := []string{"terraform", "tofu"}
	if binary != "" {
		names = []string{binary}
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		switch {
		case err == nil:
			return filepath.Abs(path)
		case binary != "":
			return "", err
		case !errors.Is(err, exec.ErrNotFound):
			return "", fmt.Errorf("%s: %w", name, err)
		}
	}
	return "", errNoBinary
}
