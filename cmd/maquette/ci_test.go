package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
	"github.com/rhysd/actionlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/maquette/maquette/parity/report"
)

// checkout is a git repository of somebody's who gates on parity. Terraform, Go, curl and pre-commit are stand-ins from
// testdata/ci; maquette, git and the shells are real.
type checkout struct {
	t   *testing.T
	dir string
	env []string
	top string // of this repository
}

func newCheckout(t *testing.T) *checkout {
	t.Helper()
	top, err := filepath.Abs("../..")
	require.NoError(t, err)
	root := t.TempDir()
	c := &checkout{t: t, dir: filepath.Join(root, "shop"), top: top}
	bin := filepath.Join(root, "bin")
	require.NoError(t, os.CopyFS(bin, os.DirFS("testdata/ci")))
	stubs, err := os.ReadDir(bin)
	require.NoError(t, err)
	for _, stub := range stubs {
		require.NoError(t, os.Chmod(filepath.Join(bin, stub.Name()), 0o755))
	}
	for _, dir := range []string{"infra/production", "infra/staging", "environments", "../temp"} {
		require.NoError(t, os.MkdirAll(filepath.Join(c.dir, dir), 0o755))
	}
	c.env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + root, "TMPDIR=" + root, "NO_COLOR=1", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.org", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.org",
		"SHOP=" + filepath.Join(top, "testdata", "shop"), "REPOSITORY=" + top, "CALLS=" + filepath.Join(root, "calls"),
		"RUNNER_TEMP=" + filepath.Join(root, "temp"), "GITHUB_OUTPUT=" + filepath.Join(root, "output"), "GITHUB_STEP_SUMMARY=" + filepath.Join(root, "summary"),
		"GITHUB_REPOSITORY=acme/shop", "GITHUB_SERVER_URL=https://github.example", "POSTED=" + filepath.Join(root, "posted"), "COMMENTS=" + filepath.Join(root, "comments"),
	}
	c.write("environments/shop.hcl", "environment \"production\" {}\n\nenvironment \"staging\" {\n  model_of = \"production\"\n}\n")
	c.ok("git init -q -b main")
	return c
}

func (c *checkout) write(name, text string) {
	require.NoError(c.t, os.MkdirAll(filepath.Dir(filepath.Join(c.dir, name)), 0o755))
	require.NoError(c.t, os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o644))
}

// read returns a file of the checkout, "" where there is none.
func (c *checkout) read(name string) string {
	data, err := os.ReadFile(filepath.Join(c.dir, name))
	if !errors.Is(err, os.ErrNotExist) {
		require.NoError(c.t, err)
	}
	return string(data)
}

// shell runs a script as a CI system does, and returns its exit code and what it printed.
func (c *checkout) shell(shell []string, script string, env ...string) (int, string) {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "script")
	require.NoError(c.t, os.WriteFile(file, []byte(script), 0o600))
	cmd := exec.CommandContext(c.t.Context(), shell[0], append(shell[1:], file)...)
	cmd.Dir, cmd.Env = c.dir, append(slices.Clone(c.env), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(c.t, err)
	}
	assert.NotContains(c.t, string(out), "goroutine ")
	assert.NotRegexp(c.t, canaries, string(out))
	return cmd.ProcessState.ExitCode(), string(out)
}

var (
	runnerShell = []string{"bash", "--noprofile", "--norc", "-eo", "pipefail"}
	posixShell  = []string{"sh", "-e"}
)

// ok runs a script that has to end with 0.
func (c *checkout) ok(script string, env ...string) string {
	c.t.Helper()
	code, out := c.shell(runnerShell, script, env...)
	require.Zero(c.t, code, "%s\n%s", script, out)
	return out
}

