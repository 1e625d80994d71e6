//go:build linux

package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/tftest"
)

var (
	kills = flag.Int("kills", 8, "how many times to kill")
	seed  = flag.Uint64("seed", 1, "of the random moments")
)

// canary is a secret that must be in no file but a state, and in no argument.
const canary = "kanarienvogel-0815"

// definition is of instances that take a while to make and to take away: in the midst of that they are killed.
const definition = `environment "box" {
  throwaway {
    ttl = "1h"
  }
  terraform {
    source    = "../stack"
    variables = {
      environment = env.name
      password    = secret("CANARY")
    }
  }
  check "http" {
    url = "${output.url}/"
  }
}
`

const stack = `terraform {
  required_providers {
    maquette = {
      source = "maquette/maquette"
    }
  }
}

variable "environment" {
  type = string
}

variable "password" {
  type      = string
  sensitive = true
}

resource "maquette_service" "api" {
  name        = "api"
  members     = 2
  command     = ["SERVER"]
  environment = { PASSWORD = var.password }
}

resource "maquette_service" "web" {
  name        = "web"
  members     = 2
  command     = ["SERVER"]
  environment = { API = join(",", maquette_service.api.ports), PASSWORD = var.password }
}

resource "maquette_balancer" "web" {
  name    = "web"
  targets = maquette_service.web.ports
}

resource "terraform_data" "slow" {
  input = maquette_balancer.web.url
  provisioner "local-exec" {
    command = "sleep 0.2"
  }
}

output "url" {
  value = maquette_balancer.web.url
}
`

// field is where the fault test plays: a project, and the programs.
type field struct {
	t       *testing.T
	dir     string
	home    string
	command string
	helper  string // what Terraform is run by
	random  *rand.Rand
}

func TestKilledAtAnyMoment(t *testing.T) {
	f := newField(t)
	t.Cleanup(f.clear)
	for hits := 0; hits < *kills; {
		name := fmt.Sprintf("box-%d", f.random.IntN(3))
		args := []string{"up", "box", "--name", name}
		if f.known(name) && f.random.IntN(4) > 0 { // an up that changes nothing is soon over
			args = []string{"down", name}
		}
		said, hit := f.kill(args)
		if hit {
			hits++
		}
		t.Logf("%d: %s: %s", hits, strings.Join(args, " "), said)
		if !f.holds(strings.Join(args, " ")+": "+said, name) {
			return
		}
	}
	f.run("down", "--all", "--auto-approve")
	f.empty()
}

