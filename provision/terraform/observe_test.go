package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/tftest"
)

const greeting = `
variable "greeting" {
  default = "hello"
}

resource "terraform_data" "greeting" {
  input = "${var.greeting} ${terraform.workspace}"
}
`

const localBackend = `
terraform {
  backend "local" {
    path          = "../store/terraform.tfstate"
    workspace_dir = "../store/workspaces"
  }
}
`

// observe observes the directory and holds that nothing in or beside it has changed, and that nothing is left behind.
func observe(t *testing.T, w userDir, d Dir) (*Observation, error) {
	t.Helper()
	temp := tempDirs(t)
	before := w.listing()
	o, err := d.Observe(t.Context())
	assert.Equal(t, before, w.listing(), "the user's directory is as it was")
	assert.Empty(t, entries(t, temp), "no temporary directory is left")
	return o, err
}

func entries(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	found, err := os.ReadDir(dir)
	require.NoError(t, err)
	return found
}

// inputs returns the input of each terraform_data resource of a state, by address.
func inputs(t *testing.T, state []byte) map[string]string {
	t.Helper()
	var decoded struct {
		Version   int
		Resources []struct {
			Module, Type, Name string
			Instances          []struct {
				Attributes struct{ Input struct{ Value string } }
			}
		}
	}
	require.NoError(t, json.Unmarshal(state, &decoded))
	require.Equal(t, 4, decoded.Version)
	found := map[string]string{}
	for _, r := range decoded.Resources {
		for _, i := range r.Instances {
			found[strings.TrimPrefix(r.Module+"."+r.Type+"."+r.Name, ".")] = i.Attributes.Input.Value
		}
	}
	return found
}

func TestObserveLocalState(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	w.initAndApply()

	o, err := observe(t, w, Dir{Path: w.path})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"terraform_data.greeting": "hello default"}, inputs(t, o.State))
	assert.Equal(t, "default", o.Workspace)
	assert.Regexp(t, `^\d+\.\d+\.\d+`, o.Version)
	assert.Empty(t, o.Providers, "terraform_data is of a built-in provider, which has no version of its own")
	assert.Empty(t, o.Modules)
}

func TestObserveRelativePath(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	w.initAndApply()
	t.Chdir(w.path)
	for _, path := range []string{"", ".", "../infra"} {
		o, err := observe(t, w, Dir{Path: path})
		require.NoError(t, err)
		assert.Contains(t, inputs(t, o.State), "terraform_data.greeting")
	}
}

func TestObserveWorkspaces(t *testing.T) {
	for name, backend := range map[string]string{"implied backend": "", "configured backend": localBackend} {
		t.Run(name, func(t *testing.T) {
			w := newUserDir(t, map[string]string{"main.tf": backend + greeting})
			w.initAndApply()
			w.run("workspace", "new", "blue")
			w.run("apply", "-auto-approve")
			w.run("workspace", "new", "green")
			w.run("apply", "-auto-approve")

			for wanted, read := range map[string]string{"": "green", "default": "default", "blue": "blue", "green": "green"} {
				o, err := observe(t, w, Dir{Path: w.path, Workspace: wanted})
				require.NoError(t, err, "workspace %q", wanted)
				assert.Equal(t, read, o.Workspace)
				assert.Equal(t, "hello "+read, inputs(t, o.State)["terraform_data.greeting"])
			}

			_, err := observe(t, w, Dir{Path: w.path, Workspace: "grey"})
			require.ErrorContains(t, err, `workspace "grey" does not exist`)
			require.ErrorContains(t, err, "default, blue, green")
			assert.Contains(t, err.Error(), w.path+"#grey")
		})
	}
}

func TestObserveSelectedWorkspaceIsGone(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting, ".terraform/environment": "gone"})
	_, err := observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, `workspace "gone" does not exist`)
}

func TestObserveWithoutInit(t *testing.T) {
	applied := newUserDir(t, map[string]string{"main.tf": greeting})
	applied.initAndApply()
	applied.run("workspace", "new", "blue")
	applied.run("apply", "-auto-approve")
	require.NoError(t, os.RemoveAll(filepath.Join(applied.path, ".terraform")))

	for _, workspace := range []string{"default", "blue"} {
		o, err := observe(t, applied, Dir{Path: applied.path, Workspace: workspace})
		require.NoError(t, err)
		assert.Equal(t, "hello "+workspace, inputs(t, o.State)["terraform_data.greeting"])
	}

	t.Run("and without configuration", func(t *testing.T) {
		require.NoError(t, os.Remove(filepath.Join(applied.path, "main.tf")))
		o, err := observe(t, applied, Dir{Path: applied.path})
		require.NoError(t, err)
		assert.Contains(t, inputs(t, o.State), "terraform_data.greeting")
	})
}

