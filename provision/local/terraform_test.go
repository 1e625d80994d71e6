package local

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/tftest"
	"github.com/maquette/maquette/parity/catalog"
)

// stack is a directory in which a real Terraform works with the provider, as the driver would have it work.
type stack struct {
	t        testing.TB
	dir      string
	data     *providerData
	binary   string
	environ  []string
	platform Platform
}

func newStack(t testing.TB) *stack {
	t.Helper()
	s := &stack{t: t, dir: t.TempDir(), binary: tftest.Require(t), data: &providerData{Home: newHome(t), Instance: "try-tf", ID: "tf" + strconv.Itoa(os.Getpid())}}
	s.platform = Platform{s.data.Home}
	s.environ = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TF_CLI_CONFIG_FILE=" + mirror(t), "CHECKPOINT_DISABLE=1", "TF_DISABLE_PLUGIN_TLS=1", "TF_IN_AUTOMATION=1",
		envHome + "=" + s.data.Home, envInstance + "=" + s.data.Instance, envID + "=" + s.data.ID,
	}
	t.Cleanup(func() {
		_, left, err := s.platform.Sweep(context.Background(), s.data.Instance, s.data.ID)
		require.NoError(t, err)
		require.Empty(t, left)
	})
	return s
}

// write writes main.tf; "SELF" in it stands for the words of the test binary's command.
func (s *stack) write(text string) {
	s.t.Helper()
	exe, err := os.Executable()
	require.NoError(s.t, err)
	text = "terraform {\n  required_providers {\n    maquette = { source = \"maquette/maquette\" }\n  }\n}\n" +
		strings.ReplaceAll(text, "SELF", fmt.Sprintf("%q, \"play\"", exe))
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, "main.tf"), []byte(text), 0o600))
}

func (s *stack) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.binary, args...)
	cmd.Dir, cmd.Env = s.dir, s.environ
	return cmd
}

func (s *stack) try(args ...string) (string, error) {
	out, err := s.command(args...).CombinedOutput()
	return string(out), err
}

func (s *stack) run(args ...string) string {
	s.t.Helper()
	out, err := s.try(args...)
	require.NoError(s.t, err, out)
	return out
}

func (s *stack) apply(args ...string) {
	s.t.Helper()
	s.run(append([]string{"apply", "-auto-approve", "-no-color"}, args...)...)
}

// output reads an output.
func (s *stack) output(name string, into any) {
	s.t.Helper()
	cmd := s.command("output", "-json", name)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	data, err := cmd.Output()
	require.NoError(s.t, err, problems.String())
	require.NoError(s.t, json.Unmarshal(data, into))
}

func (s *stack) unit(kind, name string) unit { return unit{s.data, kind, name} }

const shop = `
variable "members" {
  default = 3
}
variable "text" {
  default = "one"
}
variable "token" {
  default   = "canary-0000"
  sensitive = true
}
resource "maquette_service" "web" {
  name         = "web"
  command      = [SELF, "web", "text=${var.text}-{member}-{port}"]
  members      = var.members
  environment  = { TOKEN = var.token }
  health_check = { path = "/healthz", interval = "200ms" }
}
resource "maquette_balancer" "front" {
  name    = "front"
  targets = maquette_service.web.ports
  service = maquette_service.web.name
}
output "ports" {
  value = maquette_service.web.ports
}
output "url" {
  value = maquette_balancer.front.url
}
`