// The blocks of the guide are carried out from top to bottom, command by command, each with the exit code that it says;
// files that it shows are written.
func TestGuide(t *testing.T) {
	c := newCheckout(t)
	guide, err := os.ReadFile(filepath.Join(c.top, "docs", "ci", "README.md"))
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(string(guide), -1)
	require.Equal(t, strings.Count(string(guide), "\n```"), 2*len(blocks), "each block says what it is in")
	exits, expires := regexp.MustCompile(`# exit code (\d+): `), regexp.MustCompile(`expires = ".*"`)
	ran, failed := 0, 0
	for _, block := range blocks {
		if block[1] != "sh" {
			name, text, _ := strings.Cut(strings.TrimPrefix(block[2], "# "), "\n")
			c.write(name, expires.ReplaceAllString(text, `expires = "2999-12-31"`)) // that day comes
			continue
		}
		for _, command := range strings.Split(strings.TrimSpace(strings.ReplaceAll(block[2], "\\\n", "")), "\n") {
			want := "0"
			if said := exits.FindStringSubmatch(command); said != nil {
				want = said[1]
				failed++
			}
			code, out := c.shell(runnerShell, command)
			require.Equal(t, want, fmt.Sprint(code), "%s\n%s", command, out)
			ran++
		}
	}
	assert.Greater(t, ran, 25)
	assert.Equal(t, 6, failed)

	// What it has led to: everything is committed but what holds secrets, and what is committed holds none.
	c.ok("git add . && git commit -qm all")
	files := c.ok("git ls-files")
	for _, name := range []string{
		"production.snapshot.json", "parity-known.json", "parity-history/production--staging.jsonl", "parity-history/.gitattributes",
		".github/workflows/parity.yml", ".github/workflows/parity-audit.yml", ".github/workflows/try.yml", "try.gitlab-ci.yml", ".gitlab-ci.yml", "parity.gitlab-ci.yml", "junit.xml", "parity.sarif", "parity.md",
	} {
		assert.Contains(t, files, name+"\n")
	}
	assert.NotContains(t, files, "plan")
	assert.NotContains(t, files, "tfstate")
	assert.NotRegexp(t, canaries, c.ok("git log -p"))
	assert.Contains(t, c.read("../calls"), "pre-commit run maquette-validate --all-files\n")
	assert.Contains(t, c.read("../calls"), "go install github.com/maquette/maquette/cmd/maquette@latest\n")
}

func TestGuideLinks(t *testing.T) {
	guide, err := os.ReadFile("../../docs/ci/README.md")
	require.NoError(t, err)
	links := regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(string(guide), -1)
	require.NotEmpty(t, links)
	for _, link := range links {
		if !strings.Contains(link[1], "://") {
			assert.FileExists(t, filepath.Join("../../docs/ci", link[1]))
		}
	}
}

// step is one of a workflow's or an action's.
type step struct {
	ID, Name, If, Uses, Run, Shell string
	Env                            map[string]string
	With                           map[string]string
}

type workflow struct {
	Jobs map[string]struct{ Steps []step }
}

