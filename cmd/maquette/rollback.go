package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
)

func newRollback(s *streams) *cobra.Command {
	p := &project{streams: s}
	var approved, asJSON bool
	cmd := &cobra.Command{
		Use:   "rollback NAME",
		Short: "Go back to the last applied definition that was good",
		Long: `Apply again what was applied when the instance last passed its checks. Practise it: a
known way back is worth as much as a known way forward.

The values are those of then. Secrets are recorded nowhere: they are those of the
definition as it is now, or of TF_VAR_ variables.`,
		Example: `  maquette rollback staging
  maquette rollback try-feature-x --auto-approve --json`,
		Args:              exactArgs(1, "an instance"),
		ValidArgsFunction: p.instances,
		RunE: p.onInstance(func(cmd *cobra.Command, args []string, o *opened, in provision.Instance) error {
			lasting := in.ExpiresAt.IsZero()
			if lasting && !approved && !isTerminal(s.in) {
				return usage(cmd, "%s is a lasting environment, and there is no terminal to ask on; give --auto-approve", in.Name)
			}
			defs := o.known()
			bp, missing := o.again(defs, in)
			if len(missing) > 0 {
				return fmt.Errorf("rolling %s back: its definition takes secrets from the environment, where there is no %s: nothing was changed", in.Name, strings.Join(missing, ", "))
			}
			screen := newScreen(cmd.Context(), s.err)
			show := screen.instance(in.Name, false)
			req := provision.RollbackRequest{Instance: in.Name, Blueprint: bp, Progress: show.event}
			if lasting && !approved {
				req.Approve = func(ctx context.Context, plan provision.Planned) (string, error) {
					show.pause()
					return "", o.approveChanges(ctx, in.Name, plan.Changes)
				}
			}
			start := time.Now()
			result, err := o.lifecycle.Rollback(cmd.Context(), req)
			show.done()
			screen.close()
			return o.printRollback(cmd.Context(), defs, in.Name, result, time.Since(start), err, asJSON)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&approved, "auto-approve", false, "do not ask: apply in one run")
	f.BoolVar(&asJSON, "json", false, "print the result as JSON")
	p.runFlags(f)
	return cmd
}

func (o *opened) printRollback(ctx context.Context, defs *provision.Definitions, name string, result *provision.UpResult, took time.Duration, err error, asJSON bool) error {
	if asJSON {
		if printErr := printJSON(o.out, o.resultJSON(ctx, result, name, err)); printErr != nil {
			return printErr
		}
	}
	switch {
	case errors.Is(err, provision.ErrDeclined):
		if !asJSON {
			fmt.Fprintf(o.out, "%s: not approved, nothing was changed\n", name)
		}
		return exitCode(exitError)
	case err != nil:
		return o.tell(defs, err)
	case asJSON:
		return nil
	}
	in := result.Instance
	_, err = fmt.Fprintf(o.out, "%s is %s again, as it was before (%s)  %s\n", bold(o.out, in.Name), good(o.out, string(in.Status)),
		took.Round(10*time.Millisecond), in.URL)
	return err
}
