// Command peers measures maquette beside tools that people would use instead,
// in turn and in one run, on generated pairs of states: `make bench`.
//
//	go run ./internal/peers -maquette bin/maquette -copies 17,167
//	go run ./internal/peers -maquette bin/maquette -copies 1667 -more -runs 3
//	go run ./internal/peers -maquette bin/maquette -copies 167 -all 10
//	go run ./internal/peers -maquette bin/maquette -copies 167 -changed 100
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/maquette/maquette/internal/stategen"
)

// peer is a command that reads both states; "{a}" and "{b}" are their files.
type peer struct {
	name string
	args []string
}

var peers = []peer{
	{"maquette parity", []string{"", "parity", "--format", "json", "{a}", "{b}"}},
	{"jq empty (parse only)", []string{"jq", "empty", "{a}", "{b}"}},
	{"python3 json.load (parse only)", []string{"python3", "-c", "import json,sys\nfor f in sys.argv[1:]: json.load(open(f))", "{a}", "{b}"}},
}

// more are peers that take minutes on large states.
var more = []peer{
	{"jq -S, then diff", []string{"bash", "-c", "diff <(jq -S . {a}) <(jq -S . {b}) || true"}},
	{"jd", []string{"jd", "{a}", "{b}"}},
	{"dyff between", []string{"dyff", "between", "{a}", "{b}"}},
	{"conftest, one rule", []string{"conftest", "test", "--policy", "{policy}", "{a}", "{b}"}},
}

// policy is the least that conftest can be asked.
const policy = "package main\n\nimport rego.v1\n\ndeny contains msg if {\n\tinput.version != 4\n\tmsg := \"another format\"\n}\n"

func main() {
	log.SetFlags(0)
	binary := flag.String("maquette", "bin/maquette", "the binary to measure")
	copies := flag.String("copies", "17,167", "copies of the shop's 60 instances, one table each")
	runs := flag.Int("runs", 5, "runs of each; medians are shown")
	slow := flag.Bool("more", false, "measure the peers that take minutes as well")
	all := flag.Int("all", 0, "measure parity --all with `N` candidates of one baseline instead, beside one pair")
	changed := flag.Float64("changed", 1, "how many of a hundred instances differ")
	template := flag.String("template", "testdata/shop/production.tfstate", "the state to copy")
	flag.Parse()
	if *slow {
		peers = append(peers, more...)
	}
	if err := run(*binary, *copies, *runs, *all, *changed, *template); err != nil {
		log.Fatal(err)
	}
}

func run(binary, copies string, runs, all int, changed float64, template string) error {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	peers[0].args[0] = binary
	data, err := os.ReadFile(template)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "maquette-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, c := range strings.Split(copies, ",") {
		n, err := strconv.Atoi(c)
		if err != nil {
			return fmt.Errorf("-copies: %w", err)
		}
		a, b := filepath.Join(dir, "a.tfstate"), filepath.Join(dir, "b.tfstate")
		size, err := generate(data, n, changed, a, b)
		if err != nil {
			return err
		}
		if all > 0 {
			if err := many(data, dir, n, all); err != nil {
				return err
			}
			peers = []peer{
				{"maquette parity, one pair", []string{binary, "parity", "--format", "json", "{a}", "{b}"}},
				{"jq empty (parse only)", []string{"jq", "empty", "{a}", "{b}"}},
				{fmt.Sprintf("maquette parity --all, %d pairs", all), []string{binary, "parity", "--all", "--format", "json", "--dir", dir}},
			}
		}
		fmt.Printf("\n%d instances in each of two states, %.1f MB both; medians of %d runs in turn\n", n*60, float64(size)/1e6, runs)
		if err := table(a, b, runs); err != nil {
			return err
		}
	}
	return nil
}

// many writes definitions of a baseline and of n candidates, each with changes of its own.
func many(template []byte, dir string, copies, n int) error {
	hcl := "environment \"production\" {\n  observe {\n    state {\n      file = \"a.tfstate\"\n    }\n  }\n}\n"
	for i := range n {
		name := fmt.Sprintf("staging%d", i)
		f, err := os.Create(filepath.Join(dir, name+".tfstate"))
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := stategen.Generate(template, stategen.Options{Copies: copies, Changed: 1, Seed: uint64(i)}, io.Discard, f); err != nil {
			return err
		}
		hcl += fmt.Sprintf("\nenvironment %q {\n  model_of = \"production\"\n  aliases  = [\"staging\"]\n  observe {\n    state {\n      file = \"%s.tfstate\"\n    }\n  }\n}\n", name, name)
	}
	return os.WriteFile(filepath.Join(dir, "bench.hcl"), []byte(hcl), 0o644)
}

func generate(template []byte, copies int, changed float64, a, b string) (int64, error) {
	fa, err := os.Create(a)
	if err != nil {
		return 0, err
	}
	defer fa.Close()
	fb, err := os.Create(b)
	if err != nil {
		return 0, err
	}
	defer fb.Close()
	if _, err := stategen.Generate(template, stategen.Options{Copies: copies, Changed: changed}, fa, fb); err != nil {
		return 0, err
	}
	var size int64
	for _, f := range []*os.File{fa, fb} {
		info, err := f.Stat()
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}

type sample struct {
	wall, cpu time.Duration
	rss       int64 // kB
}

func table(a, b string, runs int) error {
	rules := filepath.Join(filepath.Dir(a), "rules.rego")
	if err := os.WriteFile(rules, []byte(policy), 0o644); err != nil {
		return err
	}
	samples := make([][]sample, len(peers))
	for range runs {
		for i, p := range peers {
			args := make([]string, len(p.args))
			for j, s := range p.args {
				args[j] = strings.NewReplacer("{a}", a, "{b}", b, "{policy}", rules).Replace(s)
			}
			if _, err := exec.LookPath(args[0]); err != nil {
				continue
			}
			cmd := exec.Command(args[0], args[1:]...)
			start := time.Now()
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > 2) { // findings, or that the files differ
				return fmt.Errorf("%s: %w", p.name, err)
			}
			s := sample{wall: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
			if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
				s.rss = u.Maxrss
			}
			samples[i] = append(samples[i], s)
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\ts\tx jq\tCPU s\tpeak MB\t")
	median := func(ss []sample) sample {
		slices.SortFunc(ss, func(x, y sample) int { return int(x.wall - y.wall) })
		return ss[len(ss)/2]
	}
	var jq time.Duration
	if len(samples[1]) > 0 {
		jq = median(samples[1]).wall
	}
	for i, p := range peers {
		if len(samples[i]) == 0 {
			fmt.Fprintf(w, "%s\tnot installed\t\t\t\t\n", p.name)
			continue
		}
		m := median(samples[i])
		ratio := "–"
		if jq > 0 {
			ratio = fmt.Sprintf("%.2f", m.wall.Seconds()/jq.Seconds())
		}
		fmt.Fprintf(w, "%s\t%.2f\t%s\t%.2f\t%d\t\n", p.name, m.wall.Seconds(), ratio, m.cpu.Seconds(), m.rss/1000)
	}
	return w.Flush()
}
