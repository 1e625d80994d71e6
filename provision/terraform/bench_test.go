package terraform

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/tftest"
)

// byHand runs what one would type, in a directory of its own that holds the same root, with the provider from a mirror
// as it is used without maquette.
type byHand struct {
	b      *testing.B
	binary string
	dir    string
	env    []string
}

func newByHand(b *testing.B, d *Driver, dir string) byHand {
	b.Helper()
	env, _ := cleanEnviron(os.Environ())
	mirror := (&cliSettings{}).render(d.plugins(), d.addresses(), nil)
	config := b.TempDir() + "/mirror.tfrc"
	require.NoError(b, os.WriteFile(config, mirror, 0o600))
	env["TF_CLI_CONFIG_FILE"] = config
	env["TF_VAR_text"] = "hello"
	h := byHand{b: b, binary: tftest.Require(b), dir: dir}
	for name, value := range env {
		h.env = append(h.env, name+"="+value)
	}
	return h
}

func (h byHand) run(args ...string) {
	h.b.Helper()
	cmd := exec.Command(h.binary, args...)
	cmd.Dir, cmd.Env = h.dir, h.env
	out, err := cmd.CombinedOutput()
	require.NoError(h.b, err, "%s", out)
}

func (h byHand) initPlanApply() {
	h.b.Helper()
	h.run("init", "-input=false")
	h.run("plan", "-input=false", "-out=plan")
	h.run("apply", "-input=false", "plan")
}

// BenchmarkFreshApply compares the first apply of an instance with `terraform init && plan && apply`.
func BenchmarkFreshApply(b *testing.B) {
	compare(b, func(h byHand) {
		require.NoError(b, os.RemoveAll(h.dir+"/terraform.tfstate"))
		require.NoError(b, os.RemoveAll(h.dir+"/.terraform"))
		require.NoError(b, os.RemoveAll(h.dir+"/.terraform.lock.hcl"))
	}, func(n int) string { return fmt.Sprintf("try-%d", n) })
}

// BenchmarkRepeatedApply compares an apply that finds nothing to do with the same.
func BenchmarkRepeatedApply(b *testing.B) {
	compare(b, nil, func(int) string { return "try" })
}

func compare(b *testing.B, reset func(h byHand), instance func(n int) string) {
	d := newDriver(b)
	source, naive := b.TempDir(), b.TempDir()
	for _, dir := range []string{source, naive} {
		require.NoError(b, os.WriteFile(dir+"/main.tf", []byte(noted), 0o600))
	}
	apply := func(instance string) {
		j, _ := job(source, instance, map[string]cty.Value{"text": cty.StringVal("hello")})
		_, err := d.Apply(b.Context(), j)
		require.NoError(b, err)
	}
	require.NoError(b, d.offer())
	h := newByHand(b, d, naive)
	apply("warm-up")
	if reset == nil {
		apply(instance(0))
		h.initPlanApply()
	}

	var ours, theirs time.Duration
	n := 0
	for b.Loop() {
		start := time.Now()
		apply(instance(n))
		ours += time.Since(start)

		b.StopTimer()
		if reset != nil {
			reset(h)
		}
		start = time.Now()
		h.initPlanApply()
		theirs += time.Since(start)
		n++
		b.StartTimer()
	}
	b.ReportMetric(float64(ours.Milliseconds())/float64(n), "ms/apply")
	b.ReportMetric(float64(theirs.Milliseconds())/float64(n), "ms/by-hand")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-by-hand")
}
