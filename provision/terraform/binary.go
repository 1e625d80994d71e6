package terraform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// PinnedVersion is the Terraform that is installed where there is none, and that the tests of this project are run
// with: the Makefile says the same.
const PinnedVersion = "1.11.4"

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

// isTofu tells OpenTofu from Terraform, by its name: their answers do not differ.
func isTofu(binary string) bool { return strings.Contains(filepath.Base(binary), "tofu") }

// binary returns the terraform or tofu for a job: the definition's, the caller's, the one on PATH, or else one that is
// installed in the home, once.
func (d *Driver) binary(ctx context.Context, wanted string, say func(string)) (string, error) {
	if wanted == "" {
		wanted = d.Binary
	}
	path, err := findBinary(wanted)
	switch {
	case errors.Is(err, errNoBinary):
		return d.install(ctx, say)
	case err != nil:
		return "", fmt.Errorf("looking for %s: %w", wanted, err)
	case sameFile(path, d.Program):
		return "", fmt.Errorf("%s is maquette itself, and not Terraform", path)
	}
	return path, nil
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// RoleInstall is what MAQUETTE_ROLE says in a process that is to install the pinned Terraform in the directory that
// EnvInstall names.
const (
	RoleInstall = "install"
	EnvInstall  = "MAQUETTE_INSTALL"
)

// installGrace is how long an installation that is interrupted may take to clean up behind it.
const installGrace = 5 * time.Second

// install has our program download the pinned Terraform and check its signature.
func (d *Driver) install(ctx context.Context, say func(string)) (string, error) {
	dir := filepath.Join(d.Home, "bin", "terraform-"+PinnedVersion)
	path := filepath.Join(dir, "terraform")
	if exists(path) {
		return path, nil
	}
	say("neither terraform nor tofu is on PATH: installing Terraform " + PinnedVersion + " in " + dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return "", err
	}
	// Several of us may do so at once: each in a directory of its own, and the first one wins.
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".installing-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temp)
	if err := d.runInstall(ctx, temp); err != nil {
		return "", fmt.Errorf("installing Terraform %s, as neither terraform nor tofu is on PATH: %w\n  Install one and put it on PATH, or name it", PinnedVersion, err)
	}
	if err := os.Rename(temp, dir); err != nil && !exists(path) {
		return "", err
	}
	return path, nil
}

func (d *Driver) runInstall(ctx context.Context, dir string) error {
	cmd := exec.CommandContext(ctx, d.Program)
	cmd.Env = append(os.Environ(), envRole+"="+RoleInstall, EnvInstall+"="+dir)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = installGrace
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	// It ends with this pipe, which is open until Run returns, or we are no more.
	if _, err := cmd.StdinPipe(); err != nil {
		return err
	}
	err := cmd.Run()
	if said := trimStderr(stderr.String()); err != nil && said != "" && ctx.Err() == nil {
		return errors.New(said)
	}
	return err
}
