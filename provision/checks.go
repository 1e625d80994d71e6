package provision

import (
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/gocty"

	"github.com/maquette/maquette/parity"
)

// Checks evaluates the environment's checks with the outputs of its stack.
func (b *Blueprint) Checks(values map[string]OutputValue) ([]Check, hcl.Diagnostics) {
	return b.checks(&outputs{values: values})
}

// ChecksOf evaluates the checks of one kind alone: what is wrong with others does not matter.
func (b *Blueprint) ChecksOf(kind string, values map[string]OutputValue) ([]Check, hcl.Diagnostics) {
	return b.checks(&outputs{values: values}, kind)
}

// Hooks evaluates the hooks of a time, as "after_up", in the order of the file. Before an operation there are no
// outputs.
func (b *Blueprint) Hooks(when string, values map[string]OutputValue) ([]Hook, hcl.Diagnostics) {
	return b.hooks(when, &outputs{values: values})
}

// checks evaluates the checks of some kinds; without any, all of them.
func (b *Blueprint) checks(given *outputs, kinds ...string) ([]Check, hcl.Diagnostics) {
	if b.environment == nil {
		return nil, nil
	}
	e := b.evaluator(given)
	var checks []Check
	for _, block := range b.environment.Checks {
		if len(kinds) > 0 && !slices.Contains(kinds, block.Kind) {
			continue
		}
		e.config = block.Config
		check := Check{
			Kind: block.Kind, Range: block.Range,
			Within:   e.duration("within", 30*time.Second),
			Interval: e.duration("interval", 250*time.Millisecond),
			Timeout:  e.duration("timeout", 5*time.Second),
		}
		switch block.Kind {
		case "http":
			check.URL = e.url("url")
			check.Status = e.status("status")
			check.Contains = e.text("contains")
		case "tcp":
			check.Address = e.address("address")
		case "command":
			check.Command, check.Dir, check.Env, check.Secrets = e.command()
		}
		checks = append(checks, check)
	}
	return checks, e.diags
}

func (b *Blueprint) hooks(when string, given *outputs) ([]Hook, hcl.Diagnostics) {
	if b.environment == nil {
		return nil, nil
	}
	if !strings.HasPrefix(when, "after_") {
		given = nil
	}
	e := b.evaluator(given)
	var hooks []Hook
	for _, block := range b.environment.Hooks {
		if block.When != when {
			continue
		}
		e.config = block.Config
		hook := Hook{When: when, Range: block.Range, Timeout: e.duration("timeout", 5*time.Minute), Optional: e.boolean("optional")}
		hook.Command, hook.Dir, hook.Env, hook.Secrets = e.command()
		hooks = append(hooks, hook)
	}
	return hooks, e.diags
}

// evaluator evaluates the settings of checks and hooks, and collects what is wrong with them. Settings that are not
// there, are unknown or wrong have their zero value.
type evaluator struct {
	scope  scope
	dir    string // of the file of definitions
	config map[string]hcl.Expression
	diags  hcl.Diagnostics
}

func (b *Blueprint) evaluator(given *outputs) *evaluator {
	e := &evaluator{scope: *b.scope, dir: b.environment.dir()}
	e.scope.outputs = given
	return e
}

func (e *evaluator) errorf(name, summary, format string, args ...any) {
	e.diags = append(e.diags, problem(e.config[name].Range(), summary, format, args...))
}

// value evaluates a setting. It is false where there is no use in looking at it.
func (e *evaluator) value(name string, want cty.Type) (cty.Value, bool) {
	expr := e.config[name]
	if expr == nil {
		return cty.NilVal, false
	}
	value, diags := e.scope.evaluate(expr, want)
	e.diags = append(e.diags, diags...)
	return value, !diags.HasErrors() && !value.IsNull()
}

// open evaluates a setting that is shown: no secret may be in it.
func (e *evaluator) open(name string, want cty.Type) (cty.Value, bool) {
	value, ok := e.value(name, want)
	if !ok {
		return value, false
	}
	if value.ContainsMarked() {
		e.errorf(name, "Secret in the open", "%q is shown in process lists, logs or errors, so that a secret must not be in it. Give it through the environment: environment = { NAME = secret(\"NAME\") } of a command.", name)
		return value, false
	}
	return value, value.IsWhollyKnown()
}

