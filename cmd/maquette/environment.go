package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

// observer reads sources as users name them.
type observer struct {
	project *project
	defs    *provision.Definitions // nil: there are none

	mu    sync.Mutex
	notes []string
}

// named is a source, and the environment that it is of.
type named struct {
	source      string // as the user names it
	environment string // "": it is no environment, but a file, a directory or a URL
	instance    string
}

// observe reads a source.
func (o *observer) observe(ctx context.Context, n named) (*parity.Snapshot, error) {
	if n.environment == "" {
		return o.project.observe(ctx, n.source)
	}
	return o.environment(ctx, n)
}

// find tells what a source is of.
func (o *observer) find(ctx context.Context, source string) (named, error) {
	environment, instance, err := o.environmentOf(ctx, source)
	return named{source, environment, instance}, err
}

// newObserver reads the definitions, if one of the sources may be an environment of theirs.
func newObserver(p *project, sources ...string) (*observer, error) {
	o := &observer{project: p}
	for _, source := range sources {
		if _, err := os.Stat(source); err == nil && p.dir == "" || source == "-" || strings.Contains(source, "://") {
			continue
		}
		if _, err := p.locate(); err != nil {
			return o, nil // a source that is nothing else is told so
		}
		var err error
		o.defs, err = p.definitions()
		return o, err
	}
	return o, nil
}

// environmentOf returns the name of the environment that a source is of, and of the instance; "" where the source is a
// file, a directory or a URL. A file of that name comes before an environment, a directory after it: that can be written
// as ./NAME.
func (o *observer) environmentOf(ctx context.Context, name string) (environment, instance string, err error) {
	if name == "" || name == "-" || strings.ContainsAny(name, `/\#:`) || o.defs == nil {
		return "", "", nil
	}
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return "", "", nil
	}
	if env, ok := o.defs.Environments[name]; ok && env.Throwaway == nil {
		return name, name, nil
	}
	if found, err := o.project.exists(); err != nil || !found {
		return "", "", err
	}
	opened, err := o.project.open(ctx)
	if err != nil {
		return "", "", err
	}
	defer opened.registry.Close()
	all, err := opened.registry.Instances(ctx)
	if err != nil {
		return "", "", err
	}
	var living []string
	for _, in := range all {
		if in.Name == name {
			return in.Environment, in.Name, nil
		}
		if in.Environment == name {
			living = append(living, in.Name)
		}
	}
	switch {
	case len(living) == 1:
		return name, living[0], nil
	case len(living) > 1:
		return "", "", fmt.Errorf("%s has several instances: name one of %s", name, oneOf(living))
	case o.defs.Environments[name] != nil:
		return "", "", fmt.Errorf("%s has no instance to look at\n  Make one: maquette up %s", name, name)
	}
	return "", "", nil
}

// sides tells what the two sources are of. Where only one is given it is an environment, and the baseline is the one that
// it models.
func (o *observer) sides(ctx context.Context, cmd *cobra.Command, args []string) (baseline, candidate named, err error) {
	if len(args) == 0 {
		return baseline, candidate, nil
	}
	if candidate, err = o.find(ctx, args[len(args)-1]); err != nil {
		return baseline, candidate, err
	}
	if len(args) == 2 {
		baseline, err = o.find(ctx, args[0])
		return baseline, candidate, err
	}
	if candidate.environment == "" {
		hint := ""
		if o.defs != nil {
			hint = "; there are " + oneOf(sortedKeys(o.defs.Environments))
		}
		return baseline, candidate, usage(cmd, "with one source alone it has to be an environment that models another, and %q is none%s", args[0], hint)
	}
	model, ok := o.defs.Model(candidate.environment)
	if !ok {
		return baseline, candidate, usage(cmd, "%s models no other environment (model_of): name the baseline to compare it with", candidate.environment)
	}
	baseline, err = o.find(ctx, model)
	return baseline, candidate, err
}

// environment reads an environment where its definition says the truth is, or else the state of its instance.
func (o *observer) environment(ctx context.Context, n named) (*parity.Snapshot, error) {
	env := o.defs.Environments[n.environment]
	if env == nil {
		return o.instance(ctx, n.environment, n.instance)
	}
	whole, err := o.resources(ctx, n, env)
	if err != nil {
		return nil, err
	}
	return whole, o.layDocuments(ctx, env, whole)
}

