package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/tftest"
)

const triedShop = `
environment "staging" {
  tier "web" {
    members = 2
  }
  terraform {
    source = %q
    variables = {
      environment = env.name
      tiers = {
        web = {
          kind        = "web"
          members     = tier.web.members
          command     = ["server"]
          environment = { GREETING = "hello" }
          health_path = "/"
        }
      }
    }
  }
}

environment "try" {
  model_of = "staging"
  scale {
    ratio   = "1/2"
    minimum = 1
  }
  throwaway {
    ttl = "8h"
  }
  terraform {
    variables = {
      tiers = {
        web = {
          kind        = "web"
          members     = tier.web.members
          command     = ["server"]
          environment = { GREETING = "commit ${commit}" }
          health_path = "/"
        }
      }
    }
  }
  hook "before_up" {
    command = ["sh", "-c", "if test -e ../../slow; then touch ../../busy; sleep 2; fi"]
  }
}
`

// newTriedCheckout is a checkout whose staging is up, and which is pushed to an origin. Its Terraform is a real one.
func newTriedCheckout(t *testing.T) *checkout {
	t.Helper()
	tftest.Require(t)
	c := newCheckout(t)
	root := filepath.Dir(c.dir)
	require.NoError(t, os.Remove(filepath.Join(root, "bin", "terraform")))
	c.env = append(c.env, "MAQUETTE_HOME="+filepath.Join(root, "home"), "MAQUETTE_GITLAB_TOKEN=c4nary-gitlab")
	c.write("environments/shop.hcl", fmt.Sprintf(triedShop, filepath.Join(c.top, "modules", "local", "stack")))
	c.ok("git add environments && git commit -qm first && git init -q --bare -b main ../origin.git && git remote add origin ../origin.git && git push -q origin main")
	t.Cleanup(func() {
		cmd := exec.Command("maquette", "down", "--all", "--auto-approve") // the test's context has ended
		cmd.Dir, cmd.Env = c.dir, c.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	c.ok("maquette up staging --auto-approve")
	return c
}

// push makes a commit on the branch feature/x, and returns it.
func (c *checkout) push() string {
	c.t.Helper()
	return strings.TrimSpace(c.ok("git commit -qm more --allow-empty && git push -q origin HEAD:refs/heads/feature/x && git rev-parse HEAD"))
}

// page is what the server of a name answers.
func (c *checkout) page(name string) string {
	c.t.Helper()
	url := strings.TrimSpace(c.ok("maquette outputs " + name + " url"))
	_, port, _ := strings.Cut(strings.TrimPrefix(url, "http://"), ":")
	response, err := http.Get("http://127.0.0.1:" + port)
	require.NoError(c.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return strings.TrimSpace(string(body))
}

// raced runs an old and a new commit side by side: the old one is at work when the new one is pushed and begins. Both
// are to end well, the new one last.
func (c *checkout) raced(name string, bring func(commit string) (int, string)) {
	c.t.Helper()
	root := filepath.Dir(c.dir)
	require.NoError(c.t, os.WriteFile(filepath.Join(root, "slow"), nil, 0o600))
	older := c.push()
	var both sync.WaitGroup
	both.Go(func() {
		code, out := bring(older)
		assert.Zero(c.t, code, out)
	})
	assert.Eventually(c.t, func() bool { _, err := os.Stat(filepath.Join(root, "busy")); return err == nil }, 30*time.Second, 20*time.Millisecond)
	require.NoError(c.t, os.Remove(filepath.Join(root, "slow")))
	newer := c.push()
	code, out := bring(newer)
	assert.Zero(c.t, code, out)
	both.Wait()
	assert.Equal(c.t, "commit "+newer, c.page(name))
	require.NoError(c.t, os.Remove(filepath.Join(root, "busy")))

	code, out = bring(older)
	assert.Zero(c.t, code, out)
	assert.Contains(c.t, out, "feature/x has moved on to "+newer)
	assert.Equal(c.t, "commit "+newer, c.page(name))
}

func TestTryServersOnGitHub(t *testing.T) {
	t.Parallel()
	var w workflow
	parseYAML(t, "github/try.yml", false, &w)
	var a action
	parseYAML(t, "github/action.yml", false, &a)
	c := newTriedCheckout(t)
	c.env = append(c.env, "NAME=try-pr-7", "RUNNER_TRACKING_ID=github_1")
	up := w.Jobs["up"].Steps
	bring := func(commit string) (int, string) {
		return c.do(stepCalled(t, up, "Bring it up"), map[string]string{
			"github.head_ref": "feature/x", "github.event.pull_request.head.sha": commit, "github.event.pull_request.user.login": "ada",
		})
	}
	commit := c.push()
	code, out := bring(commit)
	require.Zero(t, code, out)
	assert.Equal(t, "commit "+commit, c.page("try-pr-7"))
	said := regexp.MustCompile(`(?s)^preface<<END-OF-PREFACE\n(.*)\nEND-OF-PREFACE\n$`).FindStringSubmatch(c.read("../output"))
	require.NotNil(t, said, c.read("../output"))
	assert.Regexp(t, `\*\*Try server\*\* of `+commit+`: http://try-pr-7\.localhost:\d+\n`, said[1])
	assert.Regexp(t, `owner +ada`, said[1])

	// The action, with what it is given here, says where it is and what it lacks.
	given := map[string]string{}
	for _, s := range up {
		if strings.HasPrefix(s.Uses, "maquette/") {
			for name, value := range s.With {
				given[name] = expand(t, value, map[string]string{"env.NAME": "try-pr-7", "steps.up.outputs.preface": said[1]})
			}
		}
	}
	assert.Empty(t, given["version"], "the one on PATH is the one that made the server")
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "go install") || strings.Contains(s.Uses, "setup-go") {
			assert.Contains(t, s.If, "inputs.version != ''")
		}
	}
	code, out = c.do(stepCalled(t, a.Runs.Steps, "Compare"), inputs(t, a, given))
	require.Zero(t, code, out)
	report := c.read("../temp/maquette-reports/report.md")
	assert.True(t, strings.HasPrefix(report, "<!-- maquette parity staging-try-pr-7 -->\n"+said[1]+"\n"), report)
	assert.Contains(t, report, "one-box/single-member")

	c.raced("try-pr-7", bring)

	// It goes with its pull request, and a second time nothing is to be done.
	c.write("../comments", `[{"id": 1, "user": {"type": "User"}, "body": "<!-- maquette try server -->"}, {"id": 2, "user": {"type": "Bot"}, "body": "x\n<!-- maquette try server -->\n"}]`)
	down := w.Jobs["down"].Steps
	for range 2 {
		code, out = c.do(stepCalled(t, down, "Take it down"), nil)
		require.Zero(t, code, out)
	}
	assert.NotContains(t, c.ok("maquette ls"), "try-pr-7")
	code, out = c.do(stepCalled(t, down, "Say so"), map[string]string{"github.token": "t", "github.event.pull_request.number": "7"})
	require.Zero(t, code, out)
	assert.Contains(t, c.read("../calls"), "gh api --silent --method PATCH repos/acme/shop/issues/comments/2 -f body=The try server is gone.\n")
	code, out = c.do(stepCalled(t, w.Jobs["reap"].Steps, "Reap"), nil)
	assert.Zero(t, code, out)
}

func TestTryServersOnGitLab(t *testing.T) {
	t.Parallel()
	var jobs map[string]gitlabJob
	parseYAML(t, "gitlab/try.gitlab-ci.yml", true, &jobs)
	up, down := jobs["try-up"], jobs["try-down"]
	assert.Equal(t, ".try", up.Extends)
	assert.Equal(t, ".try", down.Extends)
	assert.NotEmpty(t, jobs[".try"].Group)
	assert.Equal(t, "try-down", up.Environment.OnStop)
	assert.Equal(t, up.Environment.Name, down.Environment.Name)
	assert.Equal(t, "stop", down.Environment.Action)
	assert.True(t, down.Rules[0].AllowFailure, "a server that is up hinders no merge")
	assert.Equal(t, "manual", down.Rules[0].When)
	assert.Equal(t, up.Rules[0].If, down.Rules[0].If)

	c := newTriedCheckout(t)
	run := func(job gitlabJob, commit string) (int, string) {
		return c.shell(posixShell, strings.Join(job.Script, "\n"), "NAME=try-mr-7", "CI_MERGE_REQUEST_IID=7", "CI_PROJECT_ID=5", "CI_API_V4_URL=https://gitlab.example/api/v4",
			"CI_PROJECT_URL=https://gitlab.example/acme/shop", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME=feature/x", "CI_COMMIT_SHA="+commit, "GITLAB_USER_LOGIN=ada")
	}
	bring := func(commit string) (int, string) { return run(up, commit) }
	commit := c.push()
	code, out := bring(commit)
	require.Zero(t, code, out)
	assert.Equal(t, "commit "+commit, c.page("try-mr-7"))
	assert.Regexp(t, `^TRY_URL=http://try-mr-7\.localhost:\d+\n$`, c.read(up.Artifacts.Reports.DotEnv))
	assert.Contains(t, c.read(up.Artifacts.Paths[0]), "one-box/single-member")
	note := c.read("../posted")
	assert.Contains(t, note, "**Try server** of "+commit+": http://try-mr-7.localhost:")
	assert.Contains(t, note, "one-box/single-member")

	c.raced("try-mr-7", bring)
	assert.Regexp(t, `^TRY_URL=http://try-mr-7\.localhost:\d+\n$`, c.read("try.env"), "also of a run that is told to stay out")
	calls := c.read("../calls")
	assert.Contains(t, calls, "--request PUT https://gitlab.example/api/v4/projects/5/merge_requests/7/notes/301\n")
	assert.Equal(t, 1, strings.Count(calls, "merge_requests/7/notes\n"), "there is one note")
	assert.NotContains(t, calls, "c4nary")

	for range 2 {
		code, out = run(down, commit)
		require.Zero(t, code, out)
	}
	assert.NotContains(t, c.ok("maquette ls"), "try-mr-7")
	code, out = run(jobs["try-reap"], commit)
	assert.Zero(t, code, out)
}
