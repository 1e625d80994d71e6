package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

type kmsAPI interface {
	DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
	GetKeyPolicy(context.Context, *kms.GetKeyPolicyInput, ...func(*kms.Options)) (*kms.GetKeyPolicyOutput, error)
	GetKeyRotationStatus(context.Context, *kms.GetKeyRotationStatusInput, ...func(*kms.Options)) (*kms.GetKeyRotationStatusOutput, error)
	ListAliases(context.Context, *kms.ListAliasesInput, ...func(*kms.Options)) (*kms.ListAliasesOutput, error)
	ListKeys(context.Context, *kms.ListKeysInput, ...func(*kms.Options)) (*kms.ListKeysOutput, error)
	ListResourceTags(context.Context, *kms.ListResourceTagsInput, ...func(*kms.Options)) (*kms.ListResourceTagsOutput, error)
}

func readKMS(ctx context.Context, r *reader) {
	var api kmsAPI = kms.NewFromConfig(r.cfg)
	names, theirs := map[string]string{}, map[string]bool{}
	pages(ctx, r, kms.NewListAliasesPaginator(api, &kms.ListAliasesInput{}), func(out *kms.ListAliasesOutput) {
		for _, a := range out.Aliases {
			id, name := aws.ToString(a.TargetKeyId), aws.ToString(a.AliasName)
			if strings.HasPrefix(name, "alias/aws/") {
				theirs[id] = true
				continue
			}
			if id == "" {
				continue
			}
			names[id] = strings.TrimPrefix(name, "alias/")
			r.add(record{typ: "aws_kms_alias", name: names[id], partOf: []key{{"aws_kms_key", id}}, attrs: obj{
				"id": name, "arn": a.AliasArn, "name": name, "target_key_id": id, "target_key_arn": r.arn("kms", "key/"+id),
			}})
		}
	})
	pages(ctx, r, kms.NewListKeysPaginator(api, &kms.ListKeysInput{Limit: aws.Int32(1000)}), func(out *kms.ListKeysOutput) {
		each(ctx, out.Keys, func(k types.KeyListEntry) {
			id := aws.ToString(k.KeyId)
			if theirs[id] {
				return
			}
			attrs := obj{"id": id, "arn": k.KeyArn, "key_id": id}
			rec := r.add(record{typ: "aws_kms_key", name: names[id], attrs: attrs, told: r.tagged(ctx, aws.ToString(k.KeyArn), func() map[string]string {
				out, ok := ask(ctx, r, api.ListResourceTags, &kms.ListResourceTagsInput{KeyId: &id}, "AccessDeniedException") // of AWS's own keys
				if !ok || out == nil {
					return nil
				}
				return tagMap(out.Tags, func(t types.Tag) (*string, *string) { return t.TagKey, t.TagValue })
			})})
			rec.detail = func() { rec.dropped = !describeKey(ctx, r, api, id, attrs) }
		})
	})
}

// describeKey reports whether the key is the user's.
func describeKey(ctx context.Context, r *reader, api kmsAPI, id string, attrs obj) bool {
	out, ok := call(ctx, r, api.DescribeKey, &kms.DescribeKeyInput{KeyId: &id})
	if !ok || out.KeyMetadata == nil {
		return true
	}
	k := out.KeyMetadata
	if k.KeyManager == types.KeyManagerTypeAws || k.KeyState == types.KeyStatePendingDeletion {
		return false
	}
	attrs["description"], attrs["key_usage"], attrs["is_enabled"] = k.Description, k.KeyUsage, k.Enabled
	attrs["customer_master_key_spec"], attrs["multi_region"] = k.KeySpec, k.MultiRegion
	if k.KeySpec == types.KeySpecSymmetricDefault && k.Origin == types.OriginTypeAwsKms {
		if out, ok := call(ctx, r, api.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: &id}); ok {
			attrs["enable_key_rotation"] = out.KeyRotationEnabled
		}
	}
	if out, ok := call(ctx, r, api.GetKeyPolicy, &kms.GetKeyPolicyInput{KeyId: &id, PolicyName: aws.String("default")}); ok {
		attrs["policy"] = out.Policy
	}
	return true
}
