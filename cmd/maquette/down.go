package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
)

func newDown(s *streams) *cobra.Command {
	p := &project{streams: s}
	var all, approved, asJSON bool
	cmd := &cobra.Command{
		Use:   "down NAME...",
		Short: "Take instances away, and prove that nothing is left",
		Long: `Destroy instances, and prove that nothing is left of them: no resource in the state,
no process, database or checkout on this machine. Only then they are forgotten. One that
could not be destroyed is kept and shown, and down or reap tries again.

A lasting environment asks first.`,
		Example: `  maquette down try-feature-x
  maquette down staging production --auto-approve
  maquette down --all --auto-approve`,
		Args: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 0) != all {
				return usage(cmd, "name the instances to take away, or give --all")
			}
			return nil
		},
		ValidArgsFunction: p.instances,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := p.open(cmd.Context())
			if err != nil {
				return err
			}
			defer o.registry.Close()
			instances, err := o.pick(cmd.Context(), args)
			if err != nil {
				return err
			}
			return o.down(cmd, instances, approved, asJSON)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&all, "all", false, "all instances of this home")
	f.BoolVar(&approved, "auto-approve", false, "do not ask")
	f.BoolVar(&asJSON, "json", false, "print the result as JSON")
	p.runFlags(f)
	return cmd
}

// pick finds instances by name; none named are all.
func (o *opened) pick(ctx context.Context, names []string) ([]provision.Instance, error) {
	if len(names) == 0 {
		return o.registry.Instances(ctx)
	}
	var picked []provision.Instance
	seen := map[string]bool{}
	for _, name := range names {
		in, err := o.find(ctx, name)
		if err != nil {
			return nil, err
		}
		if !seen[name] {
			picked = append(picked, in)
		}
		seen[name] = true
	}
	return picked, nil
}

// find returns an instance, or an error that says which there are.
func (o *opened) find(ctx context.Context, name string) (provision.Instance, error) {
	in, err := o.registry.Instance(ctx, name)
	if !errors.Is(err, provision.ErrNotFound) {
		return in, err
	}
	all, err := o.registry.Instances(ctx)
	if err != nil {
		return in, err
	}
	var names []string
	for _, other := range all {
		names = append(names, other.Name)
	}
	if len(names) == 0 {
		return in, fmt.Errorf("there is no instance %q, nor any other\n  Make one: maquette up", name)
	}
	if near := nearest(name, names); near != "" {
		return in, fmt.Errorf("there is no instance %q; did you mean %s?", name, near)
	}
	return in, fmt.Errorf("there is no instance %q; there are: %s", name, oneOf(names))
}

// downRequest is that of one instance.
func (o *opened) downRequest(ctx context.Context, defs *provision.Definitions, in provision.Instance, show *instanceScreen, ask bool) provision.DownRequest {
	bp, _ := o.again(defs, in) // a secret that is not to be had must not keep an instance from going away
	req := provision.DownRequest{Instance: in.Name, Blueprint: bp, Progress: show.event}
	if ask {
		req.Approve = func(resources []string) (bool, error) {
			show.pause()
			changes := make([]provision.Change, len(resources))
			for i, address := range resources {
				changes[i] = provision.Change{Address: address, Action: "delete"}
			}
			if err := printChanges(o.err, changes); err != nil {
				return false, err
			}
			return o.ask(ctx, fmt.Sprintf("Destroy %s?", in.Name))
		}
	}
	return req
}

func (o *opened) down(cmd *cobra.Command, instances []provision.Instance, approved, asJSON bool) error {
	defs := o.known()
	parallel := o.parallel
	asks := make([]bool, len(instances))
	for i, in := range instances {
		if lasting := in.ExpiresAt.IsZero(); lasting && !approved {
			if !isTerminal(o.in) {
				return usage(cmd, "%s is a lasting environment, and there is no terminal to ask on; give --auto-approve", in.Name)
			}
			asks[i], parallel = true, 1
		}
	}
	screen := newScreen(cmd.Context(), o.err)
	errs := make([]error, len(instances))
	took := make([]time.Duration, len(instances))
	provision.Parallel(len(instances), parallel, func(i int) {
		show := screen.instance(instances[i].Name, len(instances) > 1)
		defer show.done()
		start := time.Now()
		errs[i] = o.lifecycle.Down(cmd.Context(), o.downRequest(cmd.Context(), defs, instances[i], show, asks[i]))
		took[i] = time.Since(start)
	})
	screen.close()
	return o.printGone(defs, instances, errs, took, asJSON)
}

// goneJSON is what came of one instance that was to go.
type goneJSON struct {
	Name  string `json:"name"`
	Gone  bool   `json:"gone"`
	Error string `json:"error,omitempty"`
}

func (o *opened) printGone(defs *provision.Definitions, instances []provision.Instance, errs []error, took []time.Duration, asJSON bool) error {
	failed := false
	results := []goneJSON{}
	for i, in := range instances {
		err := errs[i]
		result := goneJSON{Name: in.Name, Gone: err == nil}
		declined := errors.Is(err, provision.ErrDeclined)
		failed = failed || err != nil
		if err != nil && !declined {
			err = stopped(o.tell(defs, err))
			result.Error = err.Error()
		}
		results = append(results, result)
		switch {
		case asJSON && (err == nil || declined):
		case declined:
			fmt.Fprintf(o.out, "%s: not approved, nothing was changed\n", in.Name)
		case err != nil:
			fmt.Fprintf(o.err, "maquette: %s: %v\n  It is kept. More: maquette logs %s\n", in.Name, err, in.Name)
		default:
			if _, err := fmt.Fprintf(o.out, "%s is gone (%s)\n", bold(o.out, in.Name), took[i].Round(10*time.Millisecond)); err != nil {
				return err
			}
		}
	}
	if asJSON {
		if err := printJSON(o.out, map[string]any{"instances": results}); err != nil {
			return err
		}
	}
	if failed {
		return exitCode(exitError)
	}
	return nil
}
