package terraform

import (
	"context"
	"time"
)

// Observation is what was read of a working directory.
type Observation struct {
	// State is the state in Terraform's JSON, version 4, as the backend holds it. It holds secrets in clear.
	State []byte
	// Workspace is the one that was read.
	Workspace string
	// Version is that of the terraform or tofu that read it, such as "1.11.4".
	Version string
	// Providers are the versions that the lock file selects, by the address of the provider's source
	// ("registry.terraform.io/hashicorp/aws"). Empty where there is no lock file.
	Providers map[string]string
	// Modules are the modules that `terraform init` has installed, by their path as it is in addresses of resources,
	// less the keys of instances: "module.web.module.lb". Empty where the configuration calls none.
	Modules map[string]Module
}

// Observe reads the directory through Terraform, so that any backend works. It changes nothing in the directory, nor
// in the backend; so `terraform init` must have been run where the backend or a module needs it.
// Errors are of type *Error.
func (d Dir) Observe(ctx context.Context) (_ *Observation, err error) {
	r, err := open(d)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := r.shadow.close(); closeErr != nil && err == nil {
			err = r.fail(ctx, "cleaning up after reading", closeErr, "")
		}
	}()

	type result struct {
		o   *Observation
		err error
	}
	done := make(chan result, 1)
	go func() {
		o, err := r.observe(ctx)
		done <- result{o, err}
	}()
	select {
	case got := <-done:
		return got.o, got.err
	case <-ctx.Done():
	}
	// A wrapper script that is killed may leave a Terraform behind that holds its pipes. tfexec closes them only where
	// the cancelling does not come at the moment in which it begins to read them: so this does not rely on it.
	select {
	case got := <-done:
		return got.o, got.err
	case <-time.After(2 * interruptGrace):
		return nil, r.fail(ctx, "reading the state", ctx.Err(), "")
	}
}

func (r *reader) observe(ctx context.Context) (_ *Observation, err error) {
	var o Observation
	if o.Version, o.Providers, err = r.versions(ctx); err != nil {
		return nil, err
	}
	if err := setLog(r.tf); err != nil {
		return nil, r.fail(ctx, "setting up TF_LOG", err, "")
	}
	if o.Workspace, err = r.useWorkspace(ctx); err != nil {
		return nil, err
	}
	if o.State, err = r.pullState(ctx); err != nil {
		return nil, err
	}
	if o.Modules, err = readModules(r.data); err != nil {
		return nil, r.fail(ctx, "reading the installed modules", err, r.initHint())
	}
	return &o, nil
}
