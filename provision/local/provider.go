package local

import (
	"context"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/maquette/maquette/provision/local/wire"
)

// ProviderAddress is where configurations name the provider, at Terraform's default host.
const ProviderAddress = "registry.terraform.io/maquette/maquette"

// The environment by which the driver tells the provider for whom it works.
const (
	envHome     = "MAQUETTE_HOME"        // absolute path
	envInstance = "MAQUETTE_INSTANCE"    // name
	envID       = "MAQUETTE_INSTANCE_ID" // of this copy alone
)

// maquetteProvider implements the provider. It takes no configuration but from its environment.
type maquetteProvider struct {
	early *early // nil: supervisors are started when they are needed
}

func (p *maquetteProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "maquette"
	resp.Version = wire.ProviderVersion
}

func (p *maquetteProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		Description: "Makes environments out of processes, databases and checkouts on this machine. It is run by maquette, which tells it the instance.",
	}
}

func (p *maquetteProvider) Configure(_ context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	data := &providerData{Home: canonical(os.Getenv(envHome)), Instance: os.Getenv(envInstance), ID: os.Getenv(envID), early: p.early}
	resp.ResourceData = data
}

// Resources lists all resource types.
func (p *maquetteProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		newService, newBalancer, newDatabase, newCheckout,
	}
}

func (p *maquetteProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

// providerData is the instance that the provider works for. Resources get it when they are configured.
type providerData struct {
	Home     string // absolute, without symbolic links
	Instance string // name
	ID       string

	early *early
}

// expect says that a unit is going to be made.
func (d *providerData) expect(name types.String, kind string) {
	if d != nil && name.ValueString() != "" {
		d.early.expect(unit{d, kind, name.ValueString()})
	}
}

// configured takes the instance out of what Terraform's protocol hands to a resource's Configure. It is nil while only
// schemas and configurations are looked at, and an error where the provider was not run by maquette.
func configured(given any, diags *diag.Diagnostics) *providerData {
	data, ok := given.(*providerData)
	if !ok {
		return nil
	}
	if !filepath.IsAbs(data.Home) || data.Instance == "" || data.ID == "" {
		diags.AddError("The maquette provider does not know for which instance it works",
			"It is run by maquette and not by Terraform alone: use `maquette up ENVIRONMENT`, which tells it the instance by "+
				envHome+", "+envInstance+" and "+envID+".")
		return nil
	}
	return data
}

// runDir is where things of one kind ("services", "balancers", "checkouts") of this instance are.
func (d *providerData) runDir(kind string) string {
	return filepath.Join(instanceDir(d.Home, d.Instance), kind)
}

// instanceDir is where all that the platform keeps of a living instance is. It goes with the last thing in it.
func instanceDir(home, instance string) string { return filepath.Join(home, "run", instance) }

// canonical gives a home one name, so that marks can be compared.
func canonical(home string) string {
	if home == "" {
		return ""
	}
	if real, err := filepath.EvalSymlinks(home); err == nil {
		return real
	}
	return filepath.Clean(home)
}
