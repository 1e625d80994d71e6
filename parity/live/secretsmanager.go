package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// secretsmanagerAPI lists secrets. No call that tells a value is in it.
type secretsmanagerAPI interface {
	ListSecrets(context.Context, *secretsmanager.ListSecretsInput, ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretsOutput, error)
}

func readSecretsManager(ctx context.Context, r *reader) {
	var api secretsmanagerAPI = secretsmanager.NewFromConfig(r.cfg)
	pages(ctx, r, secretsmanager.NewListSecretsPaginator(api, &secretsmanager.ListSecretsInput{MaxResults: aws.Int32(100)}), func(out *secretsmanager.ListSecretsOutput) {
		for _, s := range out.SecretList {
			if s.DeletedDate != nil {
				continue
			}
			name := aws.ToString(s.Name)
			r.add(record{
				typ: "aws_secretsmanager_secret", name: name, tags: tagMap(s.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value }),
				attrs: obj{"id": s.ARN, "arn": s.ARN, "name": name, "description": s.Description, "kms_key_id": s.KmsKeyId},
			})
			if aws.ToBool(s.RotationEnabled) {
				attrs := obj{"id": s.ARN, "secret_id": s.ARN, "rotation_enabled": true, "rotation_lambda_arn": s.RotationLambdaARN}
				if x := s.RotationRules; x != nil {
					attrs["rotation_rules"] = block(obj{"automatically_after_days": x.AutomaticallyAfterDays, "schedule_expression": x.ScheduleExpression, "duration": x.Duration})
				}
				r.add(record{typ: "aws_secretsmanager_secret_rotation", name: name, attrs: attrs, partOf: []key{{"aws_secretsmanager_secret", aws.ToString(s.ARN)}}})
			}
		}
	})
}
