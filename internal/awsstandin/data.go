package awsstandin

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// dataSource is one that modules read. The published schema has none of them, so that these are written by hand, without
// what no module uses.
type dataSource struct {
	schema *tfprotov5.Schema
	read   func(s *server) map[string]tftypes.Value
}

var (
	listOfTexts = tftypes.List{ElementType: tftypes.String}
	mapOfTexts  = tftypes.Map{ElementType: tftypes.String}
)

var dataSources = map[string]dataSource{
	"aws_availability_zones": {filtered(computed(map[string]tftypes.Type{"id": tftypes.String, "names": listOfTexts}, "state")), func(s *server) map[string]tftypes.Value {
		var zones []tftypes.Value
		for _, zone := range "abc" {
			zones = append(zones, tftypes.NewValue(tftypes.String, s.region+string(zone)))
		}
		return map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, s.region), "names": tftypes.NewValue(listOfTexts, zones)}
	}},
	"aws_default_tags": {computed(map[string]tftypes.Type{"id": tftypes.String, "tags": mapOfTexts}), func(s *server) map[string]tftypes.Value {
		return map[string]tftypes.Value{"id": tftypes.NewValue(tftypes.String, s.region), "tags": s.tagsAll(tftypes.NewValue(mapOfTexts, nil))}
	}},
	"aws_partition": {computed(map[string]tftypes.Type{"id": tftypes.String, "partition": tftypes.String}), func(*server) map[string]tftypes.Value {
		partition := tftypes.NewValue(tftypes.String, "aws")
		return map[string]tftypes.Value{"id": partition, "partition": partition}
	}},
	"aws_region": {computed(map[string]tftypes.Type{"id": tftypes.String, "name": tftypes.String}), func(s *server) map[string]tftypes.Value {
		region := tftypes.NewValue(tftypes.String, s.region)
		return map[string]tftypes.Value{"id": region, "name": region}
	}},
	"aws_caller_identity": {computed(map[string]tftypes.Type{"id": tftypes.String, "account_id": tftypes.String}), func(*server) map[string]tftypes.Value {
		account := tftypes.NewValue(tftypes.String, accountID)
		return map[string]tftypes.Value{"id": account, "account_id": account}
	}},
}

// computed is a schema of what is read, and of texts by which it is asked for.
func computed(attributes map[string]tftypes.Type, optional ...string) *tfprotov5.Schema {
	block := &tfprotov5.SchemaBlock{}
	for name, typ := range attributes {
		block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{Name: name, Type: typ, Computed: true})
	}
	for _, name := range optional {
		block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{Name: name, Type: tftypes.String, Optional: true})
	}
	return &tfprotov5.Schema{Block: block}
}

// filtered adds the blocks by which what is read can be narrowed down.
func filtered(schema *tfprotov5.Schema) *tfprotov5.Schema {
	schema.Block.BlockTypes = append(schema.Block.BlockTypes, &tfprotov5.SchemaNestedBlock{
		TypeName: "filter", Nesting: tfprotov5.SchemaNestedBlockNestingModeSet,
		Block: &tfprotov5.SchemaBlock{Attributes: []*tfprotov5.SchemaAttribute{
			{Name: "name", Type: tftypes.String, Required: true},
			{Name: "values", Type: tftypes.Set{ElementType: tftypes.String}, Required: true},
		}},
	})
	return schema
}

func (s *server) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (s *server) ReadDataSource(_ context.Context, r *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	source, ok := dataSources[r.TypeName]
	if !ok {
		return nil, fmt.Errorf("the stand-in for the AWS provider has no data source %s", r.TypeName)
	}
	typ := source.schema.ValueType()
	config, err := r.Config.Unmarshal(typ)
	if err != nil {
		return nil, err
	}
	values := members(config)
	for name, value := range source.read(s) {
		values[name] = value
	}
	state, err := tfprotov5.NewDynamicValue(typ, tftypes.NewValue(typ, values))
	return &tfprotov5.ReadDataSourceResponse{State: &state}, err
}