func newField(t *testing.T) *field {
	tftest.Require(t)
	t.Logf("seed %d", *seed)
	dir, err := os.MkdirTemp("", "mq-faults-")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	f := &field{
		t: t, dir: dir, home: filepath.Join(dir, ".maquette"), command: filepath.Join(dir, "bin", "maquette"), helper: filepath.Join(dir, "bin", "maquette-terraform"),
		random: rand.New(rand.NewPCG(*seed, *seed)),
	}
	f.build("-o", filepath.Dir(f.command)+string(filepath.Separator), "../../cmd/maquette", "../../cmd/maquette-terraform")
	server := filepath.Join(dir, "bin", "server")
	f.build("-o", server, "./testdata/server")
	for name, text := range map[string]string{
		"environments/box.hcl": definition,
		"stack/main.tf":        strings.ReplaceAll(stack, "SERVER", server),
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return f
}

func (f *field) build(args ...string) {
	f.t.Helper()
	out, err := exec.Command("go", append([]string{"build"}, args...)...).CombinedOutput()
	require.NoError(f.t, err, "%s", out)
}

func (f *field) maquette(args ...string) *exec.Cmd {
	cmd := exec.Command(f.command, args...)
	cmd.Dir = f.dir
	cmd.Env = append(os.Environ(), "CANARY="+canary)
	return cmd
}

// run runs a command that has to succeed.
func (f *field) run(args ...string) string {
	f.t.Helper()
	out, err := f.maquette(args...).CombinedOutput()
	require.NoError(f.t, err, "maquette %s: %s", strings.Join(args, " "), out)
	return string(out)
}

func (f *field) known(name string) bool {
	return slices.ContainsFunc(f.instances(), func(in instance) bool { return in.Name == name })
}

// kill runs a command, kills somebody at a random moment, and says what it did, and whether anybody was hit. It returns
// when all is quiet.
func (f *field) kill(args []string) (said string, hit bool) {
	f.t.Helper()
	cmd := f.maquette(args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(f.t, cmd.Start())
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it may well fail: what counts is what it leaves
		close(done)
	}()
	after := time.Duration(f.random.Int64N(int64(1500 * time.Millisecond)))
	signal := []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT}[f.random.IntN(4)]
	select {
	case <-done:
		said = "it was over before it could be killed"
	case <-time.After(after):
		victim, pids := f.victims(cmd.Process.Pid)
		for _, pid := range pids {
			hit = syscall.Kill(pid, signal) == nil || hit
		}
		said = fmt.Sprintf("%s, to %s, after %s", signal, victim, after.Round(time.Millisecond))
	}
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		_ = cmd.Process.Kill()
		require.Fail(f.t, "maquette did not end", "%q, %s: %s", args, said, out.String())
	}
	require.NotContains(f.t, out.String(), "goroutine ", "a panic")
	require.NotContains(f.t, out.String(), canary)
	require.Eventually(f.t, func() bool { return len(f.workers()) == 0 }, 60*time.Second, 50*time.Millisecond,
		"Terraform, its shim and its providers end by themselves; still there: %v", f.workers())
	return said, hit
}

// victims picks whom to kill, of those that are there.
func (f *field) victims(maquette int) (victim string, pids []int) {
	roles := map[string][]int{"maquette": {maquette}}
	for _, p := range f.workers() {
		roles[p.role] = append(roles[p.role], p.pid)
	}
	if len(roles["terraform"]) > 0 {
		roles["maquette and terraform"] = append([]int{maquette}, roles["terraform"]...)
	}
	names := slices.Sorted(maps.Keys(roles))
	victim = names[f.random.IntN(len(names))]
	return victim, roles[victim]
}

// process is one of Terraform's, for an instance of this field.
type process struct {
	pid  int
	role string // "terraform", "shim", "provider"
}

// workers are the processes of Terraform's that live.
func (f *field) workers() []process {
	var found []process
	for pid, environ := range f.processes() {
		if strings.Contains(environ, "MAQUETTE_MARK=") || !strings.Contains(environ, "\x00MAQUETTE_INSTANCE=") && !strings.HasPrefix(environ, "MAQUETTE_INSTANCE=") {
			continue
		}
		exe, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
		switch {
		case filepath.Base(exe) == "terraform":
			found = append(found, process{pid, "terraform"})
		case exe == f.helper && strings.Contains(environ, "TF_PLUGIN_MAGIC_COOKIE="):
			found = append(found, process{pid, "provider"})
		case exe == f.helper:
			found = append(found, process{pid, "shim"})
		}
	}
	slices.SortFunc(found, func(a, b process) int { return a.pid - b.pid })
	return found
}

// processes are all processes that know this field's home, with their environment.
func (f *field) processes() map[int]string {
	found := map[int]string{}
	all, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(f.t, err)
	for _, dir := range all {
		environ, err := os.ReadFile(dir + "/environ")
		if err != nil || !bytes.Contains(environ, []byte(f.home)) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil {
			found[pid] = string(environ)
		}
	}
	return found
}

var mark = regexp.MustCompile(`MAQUETTE_MARK=([^@\x00]*)@`)

// marks counts the processes of instances, by the instance's id.
func (f *field) marks() map[string]int {
	counts := map[string]int{}
	for pid, environ := range f.processes() {
		cmdline, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		require.NotContains(f.t, string(cmdline), canary)
		if m := mark.FindStringSubmatch(environ); m != nil {
			counts[m[1]]++
		}
	}
	return counts
}

type instance struct {
	Name, ID, State string
}

