package main

import (
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"
)

func newSources(s *streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "What sources read, and what they need for it",
		Example: `  maquette sources aws
  maquette sources aws --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSourcesAWS(s))
	return cmd
}

func newSourcesAWS(s *streams) *cobra.Command {
	var policy, asJSON bool
	cmd := &cobra.Command{
		Use:   "aws",
		Short: "What is read of live AWS, with the calls and permissions",
		Long: `List the AWS services that a source of the form aws://REGION reads, with the resource
types they yield, the calls that are made and the permissions these need. No other
calls are made: all of them describe, list or get, and none asks for a secret.`,
		Example: `  maquette sources aws
  maquette sources aws --iam-policy > maquette-policy.json
  aws iam put-role-policy --role-name maquette --policy-name reads --policy-document file://maquette-policy.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ask := []string{"sources"}
			switch {
			case policy && asJSON:
				return usage(cmd, "--iam-policy and --json together: the policy is JSON already")
			case policy:
				ask = append(ask, "--iam-policy")
			case asJSON:
				ask = append(ask, "--json")
			}
			reader, err := awsReader()
			if err != nil {
				return fmt.Errorf("listing what is read of AWS: %w", err)
			}
			list := exec.CommandContext(cmd.Context(), reader, ask...)
			list.Stdout, list.Stderr = s.out, s.err
			if err := list.Run(); err != nil {
				return fmt.Errorf("listing what is read of AWS: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&policy, "iam-policy", false, "print the least IAM policy that reading needs")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	return cmd
}
