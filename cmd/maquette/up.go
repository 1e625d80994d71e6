package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/terraform"
)

// wanted are the flags that say which instances of an environment are meant.
type wanted struct {
	names    []string
	branches []string
	commit   string
	owner    string
	vars     []string
}

func (w *wanted) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&w.branches, "branch", nil, "`branch` to make an instance for; may be repeated")
	f.StringArrayVar(&w.names, "name", nil, "`name` of the instance (default: the definition's, or ENVIRONMENT-BRANCH); may be repeated")
	f.StringVar(&w.commit, "commit", "", "`commit` to use, instead of the newest of the branch")
	f.StringVar(&w.owner, "owner", "", "`who` it is for (default: $MAQUETTE_OWNER, or your login)")
	f.StringArrayVar(&w.vars, "var", nil, "`NAME=VALUE` of a Terraform variable, over the definition's; secrets go into TF_VAR_NAME")
}

// inputs are those of each instance that is wanted.
func (w *wanted) inputs(cmd *cobra.Command) ([]provision.Inputs, error) {
	vars := map[string]string{}
	for _, v := range w.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return nil, usage(cmd, "--var: %q is not of the form NAME=VALUE", name)
		}
		vars[name] = value
	}
	owner := w.owner
	if owner == "" {
		owner = os.Getenv("MAQUETTE_OWNER")
	}
	if owner == "" {
		owner = login()
	}
	if len(w.names) > 1 && len(w.branches) > 1 && len(w.names) != len(w.branches) {
		return nil, usage(cmd, "%d names for %d branches: give as many, or only one of either", len(w.names), len(w.branches))
	}
	pick := func(all []string, i int) string {
		switch {
		case len(all) == 0:
			return ""
		case len(all) == 1:
			return all[0]
		}
		return all[i]
	}
	var all []provision.Inputs
	for i := range max(len(w.names), len(w.branches), 1) {
		all = append(all, provision.Inputs{
			Name: pick(w.names, i), Branch: pick(w.branches, i), Commit: w.commit, Owner: owner, Vars: vars,
			Secret: secret, Provided: provided(),
		})
	}
	return all, nil
}

// blueprints instantiates each, and prints all that is wrong. It touches nothing.
func (p *project) blueprints(cmd *cobra.Command, environment string, w *wanted) (*provision.Definitions, []*provision.Blueprint, error) {
	inputs, err := w.inputs(cmd)
	if err != nil {
		return nil, nil, err
	}
	defs, err := p.definitions()
	if err != nil {
		return nil, nil, err
	}
	facts, err := p.facts(cmd.Context(), defs, environment)
	if err != nil {
		return nil, nil, err
	}
	var all []*provision.Blueprint
	seen := map[string]bool{}
	for _, in := range inputs {
		in.Module, in.Observed = &terraform.Driver{}, facts
		bp, diags := defs.Instantiate(environment, in)
		if err := p.complain(defs, diags); err != nil {
			return defs, nil, err
		}
		if seen[bp.Instance] {
			return defs, nil, usage(cmd, "two of the instances would be called %s; give each a --name", bp.Instance)
		}
		seen[bp.Instance] = true
		all = append(all, bp)
	}
	return defs, all, nil
}

