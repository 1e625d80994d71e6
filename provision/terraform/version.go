package terraform

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/maquette/maquette/internal/atomicfile"
)

// tool is the terraform or tofu that is run.
type tool struct {
	path     string // absolute
	identity string // changes when the file does
	version  string // "1.11.4"
}

// cachedVersion returns what the binary answers to `version -json`, if that is known. terraform-exec asks for it before
// most commands, and Terraform takes 45 ms to tell.
func cachedVersion(cache, binary string) (answer []byte, ok bool) {
	identity, err := identify(binary)
	if err != nil || cache == "" {
		return nil, false
	}
	answer, err = os.ReadFile(versionFile(cache, identity))
	return answer, err == nil
}

func versionFile(cache, identity string) string {
	return filepath.Join(cache, "version-"+identity[:16]+".json")
}

// identify returns a digest that changes when the file of a binary is another one.
func identify(binary string) (string, error) {
	info, err := os.Stat(binary)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d", binary, info.Size(), info.ModTime().UnixNano()))
	return hex.EncodeToString(sum[:]), nil
}

// askTool returns the tool behind a path, and sees to it that its version is cached. A script is asked each time: it
// may choose the version by where it is run, as version managers do.
func askTool(ctx context.Context, cache, binary, dir string) (tool, error) {
	t := tool{path: binary}
	var err error
	if t.identity, err = identify(binary); err != nil {
		return t, err
	}
	answer, ok := cachedVersion(cache, binary)
	if !ok {
		cmd := exec.CommandContext(ctx, binary, "version", "-json")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_ARGS=", "TF_CLI_ARGS_version=", "TF_LOG=")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if answer, err = cmd.Output(); err != nil {
			return t, fmt.Errorf("asking %s for its version: %w\n%s", binary, err, trimStderr(stderr.String()))
		}
	}
	var said struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(answer, &said); err != nil || said.Version == "" {
		return t, fmt.Errorf("asking %s for its version: the answer is not that of Terraform or OpenTofu, 0.15.3 or later", binary)
	}
	t.version = said.Version
	if !ok && !isScript(binary) {
		if err := os.MkdirAll(cache, 0o700); err != nil {
			return t, err
		}
		return t, atomicfile.Write(versionFile(cache, t.identity), answer)
	}
	return t, nil
}

func isScript(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	start := make([]byte, 2)
	_, err = io.ReadFull(file, start)
	return err == nil && string(start) == "#!"
}