type action struct {
	Name, Description string
	Inputs            map[string]struct {
		Description, Default string
		Required             bool
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

// parseYAML reads a file of docs/ci; a key that the type does not know, and so one that is misspelt, is an error where strict.
func parseYAML(t *testing.T, name string, strict bool, into any) {
	t.Helper()
	f, err := os.Open(filepath.Join("../../docs/ci", name))
	require.NoError(t, err)
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(strict)
	require.NoError(t, d.Decode(into))
}

var expression = regexp.MustCompile(`\$\{\{\s*(.+?)\s*\}\}`)

// expand replaces a text's expressions by their values; each has to have one.
func expand(t *testing.T, text string, values map[string]string) string {
	return expression.ReplaceAllStringFunc(text, func(found string) string {
		name := expression.FindStringSubmatch(found)[1]
		value, ok := values[name]
		require.True(t, ok, "%s has no value", name)
		return value
	})
}

// do runs a step with the values of expressions.
func (c *checkout) do(s step, values map[string]string) (int, string) {
	c.t.Helper()
	require.NotEmpty(c.t, s.Run)
	var env []string
	for name, value := range s.Env {
		env = append(env, name+"="+expand(c.t, value, values))
	}
	return c.shell(runnerShell, s.Run, env...)
}

func stepCalled(t *testing.T, steps []step, name string) step {
	t.Helper()
	i := slices.IndexFunc(steps, func(s step) bool { return s.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return steps[i]
}

func TestActionIsWellFormed(t *testing.T) {
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	assert.NotEmpty(t, a.Name)
	assert.NotEmpty(t, a.Description)
	assert.Equal(t, "composite", a.Runs.Using)
	text, err := os.ReadFile("../../docs/ci/github/action.yml")
	require.NoError(t, err)
	for name, input := range a.Inputs {
		assert.NotEmpty(t, input.Description, name)
		assert.Contains(t, string(text), "inputs."+name, "it is used")
	}
	ids := map[string]bool{}
	for _, s := range a.Runs.Steps {
		assert.NotEqual(t, s.Run == "", s.Uses == "", "a step runs or uses: %v", s)
		if s.Run != "" {
			assert.Equal(t, "bash", s.Shell, "a composite action's step has to name its shell")
		}
		ids[s.ID] = true
	}
	for _, used := range regexp.MustCompile(`(inputs|steps)\.([\w-]+)`).FindAllStringSubmatch(string(text), -1) {
		if used[1] == "steps" {
			assert.True(t, ids[used[2]], used[0])
		} else {
			assert.Contains(t, a.Inputs, used[2])
		}
	}
	for name, output := range a.Outputs {
		assert.NotEmpty(t, output.Description, name)
		assert.Contains(t, string(text), "\""+name+"=$", "a step writes it")
	}
}

// What a pull request can set must not become the text of a script.
func TestScriptsHoldNoExpressions(t *testing.T) {
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	steps := a.Runs.Steps
	for _, name := range []string{"github/parity.yml", "github/audit.yml", "github/try.yml"} {
		var w workflow
		parseYAML(t, name, false, &w)
		for _, job := range w.Jobs {
			steps = append(steps, job.Steps...)
		}
	}
	require.Greater(t, len(steps), 12)
	for _, s := range steps {
		assert.NotContains(t, s.Run, "${{")
	}
}

// inputs are the values of an action's expressions: its defaults, and what is given.
func inputs(t *testing.T, a action, given map[string]string) map[string]string {
	values := map[string]string{}
	for name, input := range a.Inputs {
		values["inputs."+name] = input.Default
	}
	for name, value := range given {
		require.Contains(t, values, "inputs."+name)
		values["inputs."+name] = value
	}
	return values
}

func TestActionCompares(t *testing.T) {
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	compare, verdict := stepCalled(t, a.Runs.Steps, "Compare"), stepCalled(t, a.Runs.Steps, "Verdict")
	shop, err := filepath.Abs("../../testdata/shop")
	require.NoError(t, err)
	production := filepath.Join(shop, "production.tfstate")
	for _, test := range []struct {
		name    string
		given   map[string]string
		code    string
		verdict string
		prints  string
	}{
		{"a model", map[string]string{"baseline": production, "candidate": filepath.Join(shop, "staging-model.tfstate")}, "0", "pass", "PASS"},
		{"a plan", map[string]string{"baseline": production, "candidate": filepath.Join(shop, "staging-onebox.plan.json")}, "2", "fail", "::error file="},
		{"nothing", map[string]string{"baseline": production, "candidate": "empty.tfstate"}, "3", "incomplete", "INCOMPLETE"},
		{"severity", map[string]string{"baseline": production, "candidate": filepath.Join(shop, "staging-drift.tfstate"), "fail-on": "warning", "args": "--skip\nversions\n--skip=config/missing-key"}, "2", "fail", "config/"},
		{"arguments", map[string]string{"baseline": production, "candidate": filepath.Join(shop, "staging-drift.tfstate"), "args": "--only\nmonitoring\n"}, "0", "pass", "PASS"},
		{"known", map[string]string{"baseline": production, "candidate": filepath.Join(shop, "staging-drift.tfstate"), "baseline-report": "known.json", "history": "h"}, "0", "pass", "PASS"},
		{"policy", map[string]string{"baseline": production, "candidate": filepath.Join(shop, "staging-model.tfstate"), "policy": "parity.hcl"}, "0", "pass", "PASS"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCheckout(t)
			c.write("empty.tfstate", `{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}`)
			c.write("parity.hcl", "fail_on = \"error\"\n")
			if test.given["baseline-report"] != "" {
				c.shell(runnerShell, `maquette parity "$SHOP/production.tfstate" "$SHOP/staging-drift.tfstate" --output json=known.json`)
			}
			code, out := c.do(compare, inputs(t, a, test.given))
			require.Zero(t, code, out)
			assert.Contains(t, out, test.prints)
			reports := filepath.Join(filepath.Dir(c.dir), "temp", "maquette-reports")
			assert.Equal(t, "verdict="+test.verdict+"\ncode="+test.code+"\nreports="+reports+"\n", c.read("../output"))
			assert.Equal(t, c.read("../temp/maquette-reports/report.md"), c.read("../summary"))
			assert.Contains(t, c.read("../summary"), "<!-- maquette parity ")
			for _, name := range []string{"report.html", "report.json", "report.sarif", "junit.xml"} {
				assert.FileExists(t, filepath.Join(reports, name))
			}
			assert.Equal(t, test.given["history"] != "", c.read("h/production--staging.jsonl") != "")
			code, _ = c.do(verdict, map[string]string{"steps.parity.outputs.code": test.code})
			assert.Equal(t, test.code, fmt.Sprint(code))
		})
	}
}

// What an input holds is one argument, whatever it is.
func TestActionInjectsNothing(t *testing.T) {
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	for _, evil := range []string{`"; touch pwned; "`, "$(touch pwned)", "`touch pwned`", "--help", "x\ntouch pwned", "* ?", "a b"} {
		c := newCheckout(t)
		given := map[string]string{}
		for _, name := range []string{"candidate", "baseline", "fail-on", "policy", "baseline-report", "history", "args"} {
			given[name] = evil
		}
		code, out := c.do(stepCalled(t, a.Runs.Steps, "Compare"), inputs(t, a, given))
		if code == 0 { // --help is a flag, among further flags
			assert.Equal(t, "--help", evil)
		} else {
			assert.Equal(t, exitError, code, out)
			assert.Contains(t, out, "maquette: ")
			assert.Empty(t, c.read("../output"))
		}
		for _, name := range []string{"candidate", "baseline"} {
			code, out := c.do(stepCalled(t, a.Runs.Steps, "Compare"), inputs(t, a, map[string]string{"candidate": "x", "baseline": "y", name: evil}))
			assert.Equal(t, exitError, code, out)
		}
		assert.NoFileExists(t, filepath.Join(c.dir, "pwned"))
	}
}

func TestActionInstalls(t *testing.T) {
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	c := newCheckout(t)
	code, out := c.do(stepCalled(t, a.Runs.Steps, "Install maquette"), map[string]string{"inputs.version": "v0.3.0"})
	require.Zero(t, code, out)
	assert.Equal(t, "go install github.com/maquette/maquette/cmd/maquette@v0.3.0\n", c.read("../calls"))
	assert.FileExists(t, filepath.Join(c.dir, "../temp/maquette-bin/maquette"))
	cache := a.Runs.Steps[0]
	assert.Equal(t, "${{ runner.temp }}/maquette-bin", cache.With["path"])
	assert.Contains(t, cache.With["key"], "${{ inputs.version }}")
}

// gh stands in for GitHub's command: the pull request has the comments of $COMMENTS, which --jq filters as gh does; what
// would be posted is copied to $POSTED.
func gh() {
	must := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "gh:", err)
			os.Exit(1)
		}
	}
	calls, err := os.OpenFile(os.Getenv("CALLS"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(err)
	fmt.Fprintln(calls, "gh", strings.Join(os.Args[1:], " "))
	if os.Getenv("GH_TOKEN") == "" {
		must(errors.New("HTTP 403: Resource not accessible by integration"))
	}
	for i, arg := range os.Args {
		if body, ok := strings.CutPrefix(arg, "body=@"); ok {
			data, err := os.ReadFile(body)
			must(err)
			must(os.WriteFile(os.Getenv("POSTED"), data, 0o600))
		}
		if arg == "--jq" {
			data, err := os.ReadFile(os.Getenv("COMMENTS"))
			must(err)
			var comments any
			must(json.Unmarshal(data, &comments))
			query, err := gojq.Parse(os.Args[i+1])
			must(err)
			code, err := gojq.Compile(query, gojq.WithEnvironLoader(os.Environ))
			must(err)
			for results := code.Run(comments); ; {
				result, ok := results.Next()
				if !ok {
					break
				}
				if err, failed := result.(error); failed {
					must(err)
				}
				fmt.Println(result)
			}
		}
	}
}

func TestActionComments(t *testing.T) {
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	marker := "<!-- maquette parity production-staging -->"
	for name, test := range map[string]struct {
		comments string
		token    string
		call     string
		warns    bool
	}{
		"the first":           {"[]", "t", "gh api --silent repos/acme/shop/issues/7/comments -F body=@", false},
		"a later one":         {`[{"id": 1, "user": {"type": "User"}, "body": "hello"}, {"id": 2, "user": {"type": "Bot"}, "body": "` + marker + `\nold"}, {"id": 3, "user": {"type": "Bot"}, "body": "` + marker + `"}]`, "t", "gh api --silent --method PATCH repos/acme/shop/issues/comments/2 -F body=@", false},
		"of another pair":     {`[{"id": 2, "user": {"type": "Bot"}, "body": "<!-- maquette parity production-dev -->"}]`, "t", "gh api --silent repos/acme/shop/issues/7/comments", false},
		"of a user's":         {`[{"id": 2, "user": {"type": "User"}, "body": "` + marker + `"}]`, "t", "gh api --silent repos/acme/shop/issues/7/comments", false},
		"without a right":     {"[]", "", "", true},
		"that cannot be read": {"no JSON", "t", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCheckout(t)
			c.write("reports/report.md", marker+"\n### the report\n")
			c.write("../comments", test.comments)
			code, out := c.do(stepCalled(t, a.Runs.Steps, "Comment on the pull request"), map[string]string{
				"inputs.token": test.token, "github.event.pull_request.number": "7", "steps.parity.outputs.reports": filepath.Join(c.dir, "reports"),
			})
			assert.Zero(t, code, out)
			assert.Equal(t, test.warns, strings.Contains(out, "::warning title=Maquette::"), out)
			assert.Contains(t, c.read("../calls"), test.call)
			if !test.warns {
				assert.Equal(t, c.read("reports/report.md"), c.read("../posted"))
			} else {
				assert.Empty(t, c.read("../posted"))
			}
		})
	}
}

// The workflows are what GitHub takes, their expressions have the right types, and what they give to the action are inputs
// of its: by actionlint, with the action beside them.
func TestWorkflowsLint(t *testing.T) {
	c := newCheckout(t)
	text, err := os.ReadFile("../../docs/ci/github/action.yml")
	require.NoError(t, err)
	c.write("docs/ci/github/action.yml", string(text))
	c.write(".github/actionlint.yaml", "self-hosted-runner:\n  labels: [maquette]\n")
	for _, name := range []string{"parity.yml", "audit.yml", "try.yml"} {
		text, err := os.ReadFile(filepath.Join("../../docs/ci/github", name))
		require.NoError(t, err)
		local := strings.ReplaceAll(string(text), "maquette/maquette/docs/ci/github@main", "./docs/ci/github")
		require.NotEqual(t, string(text), local)
		c.write(filepath.Join(".github/workflows", name), local)
	}
	var out strings.Builder
	linter, err := actionlint.NewLinter(&out, &actionlint.LinterOptions{Color: actionlint.ColorOptionKindNever})
	require.NoError(t, err)
	found, err := linter.LintRepository(c.dir)
	require.NoError(t, err)
	assert.Empty(t, found, out.String())

	c.write(".github/workflows/wrong.yml", strings.Replace(c.read(".github/workflows/parity.yml"), "candidate: plan.json", "candidat: plan.json", 1))
	found, err = linter.LintRepository(c.dir)
	require.NoError(t, err)
	assert.Len(t, found, 2, "the input is missing, and the other one is none")
}

func TestWorkflowPlans(t *testing.T) {
	var w workflow
	parseYAML(t, "github/parity.yml", false, &w)
	c := newCheckout(t)
	code, out := c.do(stepCalled(t, w.Jobs["staging"].Steps, "Plan staging"), nil)
	require.Zero(t, code, out)
	code, _ = c.shell(runnerShell, `maquette parity "$SHOP/production.tfstate" plan.json`)
	assert.Equal(t, exitFindings, code)
}

func TestWorkflowAudits(t *testing.T) {
	var w workflow
	parseYAML(t, "github/audit.yml", false, &w)
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	c := newCheckout(t)
	c.ok("git init -q --bare -b main ../origin.git && git remote add origin ../origin.git && git commit -qm first --allow-empty && git push -q -u origin main")
	steps := w.Jobs["audit"].Steps
	code, out := c.do(stepCalled(t, a.Runs.Steps, "Install maquette"), map[string]string{"inputs.version": "latest"})
	require.Zero(t, code, out)
	code, out = c.do(stepCalled(t, steps, "Read production and staging"), nil)
	require.Zero(t, code, out)
	i := slices.IndexFunc(steps, func(s step) bool { return s.ID == "parity" })
	given := map[string]string{}
	for name, value := range steps[i].With {
		given[name] = expand(t, value, map[string]string{"runner.temp": filepath.Join(filepath.Dir(c.dir), "temp")})
	}
	code, out = c.do(stepCalled(t, a.Runs.Steps, "Compare"), inputs(t, a, given))
	require.Zero(t, code, out)
	code, out = c.do(stepCalled(t, steps, "Keep the snapshot and the history"), nil)
	require.Zero(t, code, out)
	kept := c.ok("git ls-tree -r --name-only origin/main")
	assert.Equal(t, "parity-history/.gitattributes\nparity-history/production--staging.jsonl\nproduction.snapshot.json\n", kept)
	assert.NotRegexp(t, canaries, c.ok("git log -p origin/main"))
	assert.Equal(t, "exit 1", stepCalled(t, steps, "Verdict").Run)
}

type gitlabJob struct {
	Image       any
	Stage       string
	Extends     string
	Tags        []string
	Group       string `yaml:"resource_group"`
	Environment struct {
		Name, URL, Action string
		OnStop            string `yaml:"on_stop"`
	}
	Variables map[string]string
	Cache     struct {
		Key   string
		Paths []string
	}
	Rules []struct {
		If, When     string
		AllowFailure bool `yaml:"allow_failure"`
	}
	BeforeScript []string `yaml:"before_script"`
	Script       []string
	Artifacts    struct {
		When     string
		Access   string
		ExpireIn string `yaml:"expire_in"`
		Paths    []string
		Reports  struct{ JUnit, CodeQuality, DotEnv string }
	}
}

func TestGitLab(t *testing.T) {
	var template map[string]gitlabJob
	parseYAML(t, "gitlab/parity.gitlab-ci.yml", true, &template)
	job := template[".maquette"]
	var example struct {
		Include []struct{ Local string }
		Stages  []string
		Plan    gitlabJob `yaml:"plan-staging"`
		Parity  gitlabJob `yaml:"parity-staging"`
	}
	parseYAML(t, "gitlab/example.gitlab-ci.yml", true, &example)
	assert.FileExists(t, filepath.Join("../../docs/ci/gitlab", example.Include[0].Local))
	assert.Equal(t, ".maquette", example.Parity.Extends)
	assert.Equal(t, []string{example.Plan.Stage, example.Parity.Stage}, example.Stages)
	assert.Equal(t, example.Plan.Rules, example.Parity.Rules)
	assert.Equal(t, "none", example.Plan.Artifacts.Access, "a plan holds secrets")
	for name := range example.Parity.Variables {
		assert.Contains(t, job.Variables, name)
	}
	run := func(c *checkout, shell []string, job gitlabJob, given map[string]string) (int, string) {
		env := []string{"CI_PROJECT_DIR=" + c.dir}
		for _, variables := range []map[string]string{job.Variables, given} {
			for name, value := range variables {
				env = append(env, name+"="+strings.ReplaceAll(value, "$CI_PROJECT_DIR", c.dir))
			}
		}
		return c.shell(shell, strings.Join(append(slices.Clone(job.BeforeScript), job.Script...), "\n"), env...)
	}
	for _, shell := range [][]string{runnerShell, posixShell} {
		c := newCheckout(t)
		code, out := run(c, shell, example.Plan, nil)
		require.Zero(t, code, out)
		assert.NotEmpty(t, c.read(example.Plan.Artifacts.Paths[0]))
		c.ok(`maquette snapshot "$SHOP/production.tfstate" --out production.snapshot.json`)

		c.shell(runnerShell, `maquette parity production.snapshot.json plan.json --output json=parity-known.json`)
		code, out = run(c, shell, job, example.Parity.Variables)
		assert.Equal(t, exitOK, code, out)
		for _, name := range []string{job.Artifacts.Reports.JUnit, job.Artifacts.Reports.CodeQuality} {
			assert.NotEmpty(t, c.read(name), name)
			assert.True(t, strings.HasPrefix(name, job.Artifacts.Paths[0]))
		}
		assert.Equal(t, "always", job.Artifacts.When)
		assert.DirExists(t, filepath.Join(c.dir, job.Cache.Paths[0]))
		assert.Contains(t, c.read("../calls"), "maquette@latest\n")

		// A version that is there is not built again, and arguments are one a line.
		c.write("../calls", "")
		code, out = run(c, shell, job, map[string]string{
			"MAQUETTE_VERSION": "v0.3.0", "MAQUETTE_BASELINE": "production.snapshot.json", "MAQUETTE_CANDIDATE": "plan.json", "MAQUETTE_ARGS": "--only\none-box/*\n",
		})
		assert.Equal(t, exitFindings, code, out)
		assert.Empty(t, c.read("../calls"))

		for _, evil := range []string{"$(touch pwned)", "`touch pwned`", `"; touch pwned #`, "ARGS\ntouch pwned"} {
			code, out = run(c, shell, job, map[string]string{"MAQUETTE_BASELINE": evil, "MAQUETTE_CANDIDATE": evil, "MAQUETTE_ARGS": evil})
			assert.Equal(t, exitError, code, out)
			assert.NoFileExists(t, filepath.Join(c.dir, "pwned"))
		}
	}
}

func TestPreCommitHook(t *testing.T) {
	var hooks []struct {
		ID, Name, Description, Language, Entry, Files string
		PassFilenames                                 *bool `yaml:"pass_filenames"`
	}
	parseYAML(t, "../../.pre-commit-hooks.yaml", true, &hooks)
	require.Len(t, hooks, 1)
	hook := hooks[0]
	assert.Equal(t, "golang", hook.Language)
	assert.False(t, *hook.PassFilenames)
	files := regexp.MustCompile(hook.Files)
	assert.True(t, files.MatchString("environments/shop.hcl") && files.MatchString("deploy/environments/shop.hcl"))
	assert.False(t, files.MatchString("infra/main.hcl") || files.MatchString("environments/notes.md"))
	c := newCheckout(t)
	c.ok(hook.Entry)
	c.write("environments/broken.hcl", "environment \"staging\" {\n  model_off = \"production\"\n}\n")
	code, out := c.shell(runnerShell, hook.Entry)
	assert.Equal(t, exitError, code)
	assert.Contains(t, out, "environments/broken.hcl line 2")
}

// What the action and the template ask for is there.
func TestIntegrationsKnowTheirFormats(t *testing.T) {
	for _, name := range []string{"github/action.yml", "gitlab/parity.gitlab-ci.yml"} {
		text, err := os.ReadFile(filepath.Join("../../docs/ci", name))
		require.NoError(t, err)
		asked := regexp.MustCompile(`--output "?(\w+)=`).FindAllStringSubmatch(string(text), -1)
		require.NotEmpty(t, asked)
		for _, format := range asked {
			assert.Contains(t, report.Formats(), format[1])
		}
	}
}
