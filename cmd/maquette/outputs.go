package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

func newOutputs(s *streams) *cobra.Command {
	p := &project{streams: s}
	var asJSON, reveal bool
	cmd := &cobra.Command{
		Use:   "outputs NAME [OUTPUT]",
		Short: "Print the outputs of an instance, or the value of one",
		Example: `  maquette outputs staging
  curl "$(maquette outputs try-feature-x url)/healthz"
  export DATABASE_URL="$(maquette outputs try-feature-x database_url --reveal)"`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usage(cmd, "an instance is wanted, and perhaps one of its outputs; %d arguments given", len(args))
			}
			return nil
		},
		ValidArgsFunction: p.instances,
		RunE: p.onInstance(func(cmd *cobra.Command, args []string, o *opened, in provision.Instance) error {
			stack, err := o.lifecycle.LastStack(cmd.Context(), in.Name)
			if err != nil {
				return err
			}
			outputs := map[string]provision.OutputValue{}
			if stack != nil {
				if outputs, err = o.driver.Outputs(cmd.Context(), provision.Job{Instance: in.Name, ID: in.ID, Stack: *stack}); err != nil {
					return err
				}
			}
			if len(args) == 2 {
				return printOutput(s, cmd, outputs, args[1], reveal, asJSON)
			}
			return printOutputs(s, outputs, reveal, asJSON)
		}),
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&reveal, "reveal", false, "print sensitive values too")
	p.runFlags(f)
	return cmd
}

func outputNames(outputs map[string]provision.OutputValue) []string {
	return slices.Sorted(maps.Keys(outputs))
}

func printOutput(s *streams, cmd *cobra.Command, outputs map[string]provision.OutputValue, name string, reveal, asJSON bool) error {
	output, ok := outputs[name]
	if !ok {
		if near := nearest(name, outputNames(outputs)); near != "" {
			return usage(cmd, "there is no output %q; did you mean %s?", name, near)
		}
		return usage(cmd, "there is no output %q; there are: %s", name, oneOf(outputNames(outputs)))
	}
	if output.Sensitive && !reveal {
		return usage(cmd, "the output %q is sensitive; --reveal prints it all the same", name)
	}
	text, err := outputText(output.Value, asJSON)
	if err != nil {
		return fmt.Errorf("printing the output %q: %w", name, err)
	}
	_, err = fmt.Fprintln(s.out, text)
	return err
}

// outputText is a string as it is, and everything else as JSON.
func outputText(value cty.Value, asJSON bool) (string, error) {
	value, _ = value.UnmarkDeep()
	if !asJSON && value.Type() == cty.String && value.IsKnown() && !value.IsNull() {
		return value.AsString(), nil
	}
	encoded, err := json.Marshal(ctyjson.SimpleJSONValue{Value: value})
	return string(encoded), err
}

func printOutputs(s *streams, outputs map[string]provision.OutputValue, reveal, asJSON bool) error {
	data := map[string]any{}
	t := newTable(s.out)
	for _, name := range outputNames(outputs) {
		output := outputs[name]
		hidden := output.Sensitive && !reveal
		text, err := outputText(output.Value, asJSON)
		if err != nil {
			return fmt.Errorf("printing the output %q: %w", name, err)
		}
		shown := map[string]any{"sensitive": output.Sensitive, "value": json.RawMessage(text)}
		if hidden {
			text = parity.Hidden
			shown["value"] = nil
		}
		data[name] = shown
		t.row(name, text)
	}
	if asJSON {
		return printJSON(s.out, data)
	}
	if len(outputs) == 0 {
		_, err := fmt.Fprintln(s.err, "It has no outputs.")
		return err
	}
	return t.flush()
}
