package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/awsstandin"
	"github.com/maquette/maquette/provision/local"
)

func TestMain(m *testing.M) {
	if awsstandin.Serving() {
		if err := awsstandin.Serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if code, ok := local.Run(); ok { // this binary is maquette-terraform, too, also where it is called by another name
		os.Exit(code)
	}
	testscript.Main(m, map[string]func(){"maquette": main, "maquette-aws": fakeAWS, "maquette-terraform": answer, "server": server, "gh": gh})
}

// answer is what maquette-terraform does for maquette itself.
func answer() { os.Exit(local.Answer()) }

// server is a service for environments to run: it says GREETING at every path.
func server() {
	fmt.Printf("member %s of %s\n", os.Getenv("MEMBER"), os.Getenv("ENVIRONMENT"))
	greet := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, os.Getenv("GREETING")) }
	fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(greet)))
	os.Exit(1)
}

// Scripts run the command as users do. They see the fixtures under $SHOP.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	terraform, terraformErr := exec.LookPath("terraform")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SHOP", filepath.Join(root, "testdata", "shop"))
			env.Setenv("SCHEMA", filepath.Join(root, "docs", "report.schema.json"))
			env.Setenv("TREND_SCHEMA", filepath.Join(root, "docs", "trend.schema.json"))
			env.Setenv("HISTORY_SCHEMA", filepath.Join(root, "docs", "history.schema.json"))
			env.Setenv("MODULES", filepath.Join(root, "modules"))
			env.Setenv("TERRAFORM", terraform)
			env.Setenv("NO_COLOR", "1")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			if cond != "terraform" {
				return false, nil
			}
			if terraformErr != nil && os.Getenv("MAQUETTE_NO_TERRAFORM") == "" {
				return false, terraformErr // a test that did not run has proved nothing
			}
			return terraformErr == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"valid":      valid,
			"valid-gate": validGate,
			"valid-all":  validAll,
			"validline":  validLines,
			"within":     within,
			"same":       same,
			"clean":      clean,
			"untouched":  untouched,
			"hidden":     hidden,
			"standin":    standin,
		},
	})
}

// standin makes what the script runs find an AWS provider that needs no AWS: standin DIR.
func standin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: standin DIR")
	}
	environment, err := awsstandin.Install(ts.MkAbs(args[0]), filepath.Join(filepath.Dir(ts.Getenv("SHOP")), "schema", "aws-5.45.0.schema.json.gz"))
	ts.Check(err)
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		ts.Setenv(name, value)
	}
}

// exits runs the command and wants an exit code: exits CODE ARG...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE [ARG...]")
	}
	err := ts.Exec("maquette", args[1:]...)
	code := "0"
	if err != nil {
		var exit *exec.ExitError
		if !asExit(err, &exit) {
			ts.Fatalf("running maquette: %v", err)
		}
		code = exit.ProcessState.String()
		code = strings.TrimPrefix(code, "exit status ")
	}
	if strings.Contains(ts.ReadFile("stderr"), "goroutine ") {
		ts.Fatalf("maquette panicked:\n%s", ts.ReadFile("stderr"))
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, %s was wanted\n%s%s", code, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

func asExit(err error, into **exec.ExitError) bool {
	exit, ok := err.(*exec.ExitError)
	*into = exit
	return ok
}

// valid checks reports against their published schema: valid FILE...
func valid(ts *testscript.TestScript, neg bool, args []string) {
	validBy(ts, neg, ts.Getenv("SCHEMA"), args)
}

// validGate checks results of gates against their published schema: valid-gate FILE...
func validGate(ts *testscript.TestScript, neg bool, args []string) {
	validBy(ts, neg, filepath.Join(filepath.Dir(ts.Getenv("SCHEMA")), "gate.schema.json"), args)
}

// validAll checks several reports in one against their published schema: valid-all FILE...
func validAll(ts *testscript.TestScript, neg bool, args []string) {
	validBy(ts, neg, filepath.Join(filepath.Dir(ts.Getenv("SCHEMA")), "reports.schema.json"), args)
}

func validBy(ts *testscript.TestScript, neg bool, file string, args []string) {
	schema, err := jsonschema.NewCompiler().Compile(file)
	ts.Check(err)
	for _, name := range args {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(name)))
		ts.Check(err)
		if err := schema.Validate(doc); (err != nil) != neg {
			ts.Fatalf("%s: %v", name, err)
		}
	}
}

