package main

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/agext/levenshtein"
	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
)

func newExplain(s *streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Say what a rule asks for, why, and how to mend a finding",
		Example: `  maquette explain
  maquette explain one-box/single-member`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, r := range parity.Rules {
				ids = append(ids, r.ID)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var text string
			if len(args) == 0 {
				text = ruleList()
			} else {
				r, ok := parity.RuleFor(args[0])
				if !ok {
					return usage(cmd, "there is no rule %q%s; `maquette explain` lists all", args[0], nearest(args[0]))
				}
				text = fmt.Sprintf("%s  (%s, %s)\n\nFires when %s.\n\nWhy: %s\n\nWhat to do: %s\n", r.ID, r.Severity, r.Dimension(), r.Fires, r.Why, r.Help)
			}
			_, err := fmt.Fprint(s.out, text)
			return err
		},
	}
}

func ruleList() string {
	var buf bytes.Buffer
	w := tabwriter.NewWriter(&buf, 0, 0, 2, ' ', 0)
	for _, d := range parity.Dimensions {
		fmt.Fprintf(w, "%s\n", d)
		for _, r := range parity.Rules {
			if r.Dimension() == d {
				fmt.Fprintf(w, "  %s\t%s\t%s\n", r.ID, r.Severity, r.Fires)
			}
		}
	}
	w.Flush()
	buf.WriteString("\nMore of one: maquette explain RULE\n")
	return buf.String()
}

// nearest suggests the rule that a mistyped word most likely means.
func nearest(word string) string {
	best, least := "", len(word)/2+1
	for _, r := range parity.Rules {
		_, tail, _ := strings.Cut(r.ID, "/")
		for _, name := range []string{r.ID, tail} {
			if d := levenshtein.Distance(word, name, nil); d < least {
				best, least = r.ID, d
			}
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}
