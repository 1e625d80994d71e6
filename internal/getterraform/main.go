// Getterraform installs one version of Terraform in a directory, for the tests of a machine that has none.
// It checks the signature of what it downloads.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/maquette/maquette/provision/terraform/install"
)

func main() {
	wanted := flag.String("version", "", "the `version` to install")
	dir := flag.String("dir", "", "the `directory` to install it in, made if it is not there")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *wanted, *dir); err != nil {
		fmt.Fprintf(os.Stderr, "getterraform: installing Terraform %s in %s: %v\n", *wanted, *dir, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, wanted, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path, err := install.Terraform(ctx, wanted, dir)
	if err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}