func (f *field) instances() []instance {
	f.t.Helper()
	var listed struct{ Instances []instance }
	require.NoError(f.t, json.Unmarshal([]byte(f.stdout("ls", "--json")), &listed))
	return listed.Instances
}

func (f *field) stdout(args ...string) string {
	f.t.Helper()
	cmd := f.maquette(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(f.t, err, "maquette %s: %s", strings.Join(args, " "), stderr.String())
	return string(out)
}

// holds checks all that was promised, after a kill on the instance of a name.
func (f *field) holds(what, name string) bool {
	f.t.Helper()
	out, err := f.maquette("doctor").CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(f.t, err)
	}
	again, err := f.maquette("doctor").CombinedOutput()
	ok := assert.NoError(f.t, err, "%s: doctor has mended: %s and then still finds: %s", what, out, again)

	for _, in := range f.instances() {
		switch in.State {
		case "ready": // it must be true
			ok = assert.Equal(f.t, processes, f.marks()[in.ID], "%s: %s is said to be ready", what, in.Name) && ok
		case "failed", "destroy-failed":
		default:
			ok = assert.Fail(f.t, "not the truth", "%s: %s is said to be %s", what, in.Name, in.State) && ok
		}
	}
	ok = f.allKnown(what) && ok
	// What was killed can be finished, or undone.
	if f.known(name) && f.random.IntN(2) == 0 {
		out, err := f.maquette("down", name).CombinedOutput()
		ok = assert.NoError(f.t, err, "%s: down after it: %s", what, out) && ok
		ok = assert.False(f.t, f.known(name), what) && ok
	} else {
		out, err := f.maquette("up", "box", "--name", name).CombinedOutput()
		ok = assert.NoError(f.t, err, "%s: up after it: %s", what, out) && ok
		for _, in := range f.instances() {
			if in.Name == name {
				ok = assert.Equal(f.t, processes, f.marks()[in.ID], "%s: processes of %s, made anew", what, name) && ok
			}
		}
	}
	return f.allKnown(what) && f.noCanary(what) && ok
}

// processes are those of one instance: a supervisor and two members of each service, and the balancer's supervisor.
const processes = 2*3 + 1

// allKnown holds that no process is of an instance that the registry does not know.
func (f *field) allKnown(what string) bool {
	f.t.Helper()
	var ids []string
	for _, in := range f.instances() {
		ids = append(ids, in.ID)
	}
	ok := true
	for id, n := range f.marks() {
		ok = assert.Contains(f.t, ids, id, "%s: %d processes are orphans", what, n) && ok
	}
	return ok
}

// noCanary holds that the secret is in no file but Terraform's states.
func (f *field) noCanary(what string) bool {
	f.t.Helper()
	ok := true
	require.NoError(f.t, filepath.WalkDir(f.dir, func(path string, entry os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil || !entry.Type().IsRegular() || strings.Contains(path, "tfstate") || strings.Contains(path, "/states/") ||
			strings.HasPrefix(path, filepath.Join(f.dir, "bin")) {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil // a pipe, or gone
		}
		ok = assert.False(f.t, bytes.Contains(data, []byte(canary)), "%s: the secret is in %s", what, path) && ok
		return nil
	}))
	return ok
}

// empty holds that nothing is left of any instance.
func (f *field) empty() {
	f.t.Helper()
	assert.Empty(f.t, f.instances())
	assert.Empty(f.t, f.marks(), "processes")
	assert.Empty(f.t, f.workers(), "Terraform's processes")
	for _, dir := range []string{"instances", "run", "ports", "locks"} {
		entries, err := os.ReadDir(filepath.Join(f.home, dir))
		if !errors.Is(err, os.ErrNotExist) {
			require.NoError(f.t, err)
		}
		assert.Empty(f.t, entries, dir)
	}
}

// clear takes everything away, whatever the test came to.
func (f *field) clear() {
	_ = f.maquette("down", "--all", "--auto-approve").Run()
	for pid := range f.processes() {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}
