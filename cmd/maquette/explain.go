package main

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

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
					return usage(cmd, "there is no rule %q%s; `maquette explain` lists all", args[0], nearestRule(args[0]))
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

// nearestRule suggests the rule that a mistyped word, with or without its dimension, most likely means.
func nearestRule(word string) string {
	names := map[string]string{}
	var words []string
	for _, r := range parity.Rules {
		_, tail, _ := strings.Cut(r.ID, "/")
		for _, name := range []string{r.ID, tail} {
			if names[name] == "" {
				names[name] = r.ID
				words = append(words, name)
			}
		}
	}
	if near := nearest(word, words); near != "" {
		return fmt.Sprintf("; did you mean %s?", names[near])
	}
	return ""
}
