// Package install downloads Terraform and checks its signature. It is apart from provision/terraform as what checks
// signatures is large and hardly ever used: maquette has maquette-terraform do it.
package install

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"

	"github.com/maquette/maquette/provision/terraform"
)

// timeout bounds the download of Terraform, of about 30 MB.
const timeout = 10 * time.Minute

// Terraform installs a version of Terraform in a directory that is there, and returns its path.
func Terraform(ctx context.Context, wanted, dir string) (path string, err error) {
	v, err := version.NewVersion(wanted)
	if err != nil {
		return "", err
	}
	release := releases.ExactVersion{Product: product.Terraform, Version: v, InstallDir: dir, Timeout: timeout}
	return release.Install(ctx)
}

// Run plays terraform.RoleInstall, and returns the process's exit code. It ends with its standard input: whoever has
// started it is gone then.
func Run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if _, err := Terraform(ctx, terraform.PinnedVersion, os.Getenv(terraform.EnvInstall)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
