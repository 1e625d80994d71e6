package live

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

type ssmAPI interface {
	DescribeInstanceInformation(context.Context, *ssm.DescribeInstanceInformationInput, ...func(*ssm.Options)) (*ssm.DescribeInstanceInformationOutput, error)
	DescribeParameters(context.Context, *ssm.DescribeParametersInput, ...func(*ssm.Options)) (*ssm.DescribeParametersOutput, error)
	GetParameters(context.Context, *ssm.GetParametersInput, ...func(*ssm.Options)) (*ssm.GetParametersOutput, error)
	ListInventoryEntries(context.Context, *ssm.ListInventoryEntriesInput, ...func(*ssm.Options)) (*ssm.ListInventoryEntriesOutput, error)
	ListTagsForResource(context.Context, *ssm.ListTagsForResourceInput, ...func(*ssm.Options)) (*ssm.ListTagsForResourceOutput, error)
}

// readSSM lists parameters without their values.
func readSSM(ctx context.Context, r *reader) {
	var api ssmAPI = ssm.NewFromConfig(r.cfg)
	pages(ctx, r, ssm.NewDescribeParametersPaginator(api, &ssm.DescribeParametersInput{MaxResults: aws.Int32(50)}), func(out *ssm.DescribeParametersOutput) {
		each(ctx, out.Parameters, func(p types.ParameterMetadata) {
			name := aws.ToString(p.Name)
			arn := r.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
			attrs := obj{
				"id": name, "arn": arn, "name": name, "type": p.Type, "tier": p.Tier, "data_type": p.DataType, "description": p.Description,
				"allowed_pattern": p.AllowedPattern, "key_id": p.KeyId, "version": p.Version,
			}
			if p.Type == types.ParameterTypeSecureString {
				attrs["value"] = unread{}
			}
			r.add(record{typ: "aws_ssm_parameter", name: name, attrs: attrs, told: r.tagged(ctx, arn, func() map[string]string {
				out, ok := call(ctx, r, api.ListTagsForResource, &ssm.ListTagsForResourceInput{ResourceType: types.ResourceTypeForTaggingParameter, ResourceId: &name})
				if !ok {
					return nil
				}
				return tagMap(out.TagList, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
			})})
		})
	})
}

// valuesOfSSM reads the values of chosen parameters, ten a call, but for secure
// ones, which are neither asked for nor taken where they come all the same.
func valuesOfSSM(ctx context.Context, r *reader, chosen []*record) {
	var api ssmAPI = ssm.NewFromConfig(r.cfg)
	byName := map[string]*record{}
	var names []string
	for _, rec := range of(chosen, "aws_ssm_parameter") {
		if t := rec.attrs["type"]; t == types.ParameterTypeString || t == types.ParameterTypeStringList {
			byName[rec.text("name")] = rec
			names = append(names, rec.text("name"))
		}
	}
	slices.Sort(names)
	batches(ctx, names, 10, func(some []string) {
		out, ok := call(ctx, r, api.GetParameters, &ssm.GetParametersInput{Names: some, WithDecryption: aws.Bool(false)})
		if !ok {
			return
		}
		for _, p := range out.Parameters {
			if rec := byName[aws.ToString(p.Name)]; rec != nil && p.Type != types.ParameterTypeSecureString {
				rec.attrs["value"] = secret(aws.ToString(p.Value))
			}
		}
	})
}
