package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
)

type ecrAPI interface {
	DescribeImages(context.Context, *ecr.DescribeImagesInput, ...func(*ecr.Options)) (*ecr.DescribeImagesOutput, error)
	DescribeRepositories(context.Context, *ecr.DescribeRepositoriesInput, ...func(*ecr.Options)) (*ecr.DescribeRepositoriesOutput, error)
	GetLifecyclePolicy(context.Context, *ecr.GetLifecyclePolicyInput, ...func(*ecr.Options)) (*ecr.GetLifecyclePolicyOutput, error)
	ListTagsForResource(context.Context, *ecr.ListTagsForResourceInput, ...func(*ecr.Options)) (*ecr.ListTagsForResourceOutput, error)
}

func readECR(ctx context.Context, r *reader) {
	var api ecrAPI = ecr.NewFromConfig(r.cfg)
	pages(ctx, r, ecr.NewDescribeRepositoriesPaginator(api, &ecr.DescribeRepositoriesInput{MaxResults: aws.Int32(1000)}), func(out *ecr.DescribeRepositoriesOutput) {
		each(ctx, out.Repositories, func(x types.Repository) {
			name := aws.ToString(x.RepositoryName)
			attrs := obj{"id": name, "arn": x.RepositoryArn, "name": name, "registry_id": x.RegistryId, "repository_url": x.RepositoryUri, "image_tag_mutability": x.ImageTagMutability}
			if c := x.ImageScanningConfiguration; c != nil {
				attrs["image_scanning_configuration"] = block(obj{"scan_on_push": c.ScanOnPush})
			}
			if e := x.EncryptionConfiguration; e != nil {
				attrs["encryption_configuration"] = block(obj{"encryption_type": e.EncryptionType, "kms_key": e.KmsKey})
			}
			r.add(record{
				typ: "aws_ecr_repository", name: name, attrs: attrs,
				told: r.tagged(ctx, aws.ToString(x.RepositoryArn), func() map[string]string {
					out, ok := call(ctx, r, api.ListTagsForResource, &ecr.ListTagsForResourceInput{ResourceArn: x.RepositoryArn})
					if !ok {
						return nil
					}
					return tagMap(out.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
				}),
				detail: func() {
					out, ok := ask(ctx, r, api.GetLifecyclePolicy, &ecr.GetLifecyclePolicyInput{RepositoryName: &name}, "LifecyclePolicyNotFoundException")
					if ok && out != nil {
						r.add(record{typ: "aws_ecr_lifecycle_policy", name: name, partOf: []key{{"aws_ecr_repository", name}}, attrs: obj{
							"id": name, "repository": name, "registry_id": out.RegistryId, "policy": out.LifecyclePolicyText,
						}})
					}
				},
			})
		})
	})
}
