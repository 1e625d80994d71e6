package local

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/pgtest"
)

// localModules is where the modules are that go with the built-in platform.
func localModules(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs("../../modules/local")
	require.NoError(t, err)
	return dir
}

// page is what a url of an instance answers, whose host only browsers know.
func page(t *testing.T, url string) string {
	t.Helper()
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	status, body := get(t, "http://127.0.0.1:"+port)
	require.Equal(t, 200, status, body)
	return body
}

func TestModulesAreFormatted(t *testing.T) {
	s := newStack(t)
	out, err := s.try("fmt", "-check", "-recursive", "-diff", localModules(t))
	require.NoError(t, err, out)
}

func TestStackModule(t *testing.T) {
	s, server, repository := newStack(t), pgtest.Start(t), newGitRepository(t)
	repository.git("checkout", "--quiet", "-b", "feature")
	ctx := context.Background()
	seed := databaseBench{t: t}.seed("CREATE TABLE items AS SELECT 'chair'::text AS name;")
	s.environ = append(s.environ, "TF_VAR_server="+server.URL("postgres"))
	s.write(fmt.Sprintf(`
variable "server" {
  sensitive = true
}
variable "members" {
  default = 2
}
module "stack" {
  source      = %q
  environment = "try-tf"
  tiers = {
    web    = { kind = "web", members = var.members, command = ["sh", "-c", "exec $0 play web text=web,$ENVIRONMENT,$RELEASE,$API_URL,$TOKEN,$CACHE_URL", SELF], health_path = "/healthz", uses = ["api"] }
    api    = { kind = "service", members = 1, command = ["sh", "-c", "exec $0 play web text=api,$${DATABASE_URL##*/},$(cat version),$(cat built)", SELF], health_path = "/healthz" }
    worker = { kind = "worker", command = [SELF, "idle"] }
    jobs   = { kind = "function", command = [SELF, "idle"], image = "jobs:1", schedule = "rate(5 minutes)" }
  }
  # What is said for another platform is no trouble.
  throwaway = true
  aws       = { zones = 3 }
  cache     = { url = "redis://cache.example", members = 3 }
  release  = { repository = %q, ref = "feature", build = ["cp", "version", "built"] }
  database = { server = var.server, seed = %q, engine_version = "15.6" }
  secrets  = { TOKEN = "t-1" }
}
output "url" { value = module.stack.url }
output "urls" { value = module.stack.urls }
output "members" { value = module.stack.members }
output "release" { value = module.stack.release }
output "database_url" {
  value     = module.stack.database_url
  sensitive = true
}
`, filepath.Join(localModules(t), "stack"), repository.dir, seed.ValueString()))
	s.run("init", "-no-color")
	s.apply()

	var url, release, database string
	var urls map[string]string
	var members map[string]int
	s.output("url", &url)
	s.output("urls", &urls)
	s.output("members", &members)
	s.output("release", &release)
	s.output("database_url", &database)
	assert.Equal(t, map[string]int{"web": 2, "api": 1, "worker": 1, "jobs": 1}, members)
	assert.Equal(t, repository.git("rev-parse", "feature"), release)
	assert.Equal(t, server.URL("try_tf"), database)
	assert.Equal(t, urls["web"], url)
	assert.Contains(t, url, "http://try-tf.localhost:")
	assert.Contains(t, urls["api"], "http://api.try-tf.localhost:")
	assert.Len(t, urls, 2)
	api := strings.Replace(urls["api"], "api.try-tf.localhost", "127.0.0.1", 1)
	assert.Contains(t, page(t, url), "web,try-tf,"+release+","+api+",t-1,redis://cache.example")
	assert.Contains(t, page(t, api), "api,try_tf?sslmode=disable,one,one")
	assertNowhere(t, s.data.Home, "canary-pg")

	// Nothing to do, until the branch moves: then its checkout and its services follow, at the same addresses.
	s.run("plan", "-no-color", "-detailed-exitcode")
	repository.git("checkout", "--quiet", "feature")
	moved := repository.commit("version", "two\n")
	_, err := s.try("plan", "-no-color", "-detailed-exitcode")
	if exit, ok := err.(*exec.ExitError); assert.True(t, ok) {
		assert.Equal(t, 2, exit.ExitCode())
	}
	s.apply()
	s.output("release", &release)
	assert.Equal(t, moved, release)
	assert.Contains(t, page(t, url), "web,try-tf,"+moved+","+api)
	assert.Contains(t, page(t, api), "api,try_tf?sslmode=disable,two,two")

	found, err := s.platform.Leftovers(ctx, s.data.Instance, s.data.ID)
	require.NoError(t, err)
	assert.NotEmpty(t, found)
	s.run("destroy", "-auto-approve", "-no-color")
	found, err = s.platform.Leftovers(ctx, s.data.Instance, s.data.ID)
	require.NoError(t, err)
	assert.Empty(t, found)
	assert.Empty(t, server.Databases(t))
	repository.git("reset", "--quiet", "--hard", "main")
	assert.NotContains(t, repository.git("worktree", "list"), s.data.Home)
	assert.NotContains(t, repository.listing(), "worktrees")
}

