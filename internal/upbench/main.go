// Command upbench measures `maquette up` beside the same done by hand, `terraform init`, `plan` and `apply` on the same
// module, in turn and in one run; then many environments side by side: `make bench`.
//
//	go run ./internal/upbench -maquette bin/maquette -runs 5 -many 32
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

const definition = `environment "bench" {
  throwaway {
    ttl = "1h"
  }
  terraform {
    source    = "../modules/local/stack"
    variables = {
      environment = env.name
      tiers       = jsondecode(%q)
    }
  }
}
`

func main() {
	log.SetFlags(0)
	binary := flag.String("maquette", "bin/maquette", "the binary to measure, with maquette-terraform beside it")
	runs := flag.Int("runs", 5, "runs of each; medians are shown")
	many := flag.Int("many", 32, "environments side by side; 0: none")
	flag.Parse()
	if err := measure(*binary, *runs, *many); err != nil {
		log.Fatal(err)
	}
}

// bench is a project and a directory for what is done by hand.
type bench struct {
	maquette, terraform string
	dir                 string
	tiers               map[string]any
}

func measure(binary string, runs, many int) (err error) {
	b := &bench{}
	if b.maquette, err = filepath.Abs(binary); err != nil {
		return err
	}
	if b.terraform, err = exec.LookPath("terraform"); err != nil {
		return fmt.Errorf("nothing to compare with: %w", err)
	}
	if b.dir, err = os.MkdirTemp("", "mq-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if err := b.setUp(); err != nil {
		return err
	}
	// Whatever fails, nothing is left running.
	defer func() { _, _ = b.up("down", "--all", "--auto-approve") }()
	if err := b.single(runs); err != nil {
		return err
	}
	if many == 0 {
		return nil
	}
	return b.many(many)
}

func (b *bench) setUp() error {
	project := filepath.Join(b.dir, "project")
	for _, dir := range []string{"project/environments", "project/modules", "mirror"} {
		if err := os.MkdirAll(filepath.Join(b.dir, dir), 0o755); err != nil {
			return err
		}
	}
	if err := os.CopyFS(filepath.Join(project, "modules", "local"), os.DirFS("modules/local")); err != nil {
		return err
	}
	bin := filepath.Join(project, "bin")
	build := exec.Command("go", "build", "-o", bin+string(filepath.Separator), "./...")
	build.Dir = "testdata/shop/app"
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the application: %w: %s", err, out)
	}
	b.tiers = map[string]any{
		"web":    map[string]any{"kind": "web", "members": 2, "command": []string{filepath.Join(bin, "web")}, "health_path": "/healthz"},
		"worker": map[string]any{"kind": "worker", "members": 1, "command": []string{filepath.Join(bin, "worker")}, "health_path": "/healthz"},
	}
	tiers, err := json.Marshal(b.tiers)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(definition, tiers)
	if err := os.WriteFile(filepath.Join(project, "environments", "bench.hcl"), []byte(text), 0o644); err != nil {
		return err
	}
	provider := filepath.Join(b.dir, "mirror/registry.terraform.io/maquette/maquette/0.1.0", runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(provider, 0o755); err != nil {
		return err
	}
	if err := os.Symlink(b.maquette+"-terraform", filepath.Join(provider, "terraform-provider-maquette_v0.1.0")); err != nil {
		return err
	}
	return os.WriteFile(b.cliConfig(), []byte(fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(b.dir, "mirror"))), 0o644)
}

func (b *bench) cliConfig() string { return filepath.Join(b.dir, "cli.tfrc") }

// up runs maquette and returns how long it took.
func (b *bench) up(args ...string) (time.Duration, error) {
	cmd := exec.Command(b.maquette, args...)
	cmd.Dir = filepath.Join(b.dir, "project")
	return timed(cmd)
}

// hand is the directory of one environment that is made by hand, as the module's own root.
func (b *bench) hand(name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.CopyFS(dir, os.DirFS("modules/local")); err != nil {
		return "", err
	}
	root := filepath.Join(dir, "stack")
	variables, err := json.Marshal(map[string]any{"environment": name, "tiers": b.tiers})
	if err != nil {
		return "", err
	}
	return root, os.WriteFile(filepath.Join(root, "terraform.tfvars.json"), variables, 0o644)
}

