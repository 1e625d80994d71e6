package local

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/jackc/pgx/v5"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// undoTimeout is how long a create that failed may take to clean up behind it.
const undoTimeout = 15 * time.Second

// databaseResource is maquette_database: a database in a PostgreSQL that is there already. The database gets its name
// when it is complete, so there is never a half-filled one, and only what carries the instance's comment is dropped.
type databaseResource struct{ data *providerData }

type databaseModel struct {
	ID            types.String `tfsdk:"id"`
	Name          types.String `tfsdk:"name"`
	Server        types.String `tfsdk:"server"`
	Template      types.String `tfsdk:"template"`
	Owner         types.String `tfsdk:"owner"`
	Seed          types.String `tfsdk:"seed"`
	Reseed        types.Bool   `tfsdk:"reseed"`
	SeedDigest    types.String `tfsdk:"seed_digest"`
	EngineVersion types.String `tfsdk:"engine_version"`
	URL           types.String `tfsdk:"url"`
}

// isDatabaseName holds of what is a file's name too.
var isDatabaseName = stringRule{"a name has letters, digits, _ and -, 63 at most", lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$`).MatchString}

func newDatabase() resource.Resource { return &databaseResource{} }

func (r *databaseResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "maquette_database"
}

func (r *databaseResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	stays := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	replaces := []planmodifier.String{stringplanmodifier.RequiresReplace()}
	resp.Schema = schema.Schema{
		Description: "A database in a PostgreSQL (13 or later) that is there already: empty, cloned from another database of it, or filled from an SQL file.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Computed: true, PlanModifiers: stays, Description: "The name."},
			"name": schema.StringAttribute{
				Required: true, PlanModifiers: replaces,
				Validators:  []validator.String{isDatabaseName},
				Description: "The database's name, which nobody else on the server may have: put the environment's name in it.",
			},
			"server": schema.StringAttribute{
				Required: true, Sensitive: true,
				Description: "The server, as a user who may create databases: postgres://USER:PASSWORD@HOST:PORT/DATABASE. Without a password that of PGPASSWORD or ~/.pgpass is taken.",
			},
			"template": schema.StringAttribute{
				Optional: true, PlanModifiers: replaces,
				Description: "A database of the server to clone. Nobody may be connected to it meanwhile.",
			},
			"owner": schema.StringAttribute{Optional: true, Description: "The role that the database belongs to. Without it: the server's user."},
			"seed": schema.StringAttribute{
				Optional:    true,
				Description: "Path of an SQL file, as pg_dump writes it, that psql runs once, when the database is made.",
			},
			"reseed": schema.BoolAttribute{
				Optional:    true,
				Description: "Replace the database, with all that has been written to it, when the seed's content changes. Without it the plan warns, and the data stays.",
			},
			"seed_digest": schema.StringAttribute{
				Computed: true, PlanModifiers: stays,
				Description: "SHA-256 of the seed that the database was filled from; empty without one.",
			},
			"engine_version": schema.StringAttribute{Computed: true, PlanModifiers: stays, Description: "PostgreSQL's version."},
			"url":            schema.StringAttribute{Computed: true, Sensitive: true, Description: "The server's URL, with this database."},
		},
	}
}

func (r *databaseResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured(req.ProviderData, &resp.Diagnostics)
}

func (r *databaseResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan databaseModel
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); resp.Diagnostics.HasError() {
		return
	}
	plan.URL = types.StringUnknown()
	var server *postgres
	if !plan.Server.IsUnknown() {
		var err error
		if server, err = parsePostgres(plan.Server.ValueString()); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("server"), "Invalid server", err.Error())
			return
		}
		if !plan.Name.IsUnknown() {
			plan.URL = types.StringValue(server.databaseURL(plan.Name.ValueString()))
		}
	}
	if !req.State.Raw.IsNull() {
		var state databaseModel
		if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); resp.Diagnostics.HasError() {
			return
		}
		old, err := parsePostgres(state.Server.ValueString())
		if err == nil && server != nil && old.address() != server.address() {
			resp.RequiresReplace = append(resp.RequiresReplace, path.Root("server"))
		}
		if !plan.Seed.IsUnknown() {
			digest, err := seedDigest(plan.Seed.ValueString())
			if err != nil {
				resp.Diagnostics.AddAttributeError(path.Root("seed"), "Unreadable seed", err.Error())
				return
			}
			switch {
			case digest == state.SeedDigest.ValueString():
			case plan.Reseed.ValueBool():
				plan.SeedDigest = types.StringUnknown()
				resp.RequiresReplace = append(resp.RequiresReplace, path.Root("seed_digest"))
			default:
				resp.Diagnostics.AddAttributeWarning(path.Root("seed"), "The seed has changed",
					fmt.Sprintf("Database %s keeps the data it has. To fill it anew, set reseed, or take the environment down and up again.",
						state.Name.ValueString()))
			}
		}
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
}

func (r *databaseResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan databaseModel
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); resp.Diagnostics.HasError() {
		return
	}
	if err := r.create(ctx, &plan); err != nil {
		resp.Diagnostics.AddError("Database "+plan.Name.ValueString()+" was not created", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// create makes the database under a name that nobody else can have, completes it, and only then gives it its own. So
// whatever has the temporary name of our record is a create that was cut short, and is dropped; and what has the final
// name is complete, and ours if it says so.
func (r *databaseResource) create(ctx context.Context, plan *databaseModel) (err error) {
	server, err := parsePostgres(plan.Server.ValueString())
	if err != nil {
		return err
	}
	digest, err := seedDigest(plan.Seed.ValueString())
	if err != nil {
		return err
	}
	record := databaseRecord{
		ID: r.data.ID, Name: plan.Name.ValueString(), Temporary: temporaryName(r.data.ID),
		Template: plan.Template.ValueString(), Seed: digest,
		Host: server.config.Host, Port: server.config.Port, User: server.config.User, Database: server.config.Database,
		SSLMode: server.url.Query().Get("sslmode"),
	}
	conn, err := server.connect(ctx, r.data.ID, record.Name)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	plan.ID, plan.SeedDigest = plan.Name, types.StringValue(digest)
	plan.EngineVersion = types.StringValue(postgresVersion(conn))
	plan.URL = types.StringValue(server.databaseURL(record.Name))

	adopted, err := r.before(ctx, conn, record)
	if err != nil || adopted {
		return err
	}
	file := databaseRecordPath(r.data.Home, r.data.Instance, record.Name)
	if err := writeRecord(file, record); err != nil {
		return err
	}
	defer func() {
		if err == nil {
			return
		}
		// The connection may be what failed, and the context may be over.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTimeout)
		defer cancel()
		hangUp(conn)
		if undone := r.undo(ctx, server, record, file); undone != nil {
			err = fmt.Errorf("%w\nAnd it is not cleaned up yet, which the next run tries again: %w", err, undone)
		}
	}()
	if err := create(ctx, conn, record.Temporary, record.Template, plan.Owner.ValueString()); err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "COMMENT ON DATABASE "+identifier(record.Temporary)+" IS "+literal(ownComment(r.data.ID))); err != nil {
		return err
	}
	if seed := plan.Seed.ValueString(); seed != "" {
		if err := server.fill(ctx, record.Temporary, seed, r.data.child("databases/"+record.Name)); err != nil {
			return err
		}
	}
	err = rename(ctx, conn, record.Temporary, record.Name)
	if sqlState(err) == duplicateDatabase {
		return foreignDatabase(record.Name, server)
	}
	return err
}

// before looks at what is there before a create, and drops what an earlier one has left half-way. Adopted is a complete
// database of this instance, which was made when Terraform could not write its state any more.
func (r *databaseResource) before(ctx context.Context, conn *pgx.Conn, record databaseRecord) (adopted bool, err error) {
	earlier, err := readDatabaseRecord(databaseRecordPath(r.data.Home, r.data.Instance, record.Name))
	if err != nil {
		return false, err
	}
	if earlier != nil {
		if earlier.Host != record.Host || earlier.Port != record.Port {
			return false, fmt.Errorf("this instance has a database of that name at %s:%d, and one name cannot be two databases: "+
				"give one of them another name, or drop the old one: %s", earlier.Host, earlier.Port, earlier.dropCommand())
		}
		if err := drop(ctx, conn, earlier.Temporary); err != nil {
			return false, err
		}
	}
	found, err := find(ctx, conn, record.Name)
	switch {
	case err != nil || found == nil:
		return false, err
	case found.comment != ownComment(r.data.ID):
		return false, fmt.Errorf("there is a database %s already, and it is not this instance's: give this one another name", record.Name)
	case earlier == nil || earlier.Seed != record.Seed || earlier.Template != record.Template:
		return false, fmt.Errorf("this instance has a database %s already, which Terraform's state does not know, and which was made "+
			"from another seed or template. If its data may go: %s", record.Name, record.dropCommand())
	}
	return true, nil
}

func (r *databaseResource) undo(ctx context.Context, server *postgres, record databaseRecord, file string) error {
	conn, err := server.connect(ctx, record.ID, record.Name)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	if err := drop(ctx, conn, record.Temporary); err != nil {
		return err
	}
	return removeFile(file, filepath.Join(r.data.Home, "run"))
}

func (r *databaseResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state databaseModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); resp.Diagnostics.HasError() {
		return
	}
	name := state.Name.ValueString()
	found, version, err := r.look(ctx, state)
	switch {
	case strings.HasPrefix(sqlState(err), invalidAuthorization):
		// The state's password may be an old one, and the configuration's the new one: an error here would keep the
		// new one from ever getting into the state.
		resp.Diagnostics.AddWarning("Database "+name+" could not be looked at", err.Error())
	case err != nil:
		resp.Diagnostics.AddError("Database "+name+" could not be looked at", err.Error())
	case found == nil:
		resp.State.RemoveResource(ctx)
	case found.comment != ownComment(r.data.ID):
		resp.Diagnostics.AddWarning("Database "+name+" is not this instance's any more",
			"Somebody has dropped it and made another one of the same name, or has changed its comment. It is left alone.")
		resp.State.RemoveResource(ctx)
	default:
		if !state.Owner.IsNull() {
			state.Owner = types.StringValue(found.owner)
		}
		state.EngineVersion = types.StringValue(version)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

func (r *databaseResource) look(ctx context.Context, state databaseModel) (found *foundDatabase, version string, err error) {
	server, err := parsePostgres(state.Server.ValueString())
	if err != nil {
		return nil, "", err
	}
	conn, err := server.connect(ctx, r.data.ID, state.Name.ValueString())
	if err != nil {
		return nil, "", err
	}
	defer hangUp(conn)
	found, err = find(ctx, conn, state.Name.ValueString())
	return found, postgresVersion(conn), err
}

// Update changes how the database is reached, and its owner. All else replaces it, or is for the next time it is made.
func (r *databaseResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan databaseModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); resp.Diagnostics.HasError() {
		return
	}
	if err := r.update(ctx, state, &plan); err != nil {
		resp.Diagnostics.AddError("Database "+plan.Name.ValueString()+" was not changed", err.Error())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (r *databaseResource) update(ctx context.Context, state databaseModel, plan *databaseModel) error {
	server, err := parsePostgres(plan.Server.ValueString())
	if err != nil {
		return err
	}
	name := plan.Name.ValueString()
	conn, err := server.connect(ctx, r.data.ID, name)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	found, err := find(ctx, conn, name)
	if err != nil {
		return err
	}
	if found == nil || found.comment != ownComment(r.data.ID) {
		return foreignDatabase(name, server)
	}
	plan.URL = types.StringValue(server.databaseURL(name))
	if plan.Owner.Equal(state.Owner) {
		return nil
	}
	owner := server.config.User
	if !plan.Owner.IsNull() {
		owner = plan.Owner.ValueString()
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+identifier(name)+" OWNER TO "+identifier(owner))
	return err
}

func (r *databaseResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state databaseModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); resp.Diagnostics.HasError() {
		return
	}
	name := state.Name.ValueString()
	foreign, err := r.remove(ctx, state)
	if err != nil {
		resp.Diagnostics.AddError("Database "+name+" was not dropped", err.Error())
	}
	if foreign {
		resp.Diagnostics.AddWarning("Database "+name+" is not this instance's any more", "It is left alone.")
	}
}

// remove drops the database. Foreign is one of the same name that somebody else has made, and that stays.
func (r *databaseResource) remove(ctx context.Context, state databaseModel) (foreign bool, err error) {
	server, err := parsePostgres(state.Server.ValueString())
	if err != nil {
		return false, err
	}
	name := state.Name.ValueString()
	conn, err := server.connect(ctx, r.data.ID, name)
	if err != nil {
		return false, err
	}
	defer hangUp(conn)
	found, err := find(ctx, conn, name)
	if err != nil {
		return false, err
	}
	foreign = found != nil && found.comment != ownComment(r.data.ID)
	if found != nil && !foreign {
		if err := drop(ctx, conn, name); err != nil {
			return false, err
		}
	}
	return foreign, removeFile(databaseRecordPath(r.data.Home, r.data.Instance, name), filepath.Join(r.data.Home, "run"))
}

func foreignDatabase(name string, server *postgres) error {
	return fmt.Errorf("the database %s at %s is not this instance's: give this one another name", name, server.address())
}

// temporaryName is one that nobody else has or can guess.
func temporaryName(id string) string {
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	id = strings.ToLower(id)
	return "maquette_" + id[:min(len(id), 32)] + "_" + hex.EncodeToString(random)
}

// seedDigest is "" for no seed.
func seedDigest(seed string) (string, error) {
	if seed == "" {
		return "", nil
	}
	file, err := os.Open(seed)
	if err != nil {
		return "", fmt.Errorf("reading the seed: %w", err)
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", errors.New("reading the seed: " + err.Error())
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