func TestStackModuleRefuses(t *testing.T) {
	s := newStack(t)
	for tiers, want := range map[string]string{
		`{ web = { kind = "wep", command = ["x"] } }`:                                                       "A tier's kind must be web, service, worker or function",
		`{ web = { kind = "web" } }`:                                                                        "A tier's command must name a program",
		`{ Web = { kind = "web", command = ["x"] } }`:                                                       "Names of tiers may have",
		`{ web = { kind = "web", command = ["x"], members = 1.5 } }`:                                        "must be a whole number",
		`{ web = { kind = "web", command = ["x"], uses = ["api"] } }`:                                       "A tier can use tiers of kind service",
		`{ a = { kind = "worker", command = ["x"] }, b = { kind = "web", command = ["x"], uses = ["a"] } }`: "A tier can use tiers of kind service",
	} {
		s.write(fmt.Sprintf("module \"stack\" {\n  source = %q\n  environment = \"try-tf\"\n  tiers = %s\n}\n", filepath.Join(localModules(t), "stack"), tiers))
		s.run("init", "-no-color")
		out, err := s.try("plan", "-no-color")
		require.Error(t, err, tiers)
		assert.Contains(t, strings.Join(strings.Fields(strings.ReplaceAll(out, "│", "")), " "), want)
	}
}

func TestSmallModules(t *testing.T) {
	s, server := newStack(t), pgtest.Start(t)
	s.environ = append(s.environ, "TF_VAR_server="+server.URL("postgres"))
	dir := localModules(t)
	s.write(fmt.Sprintf(`
variable "server" {
  sensitive = true
}
module "api" {
  source      = "%[1]s/service"
  name        = "api"
  command     = [SELF, "web"]
  members     = 2
  health_path = "/healthz"
}
module "web" {
  source      = "%[1]s/web"
  name        = "web"
  command     = [SELF, "web", "text=here"]
  environment = { API = "http://127.0.0.1:${module.api.ports[0]}" }
}
module "jobs" {
  source  = "%[1]s/worker"
  name    = "jobs"
  command = [SELF, "idle"]
  release = "1"
}
module "database" {
  source = "%[1]s/database"
  name   = "small"
  server = var.server
}
output "url" { value = module.web.url }
output "members" { value = [module.api.members, module.web.members, module.jobs.members] }
output "version" { value = module.database.engine_version }
`, dir))
	s.run("init", "-no-color")
	s.apply()
	var url, version string
	var members []int
	s.output("url", &url)
	s.output("members", &members)
	s.output("version", &version)
	assert.Contains(t, page(t, url), "here")
	assert.Equal(t, []int{2, 1, 1}, members)
	assert.Regexp(t, `^\d+\.\d+`, version)
	assert.Equal(t, []string{"small"}, server.Databases(t))
	s.run("plan", "-no-color", "-detailed-exitcode")
	s.run("destroy", "-auto-approve", "-no-color")
	assert.Empty(t, server.Databases(t))
}