// resources reads an environment without its documents. One that nothing builds may have nothing else.
func (o *observer) resources(ctx context.Context, n named, env *provision.Environment) (*parity.Snapshot, error) {
	switch {
	case len(env.Observe) > 0 && n.instance == n.environment:
	case len(env.Documents) > 0 && n.instance == n.environment && !o.defs.Builds(n.environment):
		return &parity.Snapshot{Environment: n.environment}, nil
	default:
		return o.instance(ctx, n.environment, n.instance)
	}
	var whole *parity.Snapshot
	lives := func(from provision.Observation) bool { return from.Kind == "aws" }
	failed := func(from provision.Observation, err error) error {
		return fmt.Errorf("observing %s as %s:%d says: %w", n.environment, o.project.shown(from.Range.Filename), from.Range.Start.Line, err)
	}
	for _, from := range env.Observe {
		if lives(from) {
			continue
		}
		snap, err := o.project.observe(ctx, from.Source)
		if err != nil {
			return nil, failed(from, err)
		}
		if whole == nil {
			whole = snap
			continue
		}
		if err := whole.Merge(snap); err != nil {
			return nil, fmt.Errorf("observing %s: %w", n.environment, err)
		}
	}
	over := liveOver{state: whole, gone: map[string]int{}}
	for _, from := range env.Observe {
		if !lives(from) {
			continue
		}
		snap, err := o.project.readAWS(ctx, from.Source, over.state)
		if err != nil {
			return nil, failed(from, err)
		}
		if err := over.add(snap); err != nil {
			return nil, fmt.Errorf("observing %s: %w", n.environment, err)
		}
	}
	if over.sources > 0 {
		whole = over.whole
	}
	whole.Environment = n.environment
	return whole, nil
}

// instance reads the state of an instance that Maquette has made.
func (o *observer) instance(ctx context.Context, environment, name string) (*parity.Snapshot, error) {
	found, err := o.project.exists()
	if err != nil {
		return nil, err
	}
	notMade := fmt.Errorf("%s was not made here, and its definition does not say where to observe it\n  Make it with `maquette up %s`, or add an observe block", name, name)
	if !found {
		return nil, notMade
	}
	opened, err := o.project.open(ctx)
	if err != nil {
		return nil, err
	}
	defer opened.registry.Close()
	view, err := opened.lifecycle.View(ctx, name)
	if errors.Is(err, provision.ErrNotFound) {
		return nil, notMade
	}
	if err != nil {
		return nil, err
	}
	dir, err := opened.driver.Dir(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the state of %s: nothing was applied yet\n  Make it: maquette up %s", name, environment)
	}
	if err != nil {
		return nil, err
	}
	dir.Binary = o.project.terraform
	snap, err := observeDir(ctx, name, dir)
	if err != nil {
		return nil, err
	}
	snap.Environment = name
	if view.Status == provision.Creating || view.Status == provision.Destroying {
		snap.Incomplete = append(snap.Incomplete, parity.Gap{Source: name, Reason: "it is half-made: " + view.State})
	}
	return snap, nil
}

// declared takes from the definitions what they say of the two environments: names, and the scale.
func (o *observer) declared(opt *parity.Options, changed func(flag string) bool, baseline, candidate named) {
	if o.defs == nil {
		return
	}
	if base := o.defs.Environments[baseline.environment]; base != nil {
		opt.BaselineNames = append(append(opt.BaselineNames, baseline.environment), base.Aliases...)
		if baseline.instance != baseline.environment {
			opt.BaselineNames = append(opt.BaselineNames, baseline.instance)
		}
	}
	cand := o.defs.Environments[candidate.environment]
	if cand == nil {
		return
	}
	opt.CandidateNames = append(append(opt.CandidateNames, candidate.environment), cand.Aliases...)
	if candidate.instance != candidate.environment {
		opt.CandidateNames = append(opt.CandidateNames, candidate.instance)
	}
	if cand.ModelOf == baseline.environment {
		o.scale(opt, changed, cand)
	}
}

// scale is the one that is declared. Tiers that it alone does not explain, by a budget or an override, are given by their
// members.
func (o *observer) scale(opt *parity.Options, changed func(flag string) bool, cand *provision.Environment) {
	if cand.Scale == nil || changed("ratio") || changed("minimum") {
		return
	}
	opt.Minimum = cand.Scale.Minimum
	opt.Ratio, opt.RatioText = cand.Scale.Ratio, cand.Scale.RatioText
	opt.Members = map[string]int{}
	for _, tier := range o.defs.Tiers(cand.Name) {
		if opt.Ratio == 0 || parity.Expected(tier.Baseline, opt.Ratio, opt.Minimum) != tier.Members {
			opt.Members[tier.Name] = tier.Members
		}
	}
}
