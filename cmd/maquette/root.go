package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/agext/levenshtein"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// The exit codes, which CI jobs build on.
const (
	exitOK         = 0 // no finding at or above --fail-on
	exitError      = 1 // could not run: bad usage, unreadable input, a broken definition
	exitFindings   = 2 // findings at or above --fail-on
	exitIncomplete = 3 // evidence was missing
)

// exitCode ends the command with a code and no further message.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// streams is where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// run runs the command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	tracked := &tracker{Writer: out}
	root := newRoot(&streams{in, out, errOut})
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(tracked)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil && tracked.err != nil {
		err = fmt.Errorf("printing: %w", tracked.err)
	}
	var code exitCode
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, syscall.EPIPE):
		// Whoever read the output has seen enough.
		return exitError
	case ctx.Err() != nil:
		fmt.Fprintln(errOut, "maquette: stopped")
		return exitError
	}
	hint := ""
	if strings.HasPrefix(err.Error(), "unknown command") {
		hint = "\n  See `maquette --help`"
	}
	fmt.Fprintf(errOut, "maquette: %v%s\n", err, hint)
	return exitError
}

// tracker remembers that writing failed; the help and the completion scripts
// of the command line library do not say so.
type tracker struct {
	io.Writer
	err error
}

func (t *tracker) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	if err != nil {
		t.err = err
	}
	return n, err
}

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "maquette",
		Short: "Build scale models of production, and check that they are true to scale",
		Long: `Maquette makes scale models of production from definitions, and compares one environment
with another, up to scale: is staging production with fewer members, or something else?`,
		Example: `  maquette parity production.tfstate staging.tfstate
  maquette up staging
  maquette up try --branch feature-x`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              cobra.NoArgs,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w\n  See `%s --help`", err, cmd.CommandPath())
	})
	root.AddGroup(&cobra.Group{ID: "compare", Title: "Compare:"}, &cobra.Group{ID: "build", Title: "Build:"}, &cobra.Group{ID: "look", Title: "Look after:"})
	for group, commands := range map[string][]*cobra.Command{
		"compare": {newParity(s), newGate(s), newWaive(s), newRemedy(s), newSnapshot(s), newTrend(s), newSources(s), newExplain(s)},
		"build":   {newInit(s), newValidate(s), newPlan(s), newUp(s), newSync(s), newDown(s), newRollback(s), newExtend(s), newReap(s)},
		"look":    {newLs(s), newShow(s), newOutputs(s), newLogs(s), newDoctor(s)},
	} {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	root.AddCommand(newVersion(s), newHello(s))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Example = "  source <(maquette completion bash)"
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) > 0 {
					return usage(cmd, "%q is no shell that completion knows; bash, fish, powershell, zsh are", args[0])
				}
				return cmd.Help()
			}
		}
	}
	return root
}

// usage is an error in how a command was called.
func usage(cmd *cobra.Command, format string, args ...any) error {
	return fmt.Errorf(format+"\n  See `%s --help`", append(args, cmd.CommandPath())...)
}

// isTerminal reports whether a stream is a terminal, where colours may be used and questions asked.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd()) && os.Getenv("TERM") != "dumb"
}

// colours reports whether output to w is coloured: on a terminal, unless the
// user says otherwise (https://no-color.org).
func colours(w io.Writer) bool {
	if v, ok := os.LookupEnv("NO_COLOR"); ok && v != "" {
		return false
	}
	return isTerminal(w)
}

// exactArgs wants n arguments, which are what.
func exactArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(cmd, "%s is wanted; %d arguments given", what, len(args))
		}
		return nil
	}
}

// nearest returns the one of the names that a mistyped word most likely means; "" where none is near.
func nearest(word string, names []string) string {
	best, least := "", max(3, len(word)/2+1)
	for _, name := range names {
		if d := levenshtein.Distance(word, name, nil); d < least {
			best, least = name, d
		}
	}
	return best
}

// didYouMean ends an error about a mistyped word with the name that it most likely means; "" where none is near.
func didYouMean(word string, names []string) string {
	if near := nearest(word, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// oneOf joins words for error messages.
func oneOf(words []string) string { return strings.Join(words, ", ") }
