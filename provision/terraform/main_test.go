package terraform

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/maquette/maquette/provision"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

// roleCaller is a maquette that tests can kill: it applies a stack.
const roleCaller = "test-caller"

// TestMain lets the test binary play all parts that maquette's own binary has.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv("TF_PLUGIN_MAGIC_COOKIE") != "" && len(os.Args) == 1:
		if err := serveTestProvider(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	case os.Getenv(envRole) == RoleInstall: // as if it had been downloaded
		if err := os.WriteFile(filepath.Join(os.Getenv(EnvInstall), "terraform"), nil, 0o700); err != nil {
			panic(err)
		}
		return
	case os.Getenv(envRole) == RoleShim:
		os.Exit(Shim(attachTestProvider))
	case os.Getenv(envRole) == roleCaller:
		os.Exit(caller())
	}
	os.Exit(m.Run())
}

// newDriver has a home of its own.
func newDriver(t testing.TB) *Driver {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	return &Driver{Home: t.TempDir(), Program: self, ProviderVersion: testVersion}
}

// transcript collects what the driver says.
type transcript struct {
	mu     sync.Mutex
	text   strings.Builder
	events []provision.Event
}

func (l *transcript) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *transcript) progress(e provision.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
}

// of returns the events of a kind, as text.
func (l *transcript) of(kind provision.EventKind) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for _, e := range l.events {
		if e.Kind == kind {
			found = append(found, strings.TrimSpace(e.Address+" "+e.Action+" "+e.Message))
		}
	}
	return found
}

// job is one of the given instance, with what it says.
func job(source, instance string, variables map[string]cty.Value) (provision.Job, *transcript) {
	said := &transcript{}
	return provision.Job{
		Instance: instance, ID: "id-" + instance, Progress: said.progress, Log: said,
		Stack: provision.Stack{Source: source, Local: true, Variables: variables},
	}, said
}

func stringsOf(values map[string]string) map[string]cty.Value {
	all := map[string]cty.Value{}
	for name, value := range values {
		all[name] = cty.StringVal(value)
	}
	return all
}
