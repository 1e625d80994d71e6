package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
)

type acmAPI interface {
	DescribeCertificate(context.Context, *acm.DescribeCertificateInput, ...func(*acm.Options)) (*acm.DescribeCertificateOutput, error)
	ListCertificates(context.Context, *acm.ListCertificatesInput, ...func(*acm.Options)) (*acm.ListCertificatesOutput, error)
	ListTagsForCertificate(context.Context, *acm.ListTagsForCertificateInput, ...func(*acm.Options)) (*acm.ListTagsForCertificateOutput, error)
}

func readACM(ctx context.Context, r *reader) {
	var api acmAPI = acm.NewFromConfig(r.cfg)
	// Without this filter only certificates with keys of RSA 2048 are listed.
	every := &types.Filters{KeyTypes: types.KeyAlgorithm("").Values()}
	pages(ctx, r, acm.NewListCertificatesPaginator(api, &acm.ListCertificatesInput{Includes: every, MaxItems: aws.Int32(1000)}), func(out *acm.ListCertificatesOutput) {
		each(ctx, out.CertificateSummaryList, func(c types.CertificateSummary) {
			arn := aws.ToString(c.CertificateArn)
			attrs := obj{"id": arn, "arn": arn, "domain_name": c.DomainName}
			r.add(record{
				typ: "aws_acm_certificate", name: aws.ToString(c.DomainName), attrs: attrs,
				told: r.tagged(ctx, arn, func() map[string]string {
					out, ok := call(ctx, r, api.ListTagsForCertificate, &acm.ListTagsForCertificateInput{CertificateArn: &arn})
					if !ok {
						return nil
					}
					return tagMap(out.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
				}),
				detail: func() {
					out, ok := call(ctx, r, api.DescribeCertificate, &acm.DescribeCertificateInput{CertificateArn: &arn})
					if !ok || out.Certificate == nil {
						return
					}
					c := out.Certificate
					attrs["subject_alternative_names"], attrs["key_algorithm"], attrs["status"], attrs["type"] = c.SubjectAlternativeNames, c.KeyAlgorithm, c.Status, c.Type
					attrs["validation_method"] = "NONE"
					for _, v := range c.DomainValidationOptions {
						if v.ValidationMethod != "" {
							attrs["validation_method"] = v.ValidationMethod
						}
					}
				},
			})
		})
	})
}