func (e *evaluator) text(name string) string {
	value, ok := e.open(name, cty.String)
	if !ok {
		return ""
	}
	return value.AsString()
}

func (e *evaluator) boolean(name string) bool {
	value, ok := e.open(name, cty.Bool)
	return ok && value.True()
}

func (e *evaluator) duration(name string, otherwise time.Duration) time.Duration {
	value, ok := e.open(name, cty.String)
	if !ok {
		return otherwise
	}
	parsed, err := ParseDuration(value.AsString())
	if err != nil {
		e.errorf(name, "Bad duration", "%q: %s.", name, err)
	}
	return parsed
}

func (e *evaluator) status(name string) int {
	value, ok := e.open(name, cty.Number)
	if !ok {
		return 0
	}
	var status int
	if err := gocty.FromCtyValue(value, &status); err != nil || status < 100 || status > 599 {
		e.errorf(name, "Bad status", "An HTTP status is a whole number from 100 to 599.")
	}
	return status
}

func (e *evaluator) url(name string) string {
	value, ok := e.open(name, cty.String)
	if !ok {
		return ""
	}
	parsed, err := url.Parse(value.AsString())
	switch {
	case err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https":
		e.errorf(name, "Bad URL", "A check asks an http:// or https:// URL with a host.")
	case parsed.User != nil:
		e.errorf(name, "Secret in the open", "A URL with credentials would be shown in logs. Check with a command that has them in its environment.")
	}
	return value.AsString()
}

func (e *evaluator) address(name string) string {
	value, ok := e.open(name, cty.String)
	if !ok {
		return ""
	}
	parsed, err := url.Parse("tcp://" + value.AsString())
	var port int
	if err == nil {
		port, _ = strconv.Atoi(parsed.Port())
	}
	if err != nil || parsed.Hostname() == "" || parsed.Host != value.AsString() || port < 1 || port > 65535 {
		e.errorf(name, "Bad address", "A check dials HOST:PORT, as \"localhost:5432\".")
	}
	return value.AsString()
}

// command evaluates what a command check or hook runs.
func (e *evaluator) command() (argv []string, dir string, env map[string]string, secrets []string) {
	if value, ok := e.open("command", cty.List(cty.String)); ok {
		for _, arg := range value.AsValueSlice() {
			if arg.IsNull() {
				e.errorf("command", "Bad command", "An argument is null.")
				return nil, "", nil, nil
			}
			argv = append(argv, arg.AsString())
		}
		if len(argv) == 0 || argv[0] == "" || slices.ContainsFunc(argv, holdsNUL) {
			e.errorf("command", "Bad command", "A command is a list of the program and its arguments: [\"make\", \"seed\"].")
		}
		if len(argv) > 0 {
			argv[0] = programIn(e.dir, argv[0])
		}
	}
	dir = e.dir
	if value, ok := e.open("dir", cty.String); ok {
		dir = joined(e.dir, value.AsString())
	}
	env, secrets = e.environment("environment")
	return argv, filepath.Clean(dir), env, secrets
}

// programIn is the program of a command. One that is named by a path is in the definitions' directory, wherever the
// command runs.
func programIn(dir, program string) string {
	if strings.HasPrefix(program, ".") && strings.Contains(program, "/") {
		return joined(dir, program)
	}
	return program
}

func holdsNUL(text string) bool { return strings.Contains(text, "\x00") }

// environment evaluates environment variables. Secrets may be among the values, as only the command sees them: their
// names are returned too.
func (e *evaluator) environment(name string) (env map[string]string, secrets []string) {
	value, ok := e.value(name, cty.Map(cty.String))
	if !ok {
		return nil, nil
	}
	value, marks := value.Unmark()
	if !value.IsWhollyKnown() {
		return nil, nil
	}
	env = map[string]string{}
	for key, v := range value.AsValueMap() {
		v, own := v.Unmark()
		switch {
		case key == "" || strings.ContainsAny(key, "=\x00"):
			e.errorf(name, "Bad environment variable", "The name of an environment variable is not empty, and has no \"=\" in it.")
		case v.IsNull():
		default:
			env[key] = v.AsString()
			if len(marks)+len(own) > 0 || parity.SecretName(key) {
				secrets = append(secrets, key)
			}
		}
	}
	slices.Sort(secrets)
	return env, secrets
}
