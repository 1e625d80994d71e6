package awsstandin

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// replacedBy lists, by resource type, attributes whose change makes a new resource; those of "" are for all types.
var replacedBy = map[string][]string{
	"":                        {"name", "identifier", "cluster_identifier", "function_name", "bucket", "family", "replication_group_id", "vpc_id", "availability_zone", "cidr_block"},
	"aws_ecs_task_definition": {"container_definitions", "cpu", "memory", "execution_role_arn", "task_role_arn", "network_mode"},
	"aws_instance":            {"ami", "subnet_id", "user_data"},
	"aws_subnet":              {"cidr_block"},
	"aws_db_instance":         {"db_name", "username", "snapshot_identifier", "engine"},
	"aws_db_parameter_group":  {"family"},
}

// renewed are computed attributes that change whenever the resource does.
var renewed = map[string][]string{
	"aws_launch_template": {"latest_version"},
	"aws_lambda_function": {"version", "last_modified", "qualified_arn"},
}

// ReadResource finds a resource as it is in the state, unless somebody took it out of the account.
func (s *server) ReadResource(_ context.Context, r *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	typ, err := s.typeOf(r.TypeName)
	if err != nil {
		return nil, err
	}
	state, err := r.CurrentState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	if id, ok := text(member(state, "id")); ok && !s.account.has(r.TypeName, id) {
		gone, err := tfprotov5.NewDynamicValue(typ, tftypes.NewValue(typ, nil))
		return &tfprotov5.ReadResourceResponse{NewState: &gone}, err
	}
	return &tfprotov5.ReadResourceResponse{NewState: r.CurrentState, Private: r.Private}, nil
}

// PlanResourceChange leaves unknown what is computed and not configured.
func (s *server) PlanResourceChange(_ context.Context, r *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	typ, err := s.typeOf(r.TypeName)
	if err != nil {
		return nil, err
	}
	prior, err := r.PriorState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	proposed, err := r.ProposedNewState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 the real provider says so too
	response := &tfprotov5.PlanResourceChangeResponse{PlannedState: r.ProposedNewState, PlannedPrivate: r.PriorPrivate, UnsafeToUseLegacyTypeSystem: true}
	if proposed.IsNull() {
		return response, nil
	}
	block := s.resources[r.TypeName].Block
	config, err := r.Config.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	values := members(proposed)
	if _, ok := values["tags_all"]; ok {
		values["tags_all"] = s.tagsAll(values["tags"])
	}
	proposed = tftypes.NewValue(typ, values)
	if prior.IsNull() {
		proposed = unknowns(block, config, proposed)
	} else if !proposed.Equal(prior) {
		for _, name := range renewed[r.TypeName] {
			values[name] = tftypes.NewValue(member(proposed, name).Type(), tftypes.UnknownValue)
		}
		for _, name := range slices.Concat(replacedBy[""], replacedBy[r.TypeName]) {
			before, found := members(prior)[name]
			if found && !before.Equal(values[name]) && !member(config, name).IsNull() {
				response.RequiresReplace = append(response.RequiresReplace, tftypes.NewAttributePath().WithAttributeName(name))
			}
		}
		proposed = tftypes.NewValue(typ, values)
	}
	planned, err := tfprotov5.NewDynamicValue(typ, proposed)
	response.PlannedState = &planned
	return response, err
}

// ApplyResourceChange makes, changes or removes a resource on paper.
func (s *server) ApplyResourceChange(_ context.Context, r *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	typ, err := s.typeOf(r.TypeName)
	if err != nil {
		return nil, err
	}
	prior, err := r.PriorState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	planned, err := r.PlannedState.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	//lint:ignore SA1019 the real provider says so too
	response := &tfprotov5.ApplyResourceChangeResponse{NewState: r.PlannedState, Private: r.PlannedPrivate, UnsafeToUseLegacyTypeSystem: true}
	if planned.IsNull() {
		id, _ := text(member(prior, "id"))
		return response, s.account.remove(r.TypeName, id)
	}
	made := filler{typ: r.TypeName, region: s.region, prior: prior}
	if prior.IsNull() {
		if made.id, err = s.account.add(r.TypeName, planned); err != nil {
			return nil, err
		}
	} else {
		made.id, _ = text(member(prior, "id"))
	}
	state, err := tfprotov5.NewDynamicValue(typ, made.fill(planned))
	response.NewState = &state
	return response, err
}

// tagsAll is what the provider's default tags and the resource's own make together.
func (s *server) tagsAll(own tftypes.Value) tftypes.Value {
	typ := tftypes.Map{ElementType: tftypes.String}
	if !own.IsKnown() {
		return tftypes.NewValue(typ, tftypes.UnknownValue)
	}
	all := map[string]tftypes.Value{}
	for name, value := range s.defaultTags {
		all[name] = tftypes.NewValue(tftypes.String, value)
	}
	for name, value := range members(own) {
		all[name] = value
	}
	return tftypes.NewValue(typ, all)
}

// unknowns makes what is computed and not configured unknown, also in nested blocks.
func unknowns(block *tfprotov5.SchemaBlock, config, proposed tftypes.Value) tftypes.Value {
	if proposed.IsNull() || !proposed.IsKnown() {
		return proposed
	}
	values := members(proposed)
	for _, a := range block.Attributes {
		if a.Computed && values[a.Name].IsNull() && member(config, a.Name).IsNull() {
			values[a.Name] = tftypes.NewValue(a.Type, tftypes.UnknownValue)
		}
	}
	for _, nested := range block.BlockTypes {
		value := values[nested.TypeName]
		if nested.Nesting == tfprotov5.SchemaNestedBlockNestingModeSingle {
			values[nested.TypeName] = unknowns(nested.Block, member(config, nested.TypeName), value)
			continue
		}
		// Sets have no order in common with the configuration: their elements are as configured.
		configured := items(member(config, nested.TypeName))
		elements := items(value)
		for i := range elements {
			if nested.Nesting == tfprotov5.SchemaNestedBlockNestingModeList && i < len(configured) {
				elements[i] = unknowns(nested.Block, configured[i], elements[i])
			} else {
				elements[i] = unknowns(nested.Block, elements[i], elements[i])
			}
		}
		if len(elements) > 0 {
			values[nested.TypeName] = tftypes.NewValue(value.Type(), elements)
		}
	}
	return tftypes.NewValue(proposed.Type(), values)
}