// validLines checks each line of histories against the published schema: validline FILE...
func validLines(ts *testscript.TestScript, _ bool, args []string) {
	schema, err := jsonschema.NewCompiler().Compile(ts.Getenv("HISTORY_SCHEMA"))
	ts.Check(err)
	for _, name := range args {
		for line := range strings.Lines(ts.ReadFile(name)) {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
			ts.Check(err)
			ts.Check(schema.Validate(doc))
		}
	}
}

// within checks that a file has what another one holds: within FILE PART.
func within(ts *testscript.TestScript, neg bool, args []string) {
	if strings.Contains(ts.ReadFile(args[0]), ts.ReadFile(args[1])) == neg {
		ts.Fatalf("%s and %s: what the second holds is in the first: %v", args[0], args[1], !neg)
	}
}

// same checks that two reports say the same of the environments, whatever they
// were read from: same FILE FILE.
func same(ts *testscript.TestScript, neg bool, args []string) {
	var texts [2]string
	for i, name := range args {
		var doc map[string]any
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &doc))
		for _, side := range []string{"baseline", "candidate"} {
			delete(doc[side].(map[string]any), "sources")
		}
		for _, finding := range doc["findings"].([]any) {
			// What is beside the source.
			delete(finding.(map[string]any), "location")
			delete(finding.(map[string]any), "remedy")
		}
		// A snapshot keeps no secret, so that other numbers of attributes are
		// compared and known.
		delete(doc, "dimensions")
		delete(doc, "score")
		delete(doc, "unknown")
		b, err := json.MarshalIndent(doc, "", " ")
		ts.Check(err)
		texts[i] = string(b)
	}
	if (texts[0] == texts[1]) == neg {
		ts.Fatalf("%s and %s: equal is %v", args[0], args[1], texts[0] == texts[1])
	}
}

// canaries are the secrets of the fixtures.
var canaries = regexp.MustCompile(`prod-Sup3r|stag-0ther|s3cret!|c4nary`)

// clean checks that no secret is in a file: clean stdout stderr FILE...
func clean(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		if found := canaries.FindString(ts.ReadFile(name)); found != "" {
			ts.Fatalf("%s holds the secret %s", name, found)
		}
	}
}

// hidden checks that no secret is in a file below a directory, but for Terraform's states, nor in the arguments of a
// process: hidden DIR
func hidden(ts *testscript.TestScript, _ bool, args []string) {
	looked := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.Contains(entry.Name(), "tfstate") {
			return err
		}
		data, err := os.ReadFile(path)
		if found := canaries.Find(data); found != nil {
			ts.Fatalf("%s holds the secret %s", path, found)
		}
		looked++
		return err
	}))
	if looked == 0 {
		ts.Fatalf("%s has no files", args[0])
	}
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	ts.Check(err)
	for _, path := range all {
		// Of those that have just ended there is none.
		if data, err := os.ReadFile(path); err == nil && canaries.Match(data) {
			ts.Fatalf("%s holds a secret: %q", path, data)
		}
	}
}

// untouched checks that a directory holds these files and no others:
// untouched DIR [FILE...]
func untouched(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), strings.Join(args[1:], " "); got != want {
		ts.Fatalf("%s holds %q, %q was wanted", args[0], got, want)
	}
}

// Every command says how it is used, by an example.
func TestHelpHasExamples(t *testing.T) {
	for _, cmd := range newRoot(&streams{}).Commands() {
		t.Run(cmd.Name(), func(t *testing.T) {
			var out, errOut bytes.Buffer
			assert.Equal(t, exitOK, run(t.Context(), []string{cmd.Name(), "--help"}, nil, &out, &errOut))
			assert.Empty(t, errOut.String())
			assert.Contains(t, out.String(), "Examples:\n  ")
			assert.NotEmpty(t, cmd.Short)
			for _, line := range strings.Split(out.String(), "\n") {
				assert.LessOrEqual(t, len([]rune(line)), 120, line)
			}
		})
	}
}