func TestObserveModules(t *testing.T) {
	w := newUserDir(t, map[string]string{
		"main.tf":          localBackend + `module "web" {` + "\n" + `source = "./web"` + "\n count = 2\n}",
		"web/main.tf":      greeting + `module "lb" {` + "\n" + `source = "./balancer"` + "\n}",
		"web/lb/unused.tf": "",

		"web/balancer/main.tf": greeting,
	})
	w.initAndApply()

	o, err := observe(t, w, Dir{Path: w.path})
	require.NoError(t, err)
	assert.Equal(t, map[string]Module{
		"module.web":           {Source: "./web"},
		"module.web.module.lb": {Source: "./balancer"},
	}, o.Modules)
	assert.Contains(t, inputs(t, o.State), "module.web[1].module.lb.terraform_data.greeting")

	require.NoError(t, os.RemoveAll(filepath.Join(w.path, ".terraform")))
	_, err = observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "init` there, then try again")
}

func TestReadModules(t *testing.T) {
	data := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(data, "modules"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(data, "modules", "modules.json"), []byte(`{"Modules": [
		{"Key": "", "Source": "", "Dir": "."},
		{"Key": "vpc", "Source": "registry.example.com/acme/vpc/aws", "Version": "5.1.0", "Dir": ".terraform/modules/vpc"},
		{"Key": "web.lb", "Source": "git::https://robot:t0ken@git.example.com/lb.git?ref=v1&sshkey=c2VjcmV0", "Dir": "x"},
		{"Key": "api", "Source": "git::ssh://git@git.example.com/api.git?ref=v2", "Dir": "y"}
	]}`), 0o644))
	modules, err := readModules(data)
	require.NoError(t, err)
	assert.Equal(t, map[string]Module{
		"module.vpc":           {Source: "registry.example.com/acme/vpc/aws", Version: "5.1.0"},
		"module.web.module.lb": {Source: "git::https://git.example.com/lb.git?ref=v1&sshkey=REDACTED"},
		"module.api":           {Source: "git::ssh://git@git.example.com/api.git?ref=v2"},
	}, modules)
}

func TestObserveProvidersOfTheLockFile(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	w.initAndApply()
	w.write(".terraform.lock.hcl", `provider "registry.terraform.io/hashicorp/aws" {`+"\n"+`version = "5.45.0"`+"\n}\n")

	_, err := observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "init` there", "Terraform wants the providers of the lock file to be installed")

	// It never runs them to read a state, so a file of that name is enough.
	w.write(filepath.Join(".terraform/providers/registry.terraform.io/hashicorp/aws/5.45.0",
		runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-aws_v5.45.0"), "")
	o, err := observe(t, w, Dir{Path: w.path})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"registry.terraform.io/hashicorp/aws": "5.45.0"}, o.Providers)
}

func TestObserveMovedDataDirectory(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": localBackend + greeting})
	w.initAndApply()
	require.NoError(t, os.Rename(filepath.Join(w.path, ".terraform"), filepath.Join(w.path, ".moved")))
	_, err := observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "init")

	t.Setenv("TF_DATA_DIR", ".moved")
	o, err := observe(t, w, Dir{Path: w.path})
	require.NoError(t, err)
	assert.Contains(t, inputs(t, o.State), "terraform_data.greeting")
}

func TestObserveFailures(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": localBackend + greeting})
	var failure *Error

	_, err := observe(t, w, Dir{Path: w.path})
	require.ErrorAs(t, err, &failure)
	assert.Contains(t, failure.Stderr, "Backend initialization required")
	assert.NotContains(t, failure.Stderr, "\x1b", "no colours")
	assert.NotContains(t, failure.Stderr, "│", "no frames")
	assert.Equal(t, 1, strings.Count(err.Error(), "Backend initialization required"), "said once")
	assert.Contains(t, failure.Hint, "init` there")

	w.run("init")
	_, err = observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "the state is empty")

	w.run("apply", "-auto-approve")
	state := filepath.Join(filepath.Dir(w.path), "store", "terraform.tfstate")
	require.NoError(t, os.WriteFile(state, nil, 0o644))
	_, err = observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "the state is empty", "as an apply leaves it that was killed while it wrote")

	require.NoError(t, os.WriteFile(state, []byte(`{"version": 4, "serial`), 0o644))
	_, err = observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "could not be parsed as JSON")
	require.ErrorContains(t, err, "reading the state")

	w.write("main.tf", `terraform { required_version = ">= 99" }`)
	_, err = observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "Use a version that the configuration allows")
}

