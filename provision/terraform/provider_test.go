package terraform

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	pschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

// testVersion is that of the provider that the test binary is.
const testVersion = "0.1.0"

// serveTestProvider is a provider under maquette's address, with one resource: maquette_note.
func serveTestProvider() error {
	go func() { // go-plugin does not end it when Terraform is killed
		for parent := os.Getppid(); os.Getppid() == parent; {
			time.Sleep(50 * time.Millisecond)
		}
		os.Exit(1)
	}()
	return providerserver.Serve(context.Background(), func() provider.Provider { return testProvider{} },
		providerserver.ServeOpts{Address: terraformHost + "/maquette/maquette"})
}

// attachTestProvider serves it from within the shim.
func attachTestProvider(bool) (*Attached, error) {
	ctx, cancel := context.WithCancel(context.Background())
	configs, closed := make(chan *plugin.ReattachConfig, 1), make(chan struct{})
	server := providerserver.NewProtocol6(testProvider{})
	go func() {
		_ = tf6server.Serve(terraformHost+"/maquette/maquette", server, tf6server.WithDebug(ctx, configs, closed))
	}()
	config := <-configs
	return &Attached{Network: config.Addr.Network(), Address: config.Addr.String(), End: func(bool) {
		cancel()
		<-closed
	}}, nil
}

type testProvider struct{}

func (testProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "maquette"
}

func (testProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = pschema.Schema{}
}

func (testProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}
func (testProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }
func (testProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return note{} }}
}

// note keeps a text, and says for which instance.
type note struct{}

type noteModel struct {
	Text     types.String `tfsdk:"text"`
	Fail     types.Bool   `tfsdk:"fail"`
	Instance types.String `tfsdk:"instance"`
}

func (note) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "maquette_note"
}

func (note) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"text":     schema.StringAttribute{Required: true},
		"fail":     schema.BoolAttribute{Optional: true},
		"instance": schema.StringAttribute{Computed: true},
	}}
}

func (note) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m noteModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if m.Fail.ValueBool() {
		resp.Diagnostics.AddError("The note was refused", errors.New("no place for "+m.Text.ValueString()).Error())
		return
	}
	m.Instance = types.StringValue(os.Getenv("MAQUETTE_INSTANCE") + " " + os.Getenv("MAQUETTE_INSTANCE_ID") + " " + os.Getenv("MAQUETTE_HOME"))
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

func (note) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}
func (note) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m, before noteModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &before)...)
	m.Instance = before.Instance
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
func (note) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
