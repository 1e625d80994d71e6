package main

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/report"
)

// parityOptions are the flags of `maquette parity`.
type parityOptions struct {
	format    string
	outputs   []string
	failOn    string
	ratio     string
	minimum   int
	tolerance float64
	sizeStep  float64
	only      []string
	skip      []string
	envNames  []string
	catalogs  []string
	show      string
	history   string
	policies  []string // files
	earlier   string   // file of a report; "": none
	today     date
	all       bool
	shared    *sharedSources // of several comparisons at once; nil: of one alone

	documentFlags []string
	secrets       []string // patterns of keys of those
}

func newParity(s *streams) *cobra.Command {
	p := &project{streams: s}
	var o parityOptions
	cmd := &cobra.Command{
		Use:   "parity [BASELINE] CANDIDATE | --all",
		Short: "Compare a candidate (staging) with a baseline (production), up to scale",
		Long: `Compare a candidate (usually staging) with a baseline (usually production) and
judge whether it is a true scale model: same versions, same proportions, more
than one box, monitored, with managed configuration.

BASELINE and CANDIDATE are environments or sources. Of a source, the kind is found from
the content:
  NAME            an environment of the definitions, or an instance of one; without
                  BASELINE it is compared with the one that it models, by its own
                  scale and parity block
  FILE            a Terraform state, the output of ` + "`terraform show -json`" + ` of a state
                  or of a plan, or a snapshot
  DIR             a Terraform working directory, read through Terraform
  DIR#WORKSPACE   one of its workspaces
  aws://REGION    live AWS; aws://us-east-1?profile=P&tag.Environment=staging says as whom
                  it is read, and what belongs to the environment (docs/aws.md)
  -               standard input (one of the two)

With --all, every environment that models another is compared with it, side by side. It
prints each report and a summary, or one JSON document (docs/reports.schema.json); the
exit code is the worst: 1, then 2, then 3.

Exit codes: 0 nothing at or above --fail-on, 1 could not run, 2 findings at or
above --fail-on, 3 evidence was missing.`,
		Example: `  # An environment with the one that it models
  maquette parity staging

  # Every environment that models another, each production read once
  maquette parity --all

  # Two states and no configuration
  maquette parity production.tfstate staging.tfstate

  # Gate a pull request on what its plan would make of staging
  terraform show -json plan.out | maquette parity production.tfstate -

  # Declare the scale, keep a machine-readable report beside the text
  maquette parity --ratio 1/4 --output json=parity.json prod/ staging/

  # In a GitHub workflow: annotations and a summary, and a file for code scanning
  maquette parity staging --format github --output sarif=parity.sarif

  # Feature flags and settings beside the states, or alone
  maquette parity prod.tfstate stag.tfstate --document flags=prod/flags.yaml,staging/flags.yaml

  # What really runs, not what a file says
  maquette parity 'aws://us-east-1?tag.Environment=production' 'aws://us-east-1?tag.Environment=staging'

  # Look at versions only, and fail on warnings
  maquette parity --only versions --fail-on warning prod.tfstate stag.tfstate

  # Waivers for states without definitions; fail on what is new since an earlier run
  maquette parity --policy parity.hcl --baseline-report main.json prod.tfstate stag.tfstate`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.all {
				return onlyAll(cmd, args)
			}
			if len(args) != 1 && len(args) != 2 && !(len(args) == 0 && len(o.documentFlags) > 0) {
				return usage(cmd, "two sources are wanted, a baseline and a candidate, or one environment that models another; %d given", len(args))
			}
			if len(args) == 2 && args[0] == "-" && args[1] == "-" {
				return usage(cmd, "only one of the two sources can be standard input")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.all {
				return runParityAll(cmd.Context(), p, cmd, &o)
			}
			return runParity(cmd.Context(), p, cmd, &o, args)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.all, "all", false, "compare every environment of the definitions that models another")
	f.StringVarP(&o.format, "format", "f", "text", "what to print: "+oneOf(report.Formats()))
	o.outputFlag(cmd)
	o.flags(cmd, p)
	f.StringSliceVar(&o.only, "only", nil, "only these `rules` or dimensions, as versions or one-box/*")
	f.StringSliceVar(&o.skip, "skip", nil, "without these `rules` or dimensions")
	f.StringArrayVar(&o.documentFlags, "document", nil, "configuration `files` to compare as well, as NAME=BASELINE,CANDIDATE; may be repeated")
	f.StringArrayVar(&o.secrets, "secret", nil, "`keys` of the documents that are secret, as payments.*.key; may be repeated")
	f.StringVar(&o.history, "history", "", "append the run to the history in `DIR`, for maquette trend")
	f.StringVar(&o.show, "show", "", "in the text: all, with every info and every place")
	complete(cmd, map[string][]string{"format": report.Formats(), "show": {"all"}, "only": parity.Dimensions, "skip": parity.Dimensions})
	return cmd
}

func runParity(ctx context.Context, p *project, cmd *cobra.Command, o *parityOptions, args []string) error {
	s := p.streams
	outs, err := targets(cmd, o.format, o.outputs, report.Formats(), report.For)
	if err != nil {
		return err
	}
	compared, err := compare(ctx, p, cmd, o, args)
	if err != nil {
		return err
	}
	rep := compared.report
	err = writeAll(s, outs, func(w io.Writer, render report.Renderer, colour bool) error {
		return render(w, rep, report.Style{Colour: colour, All: o.show == "all"})
	})
	if err != nil {
		return err
	}
	if o.format == "github" || slices.ContainsFunc(o.outputs, func(spec string) bool { return strings.HasPrefix(spec, "github=") }) {
		if err := stepSummary(rep, s.err); err != nil {
			return err
		}
	}
	if o.history != "" {
		if err := record(ctx, o.history, rep, compared.options, s.err); err != nil {
			return err
		}
	}
	return verdictCode(rep.Verdict)
}

// verdictCode is the exit code that a verdict asks for; nil for one that passes.
func verdictCode(v parity.Verdict) error {
	switch v {
	case parity.Incomplete:
		return exitCode(exitIncomplete)
	case parity.Fail:
		return exitCode(exitFindings)
	}
	return nil
}
