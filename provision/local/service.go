package local

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// serviceResource is maquette_service.
type serviceResource struct{ data *providerData }

func newService() resource.Resource { return &serviceResource{} }

func (r *serviceResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "maquette_service"
}

func (r *serviceResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured(req.ProviderData, &resp.Diagnostics)
}

// serviceModel is the resource as Terraform has it.
type serviceModel struct {
	ID           types.String `tfsdk:"id"`
	Name         types.String `tfsdk:"name"`
	Command      types.List   `tfsdk:"command"`
	Members      types.Int64  `tfsdk:"members"`
	Environment  types.Map    `tfsdk:"environment"`
	WorkingDir   types.String `tfsdk:"working_dir"`
	Version      types.String `tfsdk:"version"`
	HealthCheck  types.Object `tfsdk:"health_check"`
	Restart      types.String `tfsdk:"restart"`
	StopTimeout  types.String `tfsdk:"stop_timeout"`
	StartTimeout types.String `tfsdk:"start_timeout"`
	Ports        types.List   `tfsdk:"ports"`
	LogDir       types.String `tfsdk:"log_dir"`
}

func (m *serviceModel) unit(data *providerData) unit {
	return unit{data, kindService, m.Name.ValueString()}
}

// reserved are the variables that the platform sets itself.
func reserved(name string) bool {
	switch name {
	case "PORT", envMember, "SERVICE":
		return true
	}
	return strings.HasPrefix(name, "MAQUETTE_")
}

func (r *serviceResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var m serviceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(m.Environment.Elements())) {
		if reserved(name) || name == "" || strings.ContainsAny(name, "=\x00") {
			resp.Diagnostics.AddAttributeError(path.Root("environment"), "Invalid environment",
				fmt.Sprintf("%q cannot be given: PORT, MEMBER, SERVICE and all that begins with MAQUETTE_ are set by the platform, and a name has no \"=\".", name))
		}
	}
	if !m.Command.IsUnknown() {
		words := m.Command.Elements()
		empty := len(words) == 0
		if !empty {
			first, _ := words[0].(basetypes.StringValue)
			empty = !first.IsUnknown() && first.ValueString() == ""
		}
		if empty {
			resp.Diagnostics.AddAttributeError(path.Root("command"), "Invalid command", "It has to name a program.")
		}
	}
	h, diags := healthOf(ctx, m.HealthCheck)
	resp.Diagnostics.Append(diags...)
	if problem := h.problem(); problem != "" {
		resp.Diagnostics.AddAttributeError(path.Root("health_check"), "Invalid health check", problem)
	}
}

// healthOf reads a health_check; nil where there is none, or it is not known yet.
func healthOf(ctx context.Context, object types.Object) (*healthModel, diag.Diagnostics) {
	if object.IsNull() || object.IsUnknown() {
		return nil, nil
	}
	var m healthModel
	diags := object.As(ctx, &m, basetypes.ObjectAsOptions{})
	return &m, diags
}

// ModifyPlan says which ports there will be, where that is known: what refers to them need not wait then.
func (r *serviceResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, state serviceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if req.State.Raw.IsNull() {
		r.data.expect(plan.Name, kindService)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() || plan.Members.IsUnknown() || !plan.Name.Equal(state.Name) {
		return
	}
	ports := state.Ports.Elements()
	if n := plan.Members.ValueInt64(); n <= int64(len(ports)) {
		kept, diags := types.ListValue(types.Int64Type, ports[:n])
		resp.Diagnostics.Append(diags...)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("ports"), kept)...)
	}
}

func (r *serviceResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var m serviceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	u := m.unit(r.data)
	m.ID = types.StringValue(r.data.Instance + "/" + u.name)
	m.LogDir = types.StringValue(u.logDir())
	m.Ports, _ = types.ListValue(types.Int64Type, nil)
	// Whatever happens now, Terraform knows the service and can take it away.
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
	if !resp.Diagnostics.HasError() {
		r.bring(ctx, u, &m, &resp.State, &resp.Diagnostics, true)
	}
}

func (r *serviceResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var m serviceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &m)...)
	if !resp.Diagnostics.HasError() {
		r.bring(ctx, m.unit(r.data), &m, &resp.State, &resp.Diagnostics, false)
	}
}

// bring makes the service be as the model says, and records what has been reached.
func (r *serviceResource) bring(ctx context.Context, u unit, m *serviceModel, state *tfsdk.State, diags *diag.Diagnostics, create bool) {
	failed := func(err error) {
		diags.AddError("Bringing up service "+u.name, err.Error())
	}
	next, d := m.spec(ctx)
	diags.Append(d...)
	if diags.HasError() {
		return
	}
	unlock, err := u.lock(ctx)
	if err != nil {
		failed(err)
		return
	}
	defer unlock()
	members := int(m.Members.ValueInt64())
	next.Ports, err = u.reserve(ctx, members, !create)
	if err != nil {
		failed(err)
		return
	}
	m.Ports = portList(next.Ports)
	if create {
		diags.Append(state.Set(ctx, m)...)
	}
	if _, err := u.bring(ctx, next); err != nil {
		failed(err)
		return
	}
	if _, err := u.ports().release(ctx, func(r reservation) bool { return r.sameUnit(u.owner()) && r.Member >= members }); err != nil {
		failed(err)
		return
	}
	diags.Append(state.Set(ctx, m)...)
}

// spec is what the supervisor is to do, but for the ports.
func (m *serviceModel) spec(ctx context.Context) (spec, diag.Diagnostics) {
	var diags diag.Diagnostics
	next := spec{
		Name:    m.Name.ValueString(),
		Base:    baseEnvironment(),
		Version: m.Version.ValueString(),
		Restart: m.Restart.ValueString(),
		Stop:    duration(m.StopTimeout),
		Start:   duration(m.StartTimeout),
	}
	diags.Append(m.Command.ElementsAs(ctx, &next.Command, false)...)
	if !m.Environment.IsNull() {
		diags.Append(m.Environment.ElementsAs(ctx, &next.Environment, false)...)
	}
	h, d := healthOf(ctx, m.HealthCheck)
	diags.Append(d...)
	next.Health = h.health()
	dir, err := filepath.Abs(m.WorkingDir.ValueString()) // of the root module, where Terraform runs
	if err == nil {
		var info os.FileInfo
		if info, err = os.Stat(dir); err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is no directory", dir)
		}
	}
	if err != nil {
		diags.AddAttributeError(path.Root("working_dir"), "No directory to run in", err.Error())
	}
	next.Dir = dir
	return next, diags
}

func (r *serviceResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var m serviceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	st, err := m.unit(r.data).live()
	if err != nil {
		resp.Diagnostics.AddError("Reading service "+m.Name.ValueString(), err.Error())
		return
	}
	if st == nil {
		resp.State.RemoveResource(ctx)
		return
	}
	var lives int64
	ports := make([]int, 0, len(st.Members))
	for _, member := range st.Members {
		ports = append(ports, member.Port)
		if member.Lives() {
			lives++
		}
	}
	m.Members = types.Int64Value(lives)
	m.Ports = portList(ports)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

func (r *serviceResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var m serviceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	u := m.unit(r.data)
	if err := u.takeAway(ctx, duration(m.StopTimeout)); err != nil {
		resp.Diagnostics.AddError("Taking service "+u.name+" away", err.Error())
	}
}

// portList is ports as Terraform has them.
func portList(ports []int) types.List {
	values := make([]int64, len(ports))
	for i, port := range ports {
		values[i] = int64(port)
	}
	list, _ := types.ListValueFrom(context.Background(), types.Int64Type, values)
	return list
}