func TestObserveEmptyStateNamesOtherWorkspaces(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	w.run("init")
	w.run("workspace", "new", "blue")
	w.run("workspace", "select", "default")
	_, err := observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "there are default, blue")
}

func TestObserveBackendThatFails(t *testing.T) {
	var broken atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if broken.Load() {
			http.Error(w, "the store is on fire", http.StatusNotImplemented)
			return
		}
		_, password, _ := r.BasicAuth()
		fmt.Fprintf(w, `{"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "l", "resources": [],
			"outputs": {"password": {"value": %q, "type": "string"}}}`, password)
	}))
	defer server.Close()

	w := newUserDir(t, map[string]string{"main.tf": `
terraform {
  backend "http" {
    username = "joe"
  }
}
`})
	w.run("init", "-backend-config=address="+server.URL+"/state", "-backend-config=password=c4nary")
	o, err := observe(t, w, Dir{Path: w.path})
	require.NoError(t, err)
	assert.Contains(t, string(o.State), "c4nary", "credentials that init was given are used")

	_, err = observe(t, w, Dir{Path: w.path, Workspace: "blue"})
	require.ErrorContains(t, err, "workspaces not supported")

	broken.Store(true)
	_, err = observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "501")
	assert.NotContains(t, err.Error(), "c4nary")
}

func TestObserveNothingThere(t *testing.T) {
	w := newUserDir(t, nil)

	_, err := observe(t, w, Dir{Path: w.path})
	require.ErrorContains(t, err, "neither a Terraform configuration nor a state")

	_, err = Dir{Path: filepath.Join(w.path, "missing")}.Observe(t.Context())
	require.ErrorIs(t, err, fs.ErrNotExist)

	w.write("file", "")
	_, err = Dir{Path: filepath.Join(w.path, "file")}.Observe(t.Context())
	require.ErrorContains(t, err, "not a directory")
}

func TestObserveIgnoresWhatWouldChangeTheAnswer(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	w.initAndApply()
	seen := filepath.Join(t.TempDir(), "environment")
	binary := script(t, fmt.Sprintf(`env > %q; exec %q "$@"`, seen, w.binary))

	for name, value := range map[string]string{
		"TF_CLI_ARGS":           "-no-such-option",
		"TF_CLI_ARGS_state":     "-no-such-option",
		"TF_CLI_CONFIG_FILE":    filepath.Join(w.path, "missing.tfrc"),
		"TF_WORKSPACE":          "elsewhere",
		"TF_REATTACH_PROVIDERS": "not JSON",
		"TF_INPUT":              "1",
		"TF_PLUGIN_CACHE_DIR":   filepath.Join(w.path, "missing"),
		"TF_LOG":                "TRACE",
		"TF_TOKEN_example_com":  "kept-token",
		"TF_VAR_greeting":       "kept-variable",
		"AWS_PROFILE":           "kept-profile",
		"HTTPS_PROXY":           "http://kept.example.com",
	} {
		t.Setenv(name, value)
	}
	o, err := observe(t, w, Dir{Path: w.path, Binary: binary})
	require.NoError(t, err)
	assert.Equal(t, "default", o.Workspace)

	content, err := os.ReadFile(seen)
	require.NoError(t, err)
	for _, kept := range []string{
		"TF_TOKEN_example_com=kept-token", "TF_VAR_greeting=kept-variable", "AWS_PROFILE=kept-profile",
		"HTTPS_PROXY=http://kept.example.com", "CHECKPOINT_DISABLE=1",
	} {
		assert.Contains(t, string(content), kept+"\n")
	}
	for _, gone := range []string{"-no-such-option", "elsewhere", "not JSON", "missing", "TF_LOG=TRACE"} {
		assert.NotContains(t, string(content), gone)
	}
}