func TestTerraform(t *testing.T) {
	const canary = "canary-77aa"
	s := newStack(t)
	s.environ = append(s.environ, "TF_VAR_token="+canary)
	s.write(shop)
	s.run("init", "-no-color")
	s.apply()
	var ports []int
	s.output("ports", &ports)
	require.Len(t, ports, 3)
	assert.Equal(t, fmt.Sprintf("one-1-%d", ports[1]), ask(t, ports[1])[2])
	var url string
	s.output("url", &url)
	require.Contains(t, url, "http://try-tf.localhost:")
	front := strings.Replace(url, "try-tf.localhost", "127.0.0.1", 1)
	status, _ := get(t, front)
	assert.Equal(t, 200, status)
	assertNowhere(t, s.data.Home, canary)

	services, err := Services(s.data.Home, s.data.Instance)
	require.NoError(t, err)
	require.Len(t, services, 2)
	assert.Equal(t, "service", services[0].Kind)
	assert.Equal(t, "balancer", services[1].Kind)
	assert.True(t, services[0].Running)
	log, err := os.ReadFile(services[0].MemberLog(2))
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprintf("web 2 on %d\n", ports[2]), string(log))

	assert.Contains(t, s.run("plan", "-no-color", "-detailed-exitcode"), "No changes")

	t.Run("scaling keeps who stays", func(t *testing.T) {
		first := ask(t, ports[0])[1]
		var scaled []int
		for _, n := range []int{1, 4} {
			s.apply("-var", "members="+strconv.Itoa(n))
			s.output("ports", &scaled)
			assert.Len(t, scaled, n)
			assert.Equal(t, ports[0], scaled[0])
			assert.Equal(t, first, ask(t, ports[0])[1])
			reserved, err := portStore{s.data.Home}.list()
			require.NoError(t, err)
			assert.Len(t, reserved, n+1)
		}
		seen := map[string]bool{}
		for range 8 {
			_, body := get(t, front)
			seen[body] = true
		}
		assert.Len(t, seen, 4)
		s.apply()
	})
	t.Run("a change of the command keeps the ports", func(t *testing.T) {
		out := s.run("apply", "-auto-approve", "-no-color", "-var", "text=two")
		assert.Contains(t, out, "0 added, 1 changed, 0 destroyed", "the balancer has nothing to do")
		var after []int
		s.output("ports", &after)
		assert.Equal(t, ports, after)
		assert.Equal(t, fmt.Sprintf("two-0-%d", ports[0]), ask(t, ports[0])[2])
		s.apply()
	})
	t.Run("a supervisor that was killed is drift", func(t *testing.T) {
		st, err := s.unit(kindService, "web").live()
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(st.PID, syscall.SIGKILL))
		require.Eventually(t, func() bool {
			st, err := s.unit(kindService, "web").live()
			return err == nil && st == nil
		}, 30*time.Second, 5*time.Millisecond)
		out := s.run("apply", "-auto-approve", "-no-color")
		assert.Contains(t, out, "1 added")
		var after []int
		s.output("ports", &after)
		assert.Equal(t, ports, after)
	})
	t.Run("destroy leaves nothing", func(t *testing.T) {
		s.run("destroy", "-auto-approve", "-no-color")
		left, err := s.platform.Leftovers(t.Context(), s.data.Instance, s.data.ID)
		require.NoError(t, err)
		assert.Empty(t, left)
		assert.NoDirExists(t, instanceDir(s.data.Home, s.data.Instance))
	})
}

