// Getterraform installs one version of Terraform in a directory, for the tests of a machine that has none.
// It checks the signature of what it downloads.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

func main() {
	wanted := flag.String("version", "", "the `version` to install")
	dir := flag.String("dir", "", "the `directory` to install it in, made if it is not there")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := install(ctx, *wanted, *dir); err != nil {
		fmt.Fprintf(os.Stderr, "getterraform: installing Terraform %s in %s: %v\n", *wanted, *dir, err)
		os.Exit(1)
	}
}

func install(ctx context.Context, wanted, dir string) error {
	v, err := version.NewVersion(wanted)
	if err != nil {
		return fmt.Errorf("-version: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	release := releases.ExactVersion{Product: product.Terraform, Version: v, InstallDir: dir, Timeout: 5 * time.Minute}
	path, err := release.Install(ctx)
	if err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}
