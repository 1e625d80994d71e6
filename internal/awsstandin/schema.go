package awsstandin

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The form of `terraform providers schema -json`.
type (
	jsonSchema struct {
		Version int64     `json:"version"`
		Block   jsonBlock `json:"block"`
	}
	jsonBlock struct {
		Attributes map[string]jsonAttribute `json:"attributes"`
		Blocks     map[string]jsonNested    `json:"block_types"`
	}
	jsonAttribute struct {
		Type       json.RawMessage `json:"type"`
		Required   bool            `json:"required"`
		Optional   bool            `json:"optional"`
		Computed   bool            `json:"computed"`
		Sensitive  bool            `json:"sensitive"`
		Deprecated bool            `json:"deprecated"`
	}
	jsonNested struct {
		Mode  string    `json:"nesting_mode"`
		Block jsonBlock `json:"block"`
		Min   int64     `json:"min_items"`
		Max   int64     `json:"max_items"`
	}
)

// The schema that is at hand has lost every attribute called description. These types have one.
var (
	described = []string{
		"aws_db_parameter_group", "aws_db_subnet_group", "aws_elasticache_parameter_group", "aws_elasticache_replication_group", "aws_elasticache_subnet_group",
		"aws_iam_role", "aws_lambda_function", "aws_launch_template", "aws_rds_cluster_parameter_group", "aws_secretsmanager_secret", "aws_security_group",
		"aws_ssm_parameter", "aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule",
	}
	description = &tfprotov5.SchemaAttribute{Name: "description", Type: tftypes.String, Optional: true, Computed: true}
)

// readSchemas reads the provider's own schema and those of the resource types that are wanted, from the gzipped output of
// `terraform providers schema -json`. All 1,358 types would take Terraform seconds at each start.
func readSchemas(file string, types []string) (provider *tfprotov5.Schema, resources map[string]*tfprotov5.Schema, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", file, err)
	}
	resources = map[string]*tfprotov5.Schema{}
	d := jsontext.NewDecoder(unzipped)
	err = object(d, func(key string) error {
		if key != "provider_schemas" {
			return d.SkipValue()
		}
		return object(d, func(string) error {
			return object(d, func(key string) error {
				switch key {
				case "provider":
					provider, err = readSchema(d)
					return err
				case "resource_schemas":
					return object(d, func(name string) error {
						if !slices.Contains(types, name) {
							return d.SkipValue()
						}
						if resources[name], err = readSchema(d); err == nil && slices.Contains(described, name) {
							resources[name].Block.Attributes = append(resources[name].Block.Attributes, description)
						}
						return err
					})
				}
				return d.SkipValue()
			})
		})
	})
	if err != nil && err != io.EOF {
		return nil, nil, fmt.Errorf("reading %s: %w", file, err)
	}
	for _, name := range types {
		if resources[name] == nil {
			return nil, nil, fmt.Errorf("%s has no resource type %s", file, name)
		}
	}
	return provider, resources, nil
}

// trim writes a file of schemas with those of the types alone: every start of the provider reads it.
func trim(file, into string, types []string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	var provider json.RawMessage
	resources := map[string]json.RawMessage{}
	d := jsontext.NewDecoder(unzipped)
	keep := func() (json.RawMessage, error) {
		raw, err := d.ReadValue()
		return json.RawMessage(slices.Clone(raw)), err
	}
	err = object(d, func(key string) error {
		if key != "provider_schemas" {
			return d.SkipValue()
		}
		return object(d, func(string) error {
			return object(d, func(key string) (err error) {
				switch key {
				case "provider":
					provider, err = keep()
					return err
				case "resource_schemas":
					return object(d, func(name string) (err error) {
						if !slices.Contains(types, name) {
							return d.SkipValue()
						}
						resources[name], err = keep()
						return err
					})
				}
				return d.SkipValue()
			})
		})
	})
	if err != nil && err != io.EOF {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	err = json.NewEncoder(w).Encode(map[string]any{"provider_schemas": map[string]any{Address: map[string]any{"provider": provider, "resource_schemas": resources}}})
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	return os.WriteFile(into, zipped.Bytes(), 0o600)
}

// object visits the members of the object that comes next.
func object(d *jsontext.Decoder, visit func(key string) error) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		key, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := visit(key.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func readSchema(d *jsontext.Decoder) (*tfprotov5.Schema, error) {
	raw, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	var s jsonSchema
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	block, err := s.Block.proto()
	if err != nil {
		return nil, err
	}
	return &tfprotov5.Schema{Version: s.Version, Block: block}, nil
}

func (b jsonBlock) proto() (*tfprotov5.SchemaBlock, error) {
	block := &tfprotov5.SchemaBlock{}
	for name, a := range b.Attributes {
		//lint:ignore SA1019 there is no other way from a schema in JSON
		typ, err := tftypes.ParseJSONType(a.Type)
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
		block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{
			Name: name, Type: typ, Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, Deprecated: a.Deprecated,
		})
	}
	for name, n := range b.Blocks {
		nested, err := n.Block.proto()
		if err != nil {
			return nil, fmt.Errorf("block %s: %w", name, err)
		}
		mode := map[string]tfprotov5.SchemaNestedBlockNestingMode{
			"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
			"list":   tfprotov5.SchemaNestedBlockNestingModeList,
			"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
		}[n.Mode]
		block.BlockTypes = append(block.BlockTypes, &tfprotov5.SchemaNestedBlock{TypeName: name, Block: nested, Nesting: mode, MinItems: n.Min, MaxItems: n.Max})
	}
	return block, nil
}
