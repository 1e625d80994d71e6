package terraform

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/hashicorp/go-version"
)

const (
	terraformHost = "registry.terraform.io"
	tofuHost      = "registry.opentofu.org"
	ownProvider   = "maquette/maquette"
	providerFile  = "terraform-provider-maquette"
	builtin       = "terraform.io/builtin/terraform"
)

// addresses are those by which configurations may name our provider.
func (d *Driver) addresses() []string {
	if d.ProviderVersion == "" {
		return nil
	}
	return []string{terraformHost + "/" + ownProvider, tofuHost + "/" + ownProvider}
}

// offer puts our own binary where Terraform looks for it: as the shim, and as our provider in a mirror. All are links,
// so that a new binary is found where the old one was, and nothing is copied.
func (d *Driver) offer() error {
	if d.Program == "" {
		return errors.New("maquette-terraform, which serves it, is neither beside maquette nor on PATH")
	}
	links := []string{d.shim(false), d.shim(true)}
	for _, address := range d.addresses() {
		links = append(links, filepath.Join(d.plugins(), d.packageDir(address), providerFile))
	}
	for _, link := range links {
		if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
			return err
		}
		if err := ensureLink(link, d.Program); err != nil {
			return err
		}
	}
	return nil
}

// packageDir is where a mirror and a data directory have a provider's files, relative to them.
func (d *Driver) packageDir(address string) string {
	return filepath.Join(filepath.FromSlash(address), d.ProviderVersion, runtime.GOOS+"_"+runtime.GOARCH)
}

// ensureLink makes a symbolic link, or one that points elsewhere point there. Others may do so at the same time.
func ensureLink(link, target string) error {
	if now, err := os.Readlink(link); err == nil && now == target {
		return nil
	}
	for n := 0; ; n++ {
		temp := fmt.Sprintf("%s.new-%d-%d", link, os.Getpid(), n)
		switch err := os.Symlink(target, temp); {
		case errors.Is(err, os.ErrExist):
			continue
		case err != nil:
			return err
		}
		if err := os.Rename(temp, link); err != nil {
			return errors.Join(err, os.Remove(temp))
		}
		return nil
	}
}

// ownNeeds tells whether a configuration needs no provider but ours and those that Terraform has built in, and by which
// addresses ours.
func (d *Driver) ownNeeds(c *configuration, tofu bool) (addresses []string, only bool) {
	host := terraformHost
	if tofu {
		host = tofuHost
	}
	only = true
	for source, constraints := range c.needs {
		if strings.Count(source, "/") == 1 {
			source = host + "/" + source
		}
		switch {
		case source == builtin:
		case slices.Contains(d.addresses(), source):
			addresses = append(addresses, source)
			only = only && satisfies(d.ProviderVersion, constraints)
		default:
			only = false
		}
	}
	return addresses, only
}

func satisfies(v string, constraints []string) bool {
	if len(constraints) == 0 {
		return true
	}
	wanted, err := version.NewConstraint(strings.Join(constraints, ","))
	if err != nil {
		return false
	}
	have, err := version.NewVersion(v)
	return err == nil && wanted.Check(have)
}
