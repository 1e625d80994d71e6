package local

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// maxServiceMembers keeps a slip of the pen from filling the machine.
const maxServiceMembers = 200

// The defaults of health checks.
const (
	defaultInterval = "5s"
	defaultTimeout  = "2s"
)

func (r *serviceResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	stable := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{
		Description: "A number of interchangeable processes on this machine, kept running by a supervisor.",
		Attributes: map[string]schema.Attribute{
			"id":      schema.StringAttribute{Computed: true, PlanModifiers: stable, Description: "INSTANCE/NAME."},
			"name":    nameAttribute("Name of the service, unique in the instance."),
			"command": schema.ListAttribute{Required: true, ElementType: types.StringType, Description: "Program and arguments. {port} and {member} in arguments are replaced."},
			"members": schema.Int64Attribute{
				Optional: true, Computed: true, Default: int64default.StaticInt64(1),
				Validators:  []validator.Int64{between{0, maxServiceMembers}},
				Description: "How many processes. Each gets PORT, MEMBER (0, 1, …), SERVICE and MAQUETTE_INSTANCE in its environment.",
			},
			"environment": schema.MapAttribute{
				Optional: true, Sensitive: true, ElementType: types.StringType,
				Description: "More environment variables. Of the environment of who runs maquette members get PATH, HOME, USER, LANG, TZ and the like, and no more.",
			},
			"working_dir": schema.StringAttribute{Optional: true, Description: "Directory that the command runs in; the root module's unless given."},
			"version":     schema.StringAttribute{Optional: true, Description: "The release that runs. Changing it restarts the members one by one."},
			"health_check": healthAttribute(
				"How a member shows that it is ready. Unless given, it is when it listens on its port.",
				`"http": a GET of path is answered by a status of 200 to 399; "tcp": the member listens on its port; "none": it runs. Unless given "http" where there is a path, else "tcp".`,
				checkHTTP, checkTCP, checkNone),
			"restart": schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString(restartAlways),
				Validators:  []validator.String{oneOf(restartAlways, restartOnFailure, restartNever)},
				Description: "When a member that has ended is started again: always, on-failure or never.",
			},
			"stop_timeout":  durationAttribute("10s", "How long a member may take to end when it is asked to, by SIGTERM. Then it is killed."),
			"start_timeout": durationAttribute("30s", "How long a member may take to be ready."),
			"ports":         schema.ListAttribute{Computed: true, ElementType: types.Int64Type, Description: "The port of each member, on 127.0.0.1. A member keeps its port."},
			"log_dir":       schema.StringAttribute{Computed: true, PlanModifiers: stable, Description: "Directory of the logs: member-N.log."},
		},
	}
}

// nameAttribute is a name that cannot be changed.
func nameAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, Validators: []validator.String{isName}, Description: description,
		PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
	}
}

func durationAttribute(byDefault, description string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(byDefault),
		Validators: []validator.String{isDuration}, Description: description,
	}
}

func healthAttribute(description, kinds string, allowed ...string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, Description: description,
		Attributes: map[string]schema.Attribute{
			"type":     schema.StringAttribute{Optional: true, Validators: []validator.String{oneOf(allowed...)}, Description: kinds},
			"path":     schema.StringAttribute{Optional: true, Validators: []validator.String{isPath}, Description: "Of an http check."},
			"interval": durationAttribute(defaultInterval, "Between checks; those of a member that is not ready are closer."),
			"timeout":  durationAttribute(defaultTimeout, "Of one check."),
		},
	}
}

// healthModel is a health_check.
type healthModel struct {
	Type     types.String `tfsdk:"type"`
	Path     types.String `tfsdk:"path"`
	Interval types.String `tfsdk:"interval"`
	Timeout  types.String `tfsdk:"timeout"`
}

// health is what the check means; nil is the default one.
func (m *healthModel) health() health {
	if m == nil {
		m = &healthModel{Interval: types.StringValue(defaultInterval), Timeout: types.StringValue(defaultTimeout)}
	}
	h := health{Type: m.Type.ValueString(), Path: m.Path.ValueString(), Interval: duration(m.Interval), Timeout: duration(m.Timeout)}
	switch {
	case h.Type == "" && h.Path != "":
		h.Type = checkHTTP
	case h.Type == "":
		h.Type = checkTCP
	}
	return h
}

// problem says why type and path do not go together.
func (m *healthModel) problem() string {
	if m == nil || m.Type.IsUnknown() || m.Path.IsUnknown() {
		return ""
	}
	switch {
	case m.Type.ValueString() == checkHTTP && m.Path.IsNull():
		return `A check of type "http" needs a path: path = "/healthz".`
	case !m.Type.IsNull() && m.Type.ValueString() != checkHTTP && !m.Path.IsNull():
		return `A path is for checks of type "http": leave type or path out.`
	}
	return ""
}
