package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/local/wire"
)

// history is how many operations show tells of.
const operationsShown = 10

func newShow(s *streams) *cobra.Command {
	p := &project{streams: s}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show an instance: its services, what was applied, and what was done to it",
		Example: `  maquette show try-feature-x
  maquette show staging --json`,
		Args:              exactArgs(1, "an instance"),
		ValidArgsFunction: p.instances,
		RunE: p.onInstance(func(cmd *cobra.Command, args []string, o *opened, in provision.Instance) error {
			ctx := cmd.Context()
			view, err := o.lifecycle.View(ctx, in.Name)
			if err != nil {
				return err
			}
			operations, err := o.registry.Operations(ctx, view.Name)
			if err != nil {
				return fmt.Errorf("reading the operations of %s: %w", view.Name, err)
			}
			operations = since(operations, view.CreatedAt)
			applied, err := o.registry.Applied(ctx, view.Name)
			if err != nil {
				return fmt.Errorf("reading what was applied to %s: %w", view.Name, err)
			}
			services, err := platform{o.home}.services(ctx, view.Name)
			if err != nil {
				return fmt.Errorf("looking at the services of %s: %w", view.Name, err)
			}
			d := details{view, services[view.Name], applied, operations}
			if asJSON {
				return printJSON(s.out, d.json())
			}
			return d.print(s)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	p.flags(cmd.Flags())
	return cmd
}

// since leaves out the operations of an earlier instance of the same name.
func since(operations []provision.Operation, created time.Time) []provision.Operation {
	return slices.DeleteFunc(slices.Clone(operations), func(op provision.Operation) bool { return op.Started.Before(created) })
}

// details is all that show tells of an instance.
type details struct {
	view       provision.View
	services   []wire.ServiceStatus
	applied    []provision.Applied
	operations []provision.Operation
}

func (d details) print(s *streams) error {
	v := d.view
	t := newTable(s.out)
	fmt.Fprintf(s.out, "%s: %s\n", bold(s.out, v.Name), stateText(s.out, v.State))
	t.row("  environment", v.Environment)
	for _, field := range [][2]string{{"  branch", v.Branch}, {"  commit", v.Commit}, {"  owner", v.Owner}, {"  url", v.URL}} {
		if field[1] != "" {
			t.row(field[0], field[1])
		}
	}
	t.row("  created", v.CreatedAt.Local().Format("2006-01-02 15:04:05"))
	if !v.ExpiresAt.IsZero() {
		t.row("  expires", expiryText(v.ExpiresAt))
	}
	if h := v.Holder; h != nil {
		t.row("  held by", fmt.Sprintf("%s, process %d, %s since %s", h.Actor, h.PID, h.Operation, h.Since.Local().Format("15:04:05")))
	}
	if err := t.flush(); err != nil {
		return err
	}
	if len(d.services) > 0 {
		t.row("\nservices")
		for _, service := range d.services {
			t.row("  "+service.Name, fmt.Sprintf("%d of %d ready", ready(service), len(service.Members)), memberText(service))
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
	if len(d.applied) > 0 {
		last := d.applied[len(d.applied)-1]
		t.row("\napplied", last.At.Local().Format("2006-01-02 15:04:05"))
		t.row("  source", last.Stack.Source)
		for _, name := range sortedKeys(last.Stack.Variables) {
			t.row("  "+name, shorten(valueText(last.Stack.Variables[name])))
		}
		for _, name := range last.Stack.Secrets {
			t.row("  "+name, "(secret)")
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
	t.row("\noperations")
	for _, op := range d.operations[max(0, len(d.operations)-operationsShown):] {
		result, took := op.Result, ""
		switch {
		case !op.Ended.IsZero():
			took = op.Ended.Sub(op.Started).Round(10 * time.Millisecond).String()
		case d.view.Holder != nil:
			result = "running"
		default:
			result = "interrupted"
		}
		why, _, _ := strings.Cut(op.Error, "\n")
		t.row("  "+op.Started.Local().Format("2006-01-02 15:04:05"), op.Kind, result, took, op.Actor, shorten(why))
	}
	return t.flush()
}

func ready(service wire.ServiceStatus) int {
	n := 0
	for _, m := range service.Members {
		if m.State == wire.StateReady {
			n++
		}
	}
	return n
}

func memberText(service wire.ServiceStatus) string {
	var ports []string
	restarts := 0
	for _, m := range service.Members {
		ports = append(ports, fmt.Sprint(m.Port))
		restarts += m.Restarts
	}
	text := "ports " + strings.Join(ports, " ")
	if service.Kind == "balancer" { // which is often called as the service behind it
		text = "balancer, port " + strings.Join(ports, " ")
	}
	if restarts > 0 {
		text += fmt.Sprintf(", %d restarts", restarts)
	}
	return text
}

// valueText is a recorded value, without its type.
func valueText(recorded json.RawMessage) string {
	var typed struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(recorded, &typed); err == nil && typed.Value != nil {
		return string(typed.Value)
	}
	return string(recorded)
}

func shorten(text string) string {
	const most = 100
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// json is the same as data.
func (d details) json() map[string]any {
	services := []any{}
	for _, service := range d.services {
		services = append(services, map[string]any{
			"kind": service.Kind, "name": service.Name, "running": service.Running, "members": orEmpty(service.Members),
		})
	}
	operations := []any{}
	for _, op := range d.operations {
		operations = append(operations, map[string]any{
			"id": op.ID, "kind": op.Kind, "actor": op.Actor, "started_at": timeJSON(op.Started), "ended_at": timeJSON(op.Ended),
			"result": op.Result, "error": op.Error, "log": op.Log,
		})
	}
	applied := []any{}
	for _, a := range d.applied {
		variables := map[string]json.RawMessage{}
		for name, recorded := range a.Stack.Variables {
			variables[name] = json.RawMessage(valueText(recorded))
		}
		applied = append(applied, map[string]any{
			"id": a.ID, "at": timeJSON(a.At), "good": a.Good, "source": a.Stack.Source, "variables": variables,
			"secrets": a.Stack.Secrets, "branch": a.Branch, "commit": a.Commit,
		})
	}
	return map[string]any{"instance": viewJSON(d.view), "services": services, "applied": applied, "operations": operations}
}
