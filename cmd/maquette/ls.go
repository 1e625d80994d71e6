package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
)

func newLs(s *streams) *cobra.Command {
	p := &project{streams: s}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List the instances, their owners and when they go away",
		Example: `  maquette ls
  maquette ls --json | jq -r '.instances[] | select(.state == "failed") | .name'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := p.exists()
			if err != nil {
				return err
			}
			var views []provision.View
			if found {
				o, err := p.open(cmd.Context())
				if err != nil {
					return err
				}
				defer o.registry.Close()
				if views, err = o.lifecycle.Views(cmd.Context()); err != nil {
					return err
				}
			}
			if asJSON {
				all := []instanceJSON{}
				for _, v := range views {
					all = append(all, viewJSON(v))
				}
				return printJSON(s.out, map[string]any{"instances": all})
			}
			if len(views) == 0 {
				_, err := fmt.Fprintln(s.err, "There are no instances. Make one: maquette up ENVIRONMENT")
				return err
			}
			t := newTable(s.out)
			t.row("NAME", "ENVIRONMENT", "STATE", "OWNER", "BRANCH", "AGE", "EXPIRES", "URL")
			for _, v := range views {
				expires := "never"
				switch left := time.Until(v.ExpiresAt); {
				case v.ExpiresAt.IsZero():
				case left <= 0:
					expires = "due"
				default:
					expires = "in " + span(left)
				}
				t.row(v.Name, v.Environment, stateText(s.out, v.State), dash(v.Owner), dash(v.Branch), span(time.Since(v.CreatedAt)), expires, dash(v.URL))
			}
			return t.flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print them as JSON")
	p.flags(cmd.Flags())
	return cmd
}

func dash(text string) string {
	if strings.TrimSpace(text) == "" {
		return "-"
	}
	return text
}