// byHand runs terraform in a directory, one command after the other.
func (b *bench) byHand(root string, commands ...string) (time.Duration, error) {
	var total time.Duration
	for _, command := range commands {
		cmd := exec.Command(b.terraform, strings.Fields(command)...)
		cmd.Dir = root
		name := filepath.Base(filepath.Dir(root))
		for _, entry := range os.Environ() {
			if !strings.HasPrefix(entry, "TF_") {
				cmd.Env = append(cmd.Env, entry)
			}
		}
		cmd.Env = append(cmd.Env, "TF_CLI_CONFIG_FILE="+b.cliConfig(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
			"MAQUETTE_HOME="+filepath.Join(b.dir, "home"), "MAQUETTE_INSTANCE="+name, "MAQUETTE_INSTANCE_ID="+name)
		took, err := timed(cmd)
		if err != nil {
			return 0, err
		}
		total += took
	}
	return total, nil
}

var naive = []string{"init -input=false", "plan -input=false -out=plan.out", "apply -input=false plan.out"}

func timed(cmd *exec.Cmd) (time.Duration, error) {
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return time.Since(start), nil
}

// single measures one environment, fresh and again, by hand and by maquette in turn.
func (b *bench) single(runs int) error {
	var fresh, again, handFresh, handAgain []time.Duration
	for i := range runs {
		name := fmt.Sprintf("b%d", i)
		root, err := b.hand("hand" + name)
		if err != nil {
			return err
		}
		for _, into := range []*[]time.Duration{&handFresh, &handAgain} {
			took, err := b.byHand(root, naive...)
			if err != nil {
				return err
			}
			*into = append(*into, took)
		}
		if _, err := b.byHand(root, "destroy -auto-approve -input=false"); err != nil {
			return err
		}
		for _, into := range []*[]time.Duration{&fresh, &again} {
			took, err := b.up("up", "bench", "--name", name)
			if err != nil {
				return err
			}
			*into = append(*into, took)
		}
		if _, err := b.up("down", name); err != nil {
			return err
		}
	}
	fmt.Printf("\nOne environment of 3 servers and a balancer; medians of %d runs in turn\n", runs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tms\tx by hand\t")
	row := func(name string, took, hand []time.Duration) {
		m, h := median(took), median(hand)
		fmt.Fprintf(w, "%s\t%d\t%.2f\t\n", name, m.Milliseconds(), m.Seconds()/h.Seconds())
	}
	row("terraform init, plan, apply: fresh", handFresh, handFresh)
	row("maquette up: fresh", fresh, handFresh)
	row("terraform init, plan, apply: again", handAgain, handAgain)
	row("maquette up: again", again, handAgain)
	return w.Flush()
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// many measures n environments: by hand and by maquette one after the other, and by one maquette side by side.
func (b *bench) many(n int) error {
	names := make([]string, n)
	args := []string{"up", "bench"}
	for i := range names {
		names[i] = fmt.Sprintf("e%02d", i)
		args = append(args, "--name", names[i])
	}
	hand, handPeak, err := b.watched(func() error {
		for _, name := range names {
			root, err := b.hand("hand" + name)
			if err != nil {
				return err
			}
			if _, err := b.byHand(root, naive...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := b.byHand(filepath.Join(b.dir, "hand"+name, "stack"), "destroy -auto-approve -input=false"); err != nil {
			return err
		}
	}
	serial, serialPeak, err := b.watched(func() error {
		for _, name := range names {
			if _, err := b.up("up", "bench", "--name", name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := b.up("down", "--all"); err != nil {
		return err
	}
	beside, besidePeak, err := b.watched(func() error {
		_, err := b.up(args...)
		return err
	})
	if err != nil {
		return err
	}
	down, err := b.up("down", "--all")
	if err != nil {
		return err
	}
	fmt.Printf("\n%d environments, one run of each; memory without the servers themselves\n", n)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ts\ta second\tx by hand\tpeak MB\t")
	row := func(name string, took time.Duration, peak int64) {
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.2f\t%s\t\n", name, took.Seconds(), float64(n)/took.Seconds(), took.Seconds()/hand.Seconds(), megabytes(peak))
	}
	row("terraform by hand, one after the other", hand, handPeak)
	row("maquette up, one after the other", serial, serialPeak)
	row("maquette up, side by side", beside, besidePeak)
	row("maquette down, side by side", down, 0)
	return w.Flush()
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return "–"
	}
	return fmt.Sprint(bytes / 1e6)
}