func TestTerraformKilledWhileItCreates(t *testing.T) {
	s := newStack(t)
	s.write(strings.Replace(shop, `"web", "text=`, `"web", "slow-start=1s", "text=`, 1))
	s.run("init", "-no-color")
	for i, delay := range []time.Duration{0, 0, 50 * time.Millisecond, 50 * time.Millisecond, 400 * time.Millisecond, 400 * time.Millisecond} {
		cmd := s.command("apply", "-auto-approve", "-no-color")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool {
			_, err := os.Stat(s.unit(kindService, "web").dir())
			return err == nil
		}, 20*time.Second, time.Millisecond)
		time.Sleep(delay)
		victim := cmd.Process.Pid
		if i%2 == 1 {
			victim = -victim // its providers too
		}
		require.NoError(t, syscall.Kill(victim, syscall.SIGKILL))
		_ = cmd.Wait()
		// The provider sees it, and ends in its time.
		require.Eventually(t, func() bool { return syscall.Kill(-cmd.Process.Pid, 0) != nil }, 2*orphanGrace, 10*time.Millisecond)
	}
	left, err := s.platform.Leftovers(t.Context(), s.data.Instance, s.data.ID)
	require.NoError(t, err)
	assert.NotEmpty(t, left)
	s.apply()
	running, err := processes(s.unit(kindService, "web").ours)
	require.NoError(t, err)
	assert.Len(t, running, 4, "a supervisor and three members, and none of an earlier try")
	assert.Contains(t, s.run("plan", "-no-color", "-detailed-exitcode"), "No changes")
	s.run("destroy", "-auto-approve", "-no-color")
	left, err = s.platform.Leftovers(t.Context(), s.data.Instance, s.data.ID)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestTerraformFailedCreateIsKnown(t *testing.T) {
	s := newStack(t)
	s.write(`
resource "maquette_service" "bad" {
  name          = "bad"
  command       = [SELF, "crash"]
  environment   = { TOKEN = "canary-12345" }
  start_timeout = "500ms"
}
`)
	s.run("init", "-no-color")
	out, err := s.try("apply", "-auto-approve", "-no-color")
	require.Error(t, err)
	assert.Contains(t, out, "cannot go on with (secret)")
	assert.NotContains(t, out, "canary-12345")
	assert.Contains(t, s.run("state", "list"), "maquette_service.bad")
	s.run("destroy", "-auto-approve", "-no-color")
	left, err := s.platform.Leftovers(t.Context(), s.data.Instance, s.data.ID)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestTerraformSaysWhatIsWrong(t *testing.T) {
	s := newStack(t)
	s.write(`
resource "maquette_service" "a" {
  name          = "Not A Name"
  command       = []
  members       = -1
  environment   = { PORT = "80", FINE = "yes" }
  restart       = "sometimes"
  stop_timeout  = "10"
  health_check  = { type = "tcp", path = "/x" }
}
resource "maquette_balancer" "b" {
  name         = "b"
  targets      = [0]
  host         = "a..b"
  health_check = { path = "healthz" }
}
`)
	s.run("init", "-no-color")
	out, err := s.try("validate", "-no-color")
	require.Error(t, err)
	text := strings.Join(strings.Fields(strings.ReplaceAll(out, "│", " ")), " ")
	for _, want := range []string{
		"a name has letters a-z", "it is a number from 0 to 200", `"PORT" cannot be given`, "it is one of always, on-failure, never",
		"a duration is a number with its unit", "a host has letters", `a path begins with "/"`,
	} {
		assert.Contains(t, text, want)
	}
}

func TestTerraformAloneDoesNotKnowTheInstance(t *testing.T) {
	s := newStack(t)
	s.environ = s.environ[:len(s.environ)-3]
	s.write(shop)
	s.run("init", "-no-color")
	s.run("validate", "-no-color")
	out, err := s.try("plan", "-no-color")
	require.Error(t, err)
	assert.Contains(t, out, "does not know for which instance it works")
	assert.Contains(t, out, "maquette up")
}

// TestCatalogueKnowsAllAttributes holds the parity catalogue to the provider's schema.
func TestCatalogueKnowsAllAttributes(t *testing.T) {
	s := newStack(t)
	s.write(shop)
	s.run("init", "-no-color")
	data, err := s.command("providers", "schema", "-json").Output()
	require.NoError(t, err)
	type attributes map[string]struct {
		Nested *struct {
			Attributes map[string]any `json:"attributes"`
		} `json:"nested_type"`
	}
	var schemas struct {
		Providers map[string]struct {
			Resources map[string]struct {
				Block struct {
					Attributes attributes `json:"attributes"`
				} `json:"block"`
			} `json:"resource_schemas"`
		} `json:"provider_schemas"`
	}
	require.NoError(t, json.Unmarshal(data, &schemas))
	types := schemas.Providers[ProviderAddress].Resources
	require.Contains(t, types, "maquette_service")
	known, diags := catalog.Load(nil)
	require.False(t, diags.HasErrors(), diags)
	for name, resource := range types {
		covered := map[string]bool{"id": true}
		for _, path := range known.Type(name).Paths() {
			covered[path] = true
		}
		for attribute, a := range resource.Block.Attributes {
			assert.True(t, covered[attribute], "%s.%s has no aspect in the catalogue", name, attribute)
			delete(covered, attribute)
			if a.Nested != nil { // the aspect of the whole is that of its parts
				for nested := range a.Nested.Attributes {
					delete(covered, attribute+"."+nested)
				}
			}
		}
		delete(covered, "id")
		assert.Empty(t, covered, "%s: the catalogue names attributes that it has not", name)
	}
}
