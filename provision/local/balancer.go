package local

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// How long a balancer may take.
const (
	balancerStart = 15 * time.Second
	balancerStop  = drainTime + 2*time.Second
)

// balancerResource is maquette_balancer: a supervisor without processes, that serves itself.
type balancerResource struct{ data *providerData }

func newBalancer() resource.Resource { return &balancerResource{} }

func (r *balancerResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "maquette_balancer"
}

func (r *balancerResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *balancerResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Description: "A reverse proxy on this machine before the members of a service. Requests go to healthy members in turn.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed: true, Description: "INSTANCE/NAME.",
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"name":    nameAttribute("Name of the balancer, unique in the instance."),
			"targets": schema.ListAttribute{Required: true, ElementType: types.Int64Type, Description: "Ports of 127.0.0.1 that requests go to: maquette_service.NAME.ports. They change in place."},
			"service": schema.StringAttribute{Optional: true, Description: "The service behind it, for people and for comparing environments: maquette_service.NAME.name."},
			"port": schema.Int64Attribute{
				Optional: true, Computed: true, Validators: []validator.Int64{between{1, 65535}},
				Description:   "Port that it listens on, at 127.0.0.1 and ::1. Unless given, a free one, that it keeps.",
				PlanModifiers: []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			},
			"host": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{isHost},
				Description: "What the url's host begins with, before .localhost; the instance's name unless given. Requests for any host are answered.",
			},
			"health_check": healthAttribute(
				"How it tells which members are healthy. Unless given, by connecting.",
				`"http": a GET of path is answered by a status of 200 to 399; "tcp": a connection is taken. Unless given "http" where there is a path, else "tcp".`,
				checkHTTP, checkTCP),
			"url": schema.StringAttribute{Computed: true, Description: "http://HOST.localhost:PORT, for people."},
			"local_url": schema.StringAttribute{
				Computed: true, Description: "http://127.0.0.1:PORT, for programs: not every one knows hosts below .localhost.",
			},
		},
	}
}

// balancerModel is the resource as Terraform has it.
type balancerModel struct {
	ID          types.String `tfsdk:"id"`
	Name        types.String `tfsdk:"name"`
	Targets     types.List   `tfsdk:"targets"`
	Service     types.String `tfsdk:"service"`
	Port        types.Int64  `tfsdk:"port"`
	Host        types.String `tfsdk:"host"`
	HealthCheck types.Object `tfsdk:"health_check"`
	URL         types.String `tfsdk:"url"`
	LocalURL    types.String `tfsdk:"local_url"`
}

func (m *balancerModel) unit(data *providerData) unit {
	return unit{data, kindBalancer, m.Name.ValueString()}
}

// setURL says where the balancer is, when that is known.
func (m *balancerModel) setURL() {
	m.URL, m.LocalURL = types.StringUnknown(), types.StringUnknown()
	if m.Port.IsUnknown() {
		return
	}
	m.LocalURL = types.StringValue(fmt.Sprintf("http://127.0.0.1:%d", m.Port.ValueInt64()))
	if !m.Host.IsUnknown() {
		m.URL = types.StringValue(fmt.Sprintf("http://%s.localhost:%d", m.Host.ValueString(), m.Port.ValueInt64()))
	}
}

func (r *balancerResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m balancerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	for _, value := range m.Targets.Elements() {
		port, ok := value.(types.Int64)
		if ok && !port.IsUnknown() && (port.ValueInt64() < 1 || port.ValueInt64() > 65535) {
			resp.Diagnostics.AddAttributeError(path.Root("targets"), "Invalid targets", port.String()+" is no port.")
		}
	}
	h, diags := healthOf(ctx, m.HealthCheck)
	resp.Diagnostics.Append(diags...)
	if problem := h.problem(); problem != "" {
		resp.Diagnostics.AddAttributeError(path.Root("health_check"), "Invalid health check", problem)
	}
}

