package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
)

func newExtend(s *streams) *cobra.Command {
	p := &project{streams: s}
	var by time.Duration
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "extend NAME",
		Short: "Let an instance live longer, up to what its definition allows",
		Example: `  maquette extend try-feature-x --by 4h
  maquette extend try-feature-x          # by the definition's ttl`,
		Args:              exactArgs(1, "an instance"),
		ValidArgsFunction: p.instances,
		RunE: p.onInstance(func(cmd *cobra.Command, args []string, o *opened, in provision.Instance) error {
			if by == 0 && !in.ExpiresAt.IsZero() {
				ttl, err := o.ttl(in)
				if err != nil {
					return err
				}
				by = ttl
			}
			in, err := o.lifecycle.Extend(cmd.Context(), in.Name, by)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(s.out, viewJSON(provision.View{Instance: in, State: string(in.Status)}))
			}
			_, err = fmt.Fprintf(s.out, "%s expires %s\n", bold(s.out, in.Name), expiryText(in.ExpiresAt))
			return err
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.Var((*lifetime)(&by), "by", "how much longer, as 4h or 2d (default: the definition's ttl)")
	f.BoolVar(&asJSON, "json", false, "print the instance as JSON")
	p.waitFlag(f)
	p.flags(f)
	return cmd
}

// ttl is the definition's, for an instance of it.
func (o *opened) ttl(in provision.Instance) (time.Duration, error) {
	defs, err := o.definitions()
	if err != nil {
		return 0, err
	}
	env := defs.Environments[in.Environment]
	if env == nil || env.Throwaway == nil {
		return 0, errors.New("the definition says no ttl any more\n  Say how much longer with --by")
	}
	return env.Throwaway.TTL, nil
}
