// Package awsstandin stands in for the Terraform AWS provider in tests: it serves the real provider's schema, so that
// Terraform refuses what the real one's schema refuses, and makes resources on paper, with what AWS would compute filled
// in by rule. It needs no account and no network.
//
// Resources are kept as files in the directory that StoreVariable names, the account; a resource whose file is gone is
// gone for Terraform too.
package awsstandin

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Address is the provider that is stood in for, Version the one whose schema it has.
const (
	Address = "registry.terraform.io/hashicorp/aws"
	Version = "5.45.0"
)

// Environment variables by which the tests that install the provider tell it where things are.
const (
	SchemaVariable = "MAQUETTE_STANDIN_SCHEMA" // file: the provider's schema
	StoreVariable  = "MAQUETTE_STANDIN_STORE"  // directory: the account
)

// Serve is the provider as a process that Terraform starts.
func Serve() error {
	provider, resources, err := readSchemas(os.Getenv(SchemaVariable), Types)
	if err != nil {
		return err
	}
	return tf5server.Serve(Address, func() tfprotov5.ProviderServer {
		return &server{provider: provider, resources: resources, account: account{dir: os.Getenv(StoreVariable)}}
	})
}

// server answers Terraform. What it embeds is nil: those calls are never made, as no function, ephemeral resource or
// identity is declared.
type server struct {
	tfprotov5.ProviderServer
	provider  *tfprotov5.Schema
	resources map[string]*tfprotov5.Schema
	account   account

	region      string
	defaultTags map[string]string
}

func (s *server) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	metadata := &tfprotov5.GetMetadataResponse{}
	for name := range s.resources {
		metadata.Resources = append(metadata.Resources, tfprotov5.ResourceMetadata{TypeName: name})
	}
	for name := range dataSources {
		metadata.DataSources = append(metadata.DataSources, tfprotov5.DataSourceMetadata{TypeName: name})
	}
	return metadata, nil
}

func (s *server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	data := map[string]*tfprotov5.Schema{}
	for name, source := range dataSources {
		data[name] = source.schema
	}
	return &tfprotov5.GetProviderSchemaResponse{Provider: s.provider, ResourceSchemas: s.resources, DataSourceSchemas: data}, nil
}

func (s *server) GetResourceIdentitySchemas(context.Context, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (s *server) GetFunctions(context.Context, *tfprotov5.GetFunctionsRequest) (*tfprotov5.GetFunctionsResponse, error) {
	return &tfprotov5.GetFunctionsResponse{}, nil
}

func (s *server) PrepareProviderConfig(_ context.Context, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (s *server) ConfigureProvider(_ context.Context, r *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	config, err := r.Config.Unmarshal(s.provider.ValueType())
	if err != nil {
		return nil, err
	}
	s.region = "us-east-1"
	if region, ok := text(member(config, "region")); ok {
		s.region = region
	}
	s.defaultTags = map[string]string{}
	for _, block := range items(member(config, "default_tags")) {
		for name, tag := range members(member(block, "tags")) {
			if value, ok := text(tag); ok {
				s.defaultTags[name] = value
			}
		}
	}
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (s *server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (s *server) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (s *server) UpgradeResourceState(_ context.Context, r *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	typ, err := s.typeOf(r.TypeName)
	if err != nil {
		return nil, err
	}
	value, err := r.RawState.Unmarshal(typ)
	if err != nil {
		return nil, fmt.Errorf("reading the state of a %s: %w", r.TypeName, err)
	}
	dynamic, err := tfprotov5.NewDynamicValue(typ, value)
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: &dynamic}, err
}

func (s *server) typeOf(name string) (tftypes.Type, error) {
	schema := s.resources[name]
	if schema == nil {
		return nil, fmt.Errorf("the stand-in for the AWS provider has no %s: add it to its Types", name)
	}
	return schema.ValueType(), nil
}
