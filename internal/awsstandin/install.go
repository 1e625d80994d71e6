package awsstandin

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Serving reports whether this process was started by Terraform as the provider. A test that installs the stand-in asks
// it first thing in its TestMain, and calls Serve.
func Serving() bool {
	return strings.HasPrefix(filepath.Base(os.Args[0]), "terraform-provider-aws_")
}

// Install makes the running test binary the AWS provider of every Terraform that gets the environment variables which it
// returns. dir is an empty directory to keep it and the account in, schema the file of the provider's schema.
func Install(dir, schema string) (environment []string, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	mirror, store := filepath.Join(dir, "mirror"), filepath.Join(dir, "account")
	plugins := filepath.Join(mirror, filepath.FromSlash(Address), Version, runtime.GOOS+"_"+runtime.GOARCH)
	for _, d := range []string{plugins, store} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	if err := os.Symlink(self, filepath.Join(plugins, "terraform-provider-aws_v"+Version)); err != nil {
		return nil, err
	}
	trimmed := filepath.Join(dir, "schema.json.gz")
	if err := trim(schema, trimmed, Types); err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "terraform.rc")
	rc := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	if err := os.WriteFile(config, []byte(rc), 0o600); err != nil {
		return nil, err
	}
	return []string{
		"TF_CLI_CONFIG_FILE=" + config,
		SchemaVariable + "=" + trimmed,
		StoreVariable + "=" + store,
	}, nil
}
