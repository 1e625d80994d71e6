package main

import (
	"context"
	"fmt"

	"github.com/maquette/maquette/provision"
)

// facts observes the environments that the definition of one refers to.
func (p *project) facts(ctx context.Context, defs *provision.Definitions, environment string) (map[string]*provision.Facts, error) {
	facts := map[string]*provision.Facts{}
	for _, name := range defs.Wanted(environment) {
		env := defs.Environments[name]
		if env == nil || env.Throwaway != nil {
			continue // an error where it stands
		}
		cat, err := loadCatalog(nil, p.err)
		if err != nil {
			return nil, err
		}
		obs := &observer{project: p, defs: defs}
		done := progress(p.err, "observing "+name, p.reading)
		snap, err := obs.resources(ctx, named{name, name, name}, env)
		done()
		if err != nil {
			return nil, fmt.Errorf("%s follows what %s runs: %w", environment, name, err)
		}
		facts[name] = provision.NewFacts(snap, cat, env.Aliases...)
	}
	return facts, ctx.Err()
}