func newUp(s *streams) *cobra.Command {
	p := &project{streams: s}
	var w wanted
	var how upOptions
	cmd := &cobra.Command{
		Use:   "up ENVIRONMENT",
		Short: "Make an environment be, or be what its definition says now",
		Long: `Make an environment be as its definition says: derived from the one it models, built
by Terraform, then checked. What is there already is changed to match.

An environment with a throwaway block gets an instance of its own for each branch or
name, which goes away by itself. A lasting one is shown as a plan first, and asks. Where it
models another, the plan is compared with that one before: findings that fail stop it, with
exit code 2, and --allow-findings lets it pass.

Ctrl-C stops gently, and what was made until then is kept; a second one stops waiting.`,
		Example: `  # A try server for a branch
  maquette up try --branch feature-x

  # Staging, after a look at what would change
  maquette up staging

  # In CI: no questions, and the result as data
  maquette up staging --auto-approve --json

  # Three at once
  maquette up try --branch fix-a --branch fix-b --branch fix-c`,
		Args:              exactArgs(1, "an environment"),
		ValidArgsFunction: p.environments,
		RunE: func(cmd *cobra.Command, args []string) error {
			defs, blueprints, err := p.blueprints(cmd, args[0], &w)
			if err != nil {
				return err
			}
			lasting := blueprints[0].Lifetime == nil
			if lasting && !how.approved && !isTerminal(s.in) {
				return usage(cmd, "%s is a lasting environment, and there is no terminal to ask on; look with `maquette plan %s`, then give --auto-approve", args[0], args[0])
			}
			o, err := p.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.registry.Close()
			if err := o.sameBranches(cmd, blueprints, len(w.names) > 0); err != nil {
				return err
			}
			return o.up(cmd.Context(), defs, blueprints, how)
		},
	}
	w.flags(cmd)
	f := cmd.Flags()
	f.SortFlags = false
	f.Var((*lifetime)(&how.ttl), "ttl", "how long it may live from its creation, as 8h or 3d (default: the definition's)")
	f.BoolVar(&how.approved, "auto-approve", false, "do not ask")
	f.BoolVar(&how.allow, "allow-findings", false, "apply also what would be no true model; the record of the operation says so")
	f.BoolVar(&how.json, "json", false, "print the result as JSON")
	p.runFlags(f)
	return cmd
}

// upOptions say how instances are made.
type upOptions struct {
	ttl      time.Duration // 0: the definition's
	approved bool          // nobody is asked
	allow    bool          // findings of the plan do not stop it
	json     bool
}

// sameBranches holds that instances that were not named are of the same branch: names of two branches may come to the
// same.
func (o *opened) sameBranches(cmd *cobra.Command, blueprints []*provision.Blueprint, named bool) error {
	for _, bp := range blueprints {
		found, err := o.registry.Instance(cmd.Context(), bp.Instance)
		switch {
		case errors.Is(err, provision.ErrNotFound) || err == nil && (named || found.Branch == "" || found.Branch == bp.Branch):
		case err != nil:
			return fmt.Errorf("looking for %s in the registry: %w", bp.Instance, err)
		default:
			return usage(cmd, "%s is the instance of the branch %s; give the one of %s another --name, or name this one to change its branch",
				bp.Instance, found.Branch, bp.Branch)
		}
	}
	return nil
}

// up makes all of them, some side by side, and prints what came of each.
func (o *opened) up(ctx context.Context, defs *provision.Definitions, blueprints []*provision.Blueprint, how upOptions) error {
	screen := newScreen(ctx, o.err)
	results := make([]*provision.UpResult, len(blueprints))
	errs := make([]error, len(blueprints))
	took := make([]time.Duration, len(blueprints))
	provision.Parallel(len(blueprints), o.parallel, func(i int) {
		bp := blueprints[i]
		show := screen.instance(bp.Instance, len(blueprints) > 1)
		defer show.done()
		req := provision.UpRequest{Blueprint: bp, TTL: how.ttl, Progress: show.event}
		_, models := defs.Model(bp.Environment)
		ask := bp.Lifetime == nil && !how.approved
		if bp.Lifetime == nil && (ask || models) {
			req.Approve = func(ctx context.Context, plan provision.Planned) (string, error) {
				show.pause()
				despite, err := o.hold(ctx, defs, bp, plan, how.allow)
				if err != nil || !ask {
					return despite, err
				}
				return despite, o.approveChanges(ctx, bp.Instance, plan.Changes)
			}
		}
		start := time.Now()
		results[i], errs[i] = o.lifecycle.Up(ctx, req)
		took[i] = time.Since(start)
	})
	screen.close()

	failed := false
	var unlike *unlikeError
	var views []instanceJSON
	for i, err := range errs {
		name := blueprints[i].Instance
		failed = failed || err != nil
		errors.As(err, &unlike)
		if how.json {
			views = append(views, o.resultJSON(ctx, results[i], name, err))
			if err == nil || errors.Is(err, provision.ErrDeclined) {
				continue
			}
		}
		if err := o.printUp(defs, blueprints[i], results[i], took[i], err); err != nil {
			return err
		}
	}
	if how.json {
		if err := printJSON(o.out, map[string]any{"instances": views}); err != nil {
			return err
		}
	}
	switch {
	case unlike != nil:
		return unlike.code()
	case failed:
		return exitCode(exitError)
	}
	return nil
}

