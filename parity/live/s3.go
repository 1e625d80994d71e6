package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

type s3API interface {
	GetBucketEncryption(context.Context, *s3.GetBucketEncryptionInput, ...func(*s3.Options)) (*s3.GetBucketEncryptionOutput, error)
	GetBucketLifecycleConfiguration(context.Context, *s3.GetBucketLifecycleConfigurationInput, ...func(*s3.Options)) (*s3.GetBucketLifecycleConfigurationOutput, error)
	GetBucketLocation(context.Context, *s3.GetBucketLocationInput, ...func(*s3.Options)) (*s3.GetBucketLocationOutput, error)
	GetBucketPolicy(context.Context, *s3.GetBucketPolicyInput, ...func(*s3.Options)) (*s3.GetBucketPolicyOutput, error)
	GetBucketTagging(context.Context, *s3.GetBucketTaggingInput, ...func(*s3.Options)) (*s3.GetBucketTaggingOutput, error)
	GetBucketVersioning(context.Context, *s3.GetBucketVersioningInput, ...func(*s3.Options)) (*s3.GetBucketVersioningOutput, error)
	GetPublicAccessBlock(context.Context, *s3.GetPublicAccessBlockInput, ...func(*s3.Options)) (*s3.GetPublicAccessBlockOutput, error)
	ListBuckets(context.Context, *s3.ListBucketsInput, ...func(*s3.Options)) (*s3.ListBucketsOutput, error)
}

func readS3(ctx context.Context, r *reader) {
	var api s3API = s3.NewFromConfig(r.cfg, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })
	pages(ctx, r, s3.NewListBucketsPaginator(api, &s3.ListBucketsInput{BucketRegion: &r.region}), func(out *s3.ListBucketsOutput) {
		each(ctx, out.Buckets, func(b types.Bucket) {
			region := aws.ToString(b.BucketRegion)
			if region == "" { // an emulator that knows of none
				out, ok := call(ctx, r, api.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: b.Name})
				if !ok {
					return
				}
				if region = string(out.LocationConstraint); region == "" {
					region = "us-east-1"
				}
			}
			if region == r.region {
				addBucket(ctx, r, api, aws.ToString(b.Name))
			}
		})
	})
}

func addBucket(ctx context.Context, r *reader, api s3API, name string) {
	arn := "arn:" + r.partition + ":s3:::" + name
	attrs := obj{
		"id": name, "arn": arn, "bucket": name, "region": r.region, "bucket_domain_name": name + ".s3.amazonaws.com",
		"bucket_regional_domain_name": name + ".s3." + r.region + ".amazonaws.com",
	}
	r.add(record{
		typ: "aws_s3_bucket", name: name, attrs: attrs, detail: func() { bucketSettings(ctx, r, api, name) },
		told: r.tagged(ctx, arn, func() map[string]string {
			out, ok := ask(ctx, r, api.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: &name}, "NoSuchTagSet", "NoSuchTagSetError")
			switch {
			case !ok:
				return nil
			case out == nil:
				return map[string]string{}
			}
			return tagMap(out.TagSet, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
		}),
	})
}

// bucketSettings adds what the provider keeps in resources beside the bucket.
func bucketSettings(ctx context.Context, r *reader, api s3API, name string) {
	part := func(typ string, attrs obj) {
		attrs["id"], attrs["bucket"] = name, name
		r.add(record{typ: typ, name: name, attrs: attrs, partOf: []key{{"aws_s3_bucket", name}}})
	}
	if out, ok := call(ctx, r, api.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: &name}); ok && out.Status != "" {
		part("aws_s3_bucket_versioning", obj{"versioning_configuration": block(obj{"status": out.Status, "mfa_delete": out.MFADelete})})
	}
	// Encryption with S3's own key is what every bucket has.
	if out, ok := ask(ctx, r, api.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: &name}, "ServerSideEncryptionConfigurationNotFoundError"); ok && out != nil && out.ServerSideEncryptionConfiguration != nil {
		rules := []obj{}
		for _, x := range out.ServerSideEncryptionConfiguration.Rules {
			d := x.ApplyServerSideEncryptionByDefault
			if d == nil || d.SSEAlgorithm == types.ServerSideEncryptionAes256 && !aws.ToBool(x.BucketKeyEnabled) {
				continue
			}
			rules = append(rules, obj{
				"bucket_key_enabled":                      x.BucketKeyEnabled,
				"apply_server_side_encryption_by_default": block(obj{"sse_algorithm": d.SSEAlgorithm, "kms_master_key_id": d.KMSMasterKeyID}),
			})
		}
		if len(rules) > 0 {
			part("aws_s3_bucket_server_side_encryption_configuration", obj{"rule": rules})
		}
	}
	if out, ok := ask(ctx, r, api.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: &name}, "NoSuchPublicAccessBlockConfiguration"); ok && out != nil && out.PublicAccessBlockConfiguration != nil {
		c := out.PublicAccessBlockConfiguration
		part("aws_s3_bucket_public_access_block", obj{
			"block_public_acls": c.BlockPublicAcls, "block_public_policy": c.BlockPublicPolicy, "ignore_public_acls": c.IgnorePublicAcls, "restrict_public_buckets": c.RestrictPublicBuckets,
		})
	}
	if out, ok := ask(ctx, r, api.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: &name}, "NoSuchBucketPolicy"); ok && out != nil {
		part("aws_s3_bucket_policy", obj{"policy": out.Policy})
	}
	if out, ok := ask(ctx, r, api.GetBucketLifecycleConfiguration, &s3.GetBucketLifecycleConfigurationInput{Bucket: &name}, "NoSuchLifecycleConfiguration"); ok && out != nil {
		part("aws_s3_bucket_lifecycle_configuration", obj{"rule": blocks(out.Rules, lifecycleRule)})
	}
}

func lifecycleRule(x types.LifecycleRule) obj {
	o := obj{"id": x.ID, "status": x.Status, "prefix": "", "transition": blocks(x.Transitions, func(t types.Transition) obj {
		return obj{"days": t.Days, "storage_class": t.StorageClass}
	})}
	if e := x.Expiration; e != nil {
		o["expiration"] = block(obj{"days": e.Days, "expired_object_delete_marker": e.ExpiredObjectDeleteMarker})
	}
	if e := x.NoncurrentVersionExpiration; e != nil {
		o["noncurrent_version_expiration"] = block(obj{"noncurrent_days": e.NoncurrentDays, "newer_noncurrent_versions": number32(e.NewerNoncurrentVersions)})
	}
	if a := x.AbortIncompleteMultipartUpload; a != nil {
		o["abort_incomplete_multipart_upload"] = block(obj{"days_after_initiation": a.DaysAfterInitiation})
	}
	if f := x.Filter; f != nil {
		o["filter"] = block(obj{"prefix": f.Prefix})
	}
	return o
}

// number32 is a number that can be absent, as the provider writes it.
func number32(n *int32) any {
	if n == nil {
		return ""
	}
	return *n
}