func TestObserveWritesTheLogThatIsAskedFor(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	w.initAndApply()
	log := filepath.Join(t.TempDir(), "terraform.log")
	t.Setenv("TF_LOG", "DEBUG")
	t.Setenv("TF_LOG_PATH", log)
	_, err := observe(t, w, Dir{Path: w.path})
	require.NoError(t, err)
	assert.FileExists(t, log)
}

func TestObserveBinary(t *testing.T) {
	terraform := tftest.Require(t)
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	w.initAndApply()

	path := t.TempDir()
	t.Setenv("PATH", path)
	_, err := observe(t, w, Dir{Path: w.path})
	require.ErrorIs(t, err, errNoBinary)
	require.ErrorContains(t, err, "Install Terraform or OpenTofu")

	_, err = observe(t, w, Dir{Path: w.path, Binary: "terraform-9"})
	require.ErrorContains(t, err, "terraform-9")

	require.NoError(t, os.Symlink(terraform, filepath.Join(path, "tofu")))
	for _, binary := range []string{"", "tofu", terraform} {
		o, err := observe(t, w, Dir{Path: w.path, Binary: binary})
		require.NoError(t, err, "binary %q", binary)
		assert.NotEmpty(t, o.State)
	}

	t.Chdir(path)
	o, err := observe(t, w, Dir{Path: w.path, Binary: "./tofu"})
	require.NoError(t, err)
	assert.NotEmpty(t, o.State)
}

func TestObserveBinaryThatFails(t *testing.T) {
	temp := tempDirs(t)
	d := Dir{Path: t.TempDir(), Binary: script(t, `echo "cannot open https://joe:c4nary@example.com" >&2; exit 3`)}
	_, err := d.Observe(t.Context())
	var failure *Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, "cannot open https://example.com", failure.Stderr)
	assert.ErrorContains(t, err, "exit status 3")
	assert.Empty(t, entries(t, temp))
}

func TestObserveCancelledWhileTheBackendHangs(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var hangs atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hangs.Load() {
			cancel()
			<-r.Context().Done()
		}
		w.WriteHeader(http.StatusNotFound) // no state yet
	}))
	defer server.Close()
	w := newUserDir(t, map[string]string{"main.tf": `terraform {` + "\n" + `backend "http" {}` + "\n}\n"})
	w.run("init", "-backend-config=address="+server.URL)

	hangs.Store(true)
	temp := tempDirs(t)
	begin := time.Now()
	_, err := Dir{Path: w.path}.Observe(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "reading the state")
	assert.Less(t, time.Since(begin), interruptGrace+10*time.Second)
	assert.Empty(t, entries(t, temp))
}

func TestObserveCancelled(t *testing.T) {
	// At once is while tfexec still starts the command, later is while it reads what the command says.
	for _, later := range []time.Duration{0, 100 * time.Millisecond} {
		t.Run(later.String(), func(t *testing.T) {
			temp := tempDirs(t)
			// A wrapper that passes no signal on: its child outlives it, and holds its pipes.
			started := filepath.Join(t.TempDir(), "started")
			d := Dir{Path: t.TempDir(), Binary: script(t, fmt.Sprintf(`: > %q; sleep 30; true`, started))}

			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				for !exists(started) {
					time.Sleep(time.Millisecond)
				}
				time.Sleep(later)
				cancel()
			}()
			begin := time.Now()
			_, err := d.Observe(ctx)
			require.ErrorIs(t, err, context.Canceled)
			assert.Less(t, time.Since(begin), interruptGrace+10*time.Second)
			assert.Empty(t, entries(t, temp))

			_, err = d.Observe(ctx)
			require.ErrorIs(t, err, context.Canceled, "cancelled before it began")
			assert.Empty(t, entries(t, temp))
		})
	}
}

func TestErrorWithoutMoreToSay(t *testing.T) {
	err := &Error{Op: "reading the state", Dir: Dir{}, Err: errors.New("no reason")}
	assert.EqualError(t, err, "Terraform directory .: reading the state: no reason")
}

func TestTrimStderr(t *testing.T) {
	said := "\x1b[31m╷\x1b[0m\n\x1b[31m│\x1b[0m \x1b[1mError: \x1b[0mNo\n│ \n│   on main.tf line 1\n╵\n\n"
	assert.Equal(t, "Error: No\n  on main.tf line 1", trimStderr(said))
	assert.Equal(t, maxStderr+1, len(strings.Split(trimStderr(strings.Repeat("line\n", 100)), "\n")))
}