// printUp says what came of one: the good on stdout, the bad on stderr.
func (o *opened) printUp(defs *provision.Definitions, bp *provision.Blueprint, result *provision.UpResult, took time.Duration, err error) error {
	if err != nil {
		err = o.tell(defs, err)
		var unlike *unlikeError
		if errors.As(err, &unlike) {
			_, err = fmt.Fprintf(o.err, "maquette: %v\n  Mend the definition, waive what is right, or go on with --allow-findings\n", unlike)
			return err
		}
		if errors.Is(err, provision.ErrDeclined) {
			_, err = fmt.Fprintf(o.out, "%s: not approved, nothing was changed\n", bp.Instance)
			return err
		}
		fmt.Fprintf(o.err, "maquette: %s: %v\n", bp.Instance, stopped(err))
		switch {
		case result == nil:
		case result.Instance.Status == provision.Failed:
			fmt.Fprintf(o.err, "  What was made is kept. More: maquette logs %s. Then again: maquette up, or maquette down %s\n", bp.Instance, bp.Instance)
		default:
			fmt.Fprintf(o.err, "  It is as it was. More: maquette logs %s\n", bp.Instance)
		}
		return nil
	}
	in := result.Instance
	t := newTable(o.out)
	fmt.Fprintf(o.out, "%s is %s (%s)\n", bold(o.out, in.Name), good(o.out, string(in.Status)), took.Round(10*time.Millisecond))
	if in.URL != "" {
		t.row("  url", in.URL)
	}
	if len(bp.Tiers) > 0 {
		t.row("  tiers", tierText(bp.Tiers))
	}
	if names := outputNames(result.Outputs); len(names) > 0 {
		t.row("  outputs", strings.Join(names, ", ")+"  (maquette outputs "+in.Name+")")
	}
	if !in.ExpiresAt.IsZero() {
		t.row("  expires", expiryText(in.ExpiresAt)+"  (maquette extend "+in.Name+")")
	}
	return t.flush()
}

// stopped says in plain words that the user has stopped it.
func stopped(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped")
	}
	return err
}

func tierText(tiers []provision.TierScale) string {
	var words []string
	for _, t := range tiers {
		word := fmt.Sprintf("%s %d", t.Name, t.Members)
		if t.Baseline > 0 && t.Baseline != t.Members {
			word += fmt.Sprintf(" of %d", t.Baseline)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// approveChanges shows a plan and asks. It is nil for a yes.
func (o *opened) approveChanges(ctx context.Context, name string, changes []provision.Change) error {
	if len(changes) == 0 {
		fmt.Fprintf(o.err, "%s: nothing to change\n", name)
		return nil
	}
	if err := printChanges(o.err, changes); err != nil {
		return err
	}
	ok, err := o.ask(ctx, fmt.Sprintf("Make these changes to %s?", name))
	if err == nil && !ok {
		err = provision.ErrDeclined
	}
	return err
}

// ask asks on the terminal; only "yes" or "y" is yes. Neither the end of input is, nor Ctrl-C.
func (o *opened) ask(ctx context.Context, question string) (bool, error) {
	if ctx.Err() != nil {
		return false, nil
	}
	fmt.Fprintf(o.err, "\n%s [y/N] ", question)
	answered := make(chan string, 1)
	go func() { // reading cannot be stopped
		line, _ := bufio.NewReader(o.in).ReadString('\n')
		answered <- line
	}()
	line := ""
	select {
	case line = <-answered:
	case <-ctx.Done():
	}
	if line == "" {
		fmt.Fprintln(o.err)
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes", nil
}
