package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity/source"
)

func newSnapshot(s *streams) *cobra.Command {
	p := &project{streams: s}
	var out, name string
	var catalogs []string
	cmd := &cobra.Command{
		Use:   "snapshot SOURCE",
		Short: "Save an environment as it is, without its secrets, to compare with later",
		Long: `Read a source as parity does and write it as a snapshot: all resources, without
secrets and without digests of them. A snapshot can stand wherever a source can.`,
		Example: `  maquette snapshot production/ --out production.snapshot.json
  maquette parity production.snapshot.json staging.tfstate`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(cmd, "one source is wanted; %d given", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cat, err := loadCatalog(catalogs, s.err)
			if err != nil {
				return err
			}
			obs, err := newObserver(p, args[0])
			if err != nil {
				return err
			}
			from, err := obs.find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			done := progress(s.err, "reading "+from.source, p.reading)
			snap, err := obs.observe(cmd.Context(), from)
			done()
			if err != nil {
				return err
			}
			obs.tellNotes()
			if name != "" {
				snap.Environment = name
			}
			snap.Seal(cat)
			if out == "" {
				return source.Write(s.out, snap)
			}
			if err := writeFile(out, func(w io.Writer) error { return source.Write(w, snap) }); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.err, "%d resources saved in %s\n", len(snap.Resources), out)
			return err
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVarP(&out, "out", "o", "", "`file` to write (default: standard output)")
	f.StringVar(&name, "env-name", "", "the environment's `name` (default: inferred)")
	f.StringArrayVar(&catalogs, "catalog", nil, "`file` with more resource types, laid over the built-in catalogue")
	f.StringVar(&p.terraform, "terraform", "", "`binary` that reads directories (default: terraform or tofu on PATH)")
	p.flags(f)
	p.limits.flags(f)
	return cmd
}