// ModifyPlan fills in the host, and says what the url will be where that is known.
func (r *balancerResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.data == nil {
		return
	}
	var config, plan balancerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if config.Host.IsNull() {
		plan.Host = types.StringValue(r.data.Instance)
	}
	plan.setURL()
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("host"), plan.Host)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("url"), plan.URL)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("local_url"), plan.LocalURL)...)
	if req.State.Raw.IsNull() {
		r.data.expect(plan.Name, kindBalancer)
	}
}

func (r *balancerResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m balancerModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	u := m.unit(r.data)
	// Whatever happens now, Terraform knows the balancer and can take it away.
	known := m
	known.ID = types.StringValue(r.data.Instance + "/" + u.name)
	if known.Port.IsUnknown() {
		known.Port = types.Int64Null()
		known.URL, known.LocalURL = types.StringNull(), types.StringNull()
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &known)...)
	m.ID = known.ID
	if !resp.Diagnostics.HasError() {
		r.bring(ctx, u, &m, &resp.State, &resp.Diagnostics)
	}
}

func (r *balancerResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m balancerModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if !resp.Diagnostics.HasError() {
		r.bring(ctx, m.unit(r.data), &m, &resp.State, &resp.Diagnostics)
	}
}

// bring makes the balancer be as the model says, and records it.
func (r *balancerResource) bring(ctx context.Context, u unit, m *balancerModel, state *tfsdk.State, diags *diag.Diagnostics) {
	var targets []int64
	diags.Append(m.Targets.ElementsAs(ctx, &targets, false)...)
	h, d := healthOf(ctx, m.HealthCheck)
	diags.Append(d...)
	if diags.HasError() {
		return
	}
	config := balancerConfig{Targets: []int{}, Health: h.health()}
	for _, port := range targets {
		config.Targets = append(config.Targets, int(port))
	}
	port, err := u.balance(ctx, int(m.Port.ValueInt64()), config)
	if port != 0 {
		m.Port = types.Int64Value(int64(port))
		m.setURL()
	}
	if err != nil {
		diags.AddError("Bringing up balancer "+u.name, err.Error())
		if m.Port.IsUnknown() {
			return
		}
	}
	diags.Append(state.Set(ctx, m)...)
}

// balance makes a balancer serve the configuration, at the port or where it is free. It returns the port as soon as
// that is reserved.
func (u unit) balance(ctx context.Context, port int, config balancerConfig) (int, error) {
	unlock, err := u.lock(ctx)
	if err != nil {
		return 0, err
	}
	defer unlock()
	if port != 0 {
		err = u.ports().reserveOne(ctx, u.owner(), port)
	} else {
		var ports []int
		if ports, err = u.reserve(ctx, 1, false); err == nil {
			port = ports[0]
		}
	}
	if err != nil {
		return 0, err
	}
	_, err = u.bring(ctx, spec{
		Name: u.name, Ports: []int{port}, Balancer: &config, Dir: "/", Base: baseEnvironment(), Restart: restartAlways,
		Stop: balancerStop, Start: balancerStart,
	})
	if err != nil {
		return port, err
	}
	_, err = u.ports().release(ctx, func(r reservation) bool { return r.sameUnit(u.owner()) && r.port != port })
	return port, err
}

func (r *balancerResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m balancerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	u := m.unit(r.data)
	st, err := u.live()
	switch {
	case err != nil:
		resp.Diagnostics.AddError("Reading balancer "+u.name, err.Error())
		return
	case st == nil, len(st.Members) != 1:
		resp.State.RemoveResource(ctx)
		return
	}
	m.Port = types.Int64Value(int64(st.Members[0].Port))
	m.Targets = portList(st.Targets)
	m.setURL()
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *balancerResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m balancerModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	u := m.unit(r.data)
	if err := u.takeAway(ctx, balancerStop); err != nil {
		resp.Diagnostics.AddError("Taking balancer "+u.name+" away", err.Error())
	}
}
