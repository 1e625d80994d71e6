package main

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

func newExplain(s *streams) *cobra.Command {
	p := &project{streams: s}
	cmd := &cobra.Command{
		Use:   "explain [RULE]",
		Short: "Say what a rule asks for, why, and how to mend a finding",
		Long: `Say what a rule asks for, why, and how to mend a finding. Without a rule, list all: those
that are built in, and those that definitions declare (custom/…).`,
		Example: `  maquette explain
  maquette explain one-box/single-member
  maquette explain custom/encrypted-volumes`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, r := range parity.Rules {
				ids = append(ids, r.ID)
			}
			for _, r := range p.ownRules() {
				ids = append(ids, r.ID)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			own := p.ownRules()
			if len(args) == 0 {
				_, err := fmt.Fprint(s.out, ruleList(own))
				return err
			}
			if strings.HasPrefix(args[0], parity.CustomGroup) {
				return p.explainOwn(cmd, args[0], own)
			}
			r, ok := parity.RuleFor(args[0])
			if !ok {
				return usage(cmd, "there is no rule %q%s; `maquette explain` lists all", args[0], nearestRule(args[0]))
			}
			_, err := fmt.Fprintf(s.out, "%s  (%s, %s)\n\nFires when %s.\n\nWhy: %s\n\nWhat to do: %s\n", r.ID, r.Severity, r.Dimension(), r.Fires, r.Why, r.Help)
			return err
		},
	}
	p.flags(cmd.Flags())
	return cmd
}

// ownRule is a rule that a definition declares.
type ownRule struct {
	provision.Rule
	environment string
}

// ownRules are the rules of all definitions, in order of environment; none where the definitions cannot be used.
func (p *project) ownRules() []ownRule {
	defs, diags, err := p.parse()
	if err != nil || diags.HasErrors() {
		return nil
	}
	var all []ownRule
	for _, name := range sortedKeys(defs.Environments) {
		if policy := defs.Environments[name].Parity; policy != nil {
			for _, r := range policy.Rules {
				all = append(all, ownRule{r, name})
			}
		}
	}
	return all
}

func (r ownRule) dimension() string { return cmp.Or(r.Dimension, "configuration") }

// explainOwn says what a definition says of a rule, for each environment that declares one of this name.
func (p *project) explainOwn(cmd *cobra.Command, id string, own []ownRule) error {
	var ids []string
	var text strings.Builder
	for _, r := range own {
		ids = append(ids, r.ID)
		if r.ID != id {
			continue
		}
		if text.Len() > 0 {
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "%s  (%s, %s)\n\nOf %s, at %s:%d. Fires when this does not hold:\n\n  %s\n", r.ID, r.Severity, r.dimension(),
			r.environment, p.shown(r.Range.Filename), r.Range.Start.Line, r.Condition.Text)
		if r.Help != "" {
			fmt.Fprintf(&text, "\nWhat to do: %s\n", r.Help)
		}
	}
	if text.Len() == 0 {
		return usage(cmd, "no definition declares a rule %q%s", id, didYouMean(id, ids))
	}
	_, err := fmt.Fprint(p.out, text.String())
	return err
}

func ruleList(own []ownRule) string {
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
	if len(own) > 0 {
		fmt.Fprintln(w, "custom, of your definitions")
		for _, r := range own {
			fmt.Fprintf(w, "  %s\t%s\t%s: %s\n", r.ID, r.Severity, r.environment, strings.Join(strings.Fields(r.Condition.Text), " "))
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
