package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// buildTimeout is how long a build may take unless the configuration says otherwise.
const buildTimeout = 10 * time.Minute

// checkoutResource is maquette_checkout: a directory of a branch, a tag or a commit, built if it is asked for. The
// user's own working tree, index and branches are not touched.
type checkoutResource struct{ data *providerData }

type checkoutModel struct {
	ID           types.String `tfsdk:"id"`
	Name         types.String `tfsdk:"name"`
	Repository   types.String `tfsdk:"repository"`
	Ref          types.String `tfsdk:"ref"`
	Build        types.List   `tfsdk:"build"`
	BuildTimeout types.String `tfsdk:"build_timeout"`
	Environment  types.Map    `tfsdk:"environment"`
	Path         types.String `tfsdk:"path"`
	Commit       types.String `tfsdk:"commit"`
}

var (
	isCheckoutName = stringRule{"a name has letters, digits, _, - and ., 63 at most", lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$`).MatchString}
	isRef          = stringRule{"it is the name of a branch or a tag, or a commit", lazyregexp.New(`^[^-\s:?*\[\\][^\s:?*\[\\]*$`).MatchString}
)

func newCheckout() resource.Resource { return &checkoutResource{} }

func (r *checkoutResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "maquette_checkout"
}

func (r *checkoutResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	stays := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replaces := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		Description: "A directory of a branch, a tag or a commit: a git worktree of a repository on this machine, a shallow clone of another. It follows its branch: each run checks out the newest commit.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Computed: true, PlanModifiers: stays, Description: "The name."},
			"name": schema.StringAttribute{
				Required: true, PlanModifiers: replaces, Validators: []validator.String{isCheckoutName},
				Description: "The checkout's name within the instance.",
			},
			"repository": schema.StringAttribute{
				Required: true, PlanModifiers: replaces,
				Description: "Absolute path of a git repository on this machine, or a URL without a password.",
			},
			"ref": schema.StringAttribute{
				Required: true, Validators: []validator.String{isRef},
				Description: "A branch, a tag or a commit; of a URL a commit in full. Of a name that is both, the branch.",
			},
			"build": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				Description: "A command, without a shell, that is run in the directory after each checkout. When it fails, the directory that was built before stays in use.",
			},
			"build_timeout": schema.StringAttribute{
				Optional: true, Validators: []validator.String{isDuration},
				Description: "How long the build may take: \"90s\", \"10m\". 10m without it.",
			},
			"environment": schema.MapAttribute{
				Optional: true, Sensitive: true, ElementType: types.StringType,
				Description: "Environment variables of the build, beside those of maquette itself.",
			},
			"path":   schema.StringAttribute{Computed: true, PlanModifiers: stays, Description: "The directory. It stays the same when another commit is checked out."},
			"commit": schema.StringAttribute{Computed: true, Description: "The commit that is checked out: give it to services as their version, so that they start anew with it."},
		},
	}
}

func (r *checkoutResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured(req.ProviderData, &resp.Diagnostics)
}

// ModifyPlan sees that a branch has moved. The new commit is not in the plan, but what Create and Update find: the branch
// may move once more until then, and Terraform holds providers to what they have planned.
func (r *checkoutResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.data == nil {
		return
	}
	var plan checkoutModel
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); resp.Diagnostics.HasError() {
		return
	}
	if !plan.Build.IsNull() && !plan.Build.IsUnknown() && len(plan.Build.Elements()) == 0 {
		resp.Diagnostics.AddAttributeError(path.Root("build"), "Invalid build", "An empty list is no command: leave build out.")
	}
	if plan.Repository.IsUnknown() || plan.Ref.IsUnknown() || resp.Diagnostics.HasError() {
		return
	}
	repository, err := openRepository(ctx, plan.Repository.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("repository"), "No repository to check out", err.Error())
		return
	}
	commit, err := repository.resolve(ctx, plan.Ref.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("ref"), "No commit to check out", err.Error())
		return
	}
	var state checkoutModel
	if !req.State.Raw.IsNull() {
		if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); resp.Diagnostics.HasError() {
			return
		}
	}
	if state.Commit.ValueString() != commit {
		plan.Commit = types.StringUnknown()
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

func (r *checkoutResource) tree(m checkoutModel) tree {
	return tree{r.data.Home, r.data.Instance, m.Name.ValueString()}
}

func (r *checkoutResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan checkoutModel
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); resp.Diagnostics.HasError() {
		return
	}
	if err := r.make(ctx, &plan); err != nil {
		resp.Diagnostics.AddError("Checkout "+plan.Name.ValueString()+" was not made", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (r *checkoutResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan checkoutModel
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); resp.Diagnostics.HasError() {
		return
	}
	if err := r.make(ctx, &plan); err != nil {
		resp.Diagnostics.AddError("Checkout "+plan.Name.ValueString()+" was not changed: it stays as it was", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// make is create and update: what an earlier one has left half-way is removed by it.
func (r *checkoutResource) make(ctx context.Context, plan *checkoutModel) error {
	repository, err := openRepository(ctx, plan.Repository.ValueString())
	if err != nil {
		return err
	}
	commit := plan.Commit.ValueString()
	if plan.Commit.IsUnknown() {
		if commit, err = repository.resolve(ctx, plan.Ref.ValueString()); err != nil {
			return err
		}
	}
	c := change{
		ID: r.data.ID, Repository: repository, Ref: plan.Ref.ValueString(), Commit: commit,
		BuildTimeout: buildTimeout, BuildIdentity: r.data.child("checkouts/" + plan.Name.ValueString()),
	}
	if !plan.BuildTimeout.IsNull() {
		c.BuildTimeout = duration(plan.BuildTimeout)
	}
	diags := plan.Build.ElementsAs(ctx, &c.Build, false)
	diags.Append(plan.Environment.ElementsAs(ctx, &c.Environment, false)...)
	if diags.HasError() {
		return fmt.Errorf("%s: %s", diags[0].Summary(), diags[0].Detail())
	}
	t := r.tree(*plan)
	if err := t.make(ctx, c); err != nil {
		return err
	}
	plan.ID, plan.Path, plan.Commit = plan.Name, types.StringValue(t.link()), types.StringValue(commit)
	return nil
}

func (r *checkoutResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state checkoutModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); resp.Diagnostics.HasError() {
		return
	}
	if _, err := os.Stat(r.tree(state).link()); errors.Is(err, fs.ErrNotExist) {
		resp.State.RemoveResource(ctx)
		return
	}
	commit, err := head(ctx, r.tree(state).link())
	if err != nil {
		if ctx.Err() != nil {
			resp.Diagnostics.AddError("Checkout "+state.Name.ValueString()+" could not be looked at", err.Error())
			return
		}
		commit = "" // damaged, or without its repository: a change mends it, or says why it cannot
	}
	state.Commit = types.StringValue(commit)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

func (r *checkoutResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state checkoutModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); resp.Diagnostics.HasError() {
		return
	}
	if err := r.tree(state).remove(ctx); err != nil {
		resp.Diagnostics.AddError("Checkout "+state.Name.ValueString()+" was not removed", err.Error())
	}
}
