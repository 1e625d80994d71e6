package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waftypes "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
)

type cloudfrontAPI interface {
	GetDistribution(context.Context, *cloudfront.GetDistributionInput, ...func(*cloudfront.Options)) (*cloudfront.GetDistributionOutput, error)
	ListDistributions(context.Context, *cloudfront.ListDistributionsInput, ...func(*cloudfront.Options)) (*cloudfront.ListDistributionsOutput, error)
	ListTagsForResource(context.Context, *cloudfront.ListTagsForResourceInput, ...func(*cloudfront.Options)) (*cloudfront.ListTagsForResourceOutput, error)
}

func readCloudFront(ctx context.Context, r *reader) {
	var api cloudfrontAPI = cloudfront.NewFromConfig(r.cfg)
	pages(ctx, r, cloudfront.NewListDistributionsPaginator(api, &cloudfront.ListDistributionsInput{}), func(out *cloudfront.ListDistributionsOutput) {
		if out.DistributionList == nil {
			return
		}
		each(ctx, out.DistributionList.Items, func(d cftypes.DistributionSummary) {
			id, arn := aws.ToString(d.Id), aws.ToString(d.ARN)
			attrs := obj{"id": id, "arn": arn, "domain_name": d.DomainName, "status": d.Status}
			rec := record{typ: "aws_cloudfront_distribution", attrs: attrs, detail: func() { describeDistribution(ctx, r, api, id, attrs) }}
			if d.Aliases != nil && len(d.Aliases.Items) > 0 {
				rec.name = d.Aliases.Items[0]
			}
			// The index of a region has none that are of no region.
			if out, ok := call(ctx, r, api.ListTagsForResource, &cloudfront.ListTagsForResourceInput{Resource: &arn}); ok && out.Tags != nil {
				rec.tags = tagMap(out.Tags.Items, func(t cftypes.Tag) (*string, *string) { return t.Key, t.Value })
			}
			r.add(rec)
		})
	})
}

func describeDistribution(ctx context.Context, r *reader, api cloudfrontAPI, id string, attrs obj) {
	out, ok := call(ctx, r, api.GetDistribution, &cloudfront.GetDistributionInput{Id: &id})
	if !ok || out.Distribution == nil || out.Distribution.DistributionConfig == nil {
		return
	}
	c := out.Distribution.DistributionConfig
	attrs["comment"], attrs["enabled"], attrs["is_ipv6_enabled"], attrs["http_version"] = c.Comment, c.Enabled, c.IsIPV6Enabled, c.HttpVersion
	attrs["price_class"], attrs["web_acl_id"], attrs["default_root_object"], attrs["staging"] = c.PriceClass, c.WebACLId, c.DefaultRootObject, c.Staging
	attrs["aliases"] = []string{}
	if c.Aliases != nil {
		attrs["aliases"] = c.Aliases.Items
	}
	if v := c.ViewerCertificate; v != nil {
		attrs["viewer_certificate"] = block(obj{
			"acm_certificate_arn": v.ACMCertificateArn, "cloudfront_default_certificate": v.CloudFrontDefaultCertificate, "iam_certificate_id": v.IAMCertificateId,
			"minimum_protocol_version": v.MinimumProtocolVersion, "ssl_support_method": v.SSLSupportMethod,
		})
	}
	if l := c.Logging; l != nil && aws.ToBool(l.Enabled) {
		attrs["logging_config"] = block(obj{"bucket": l.Bucket, "prefix": l.Prefix, "include_cookies": l.IncludeCookies})
	}
	if g := c.Restrictions; g != nil && g.GeoRestriction != nil {
		attrs["restrictions"] = block(obj{"geo_restriction": block(obj{"restriction_type": g.GeoRestriction.RestrictionType, "locations": g.GeoRestriction.Items})})
	}
	if c.Origins != nil {
		attrs["origin"] = blocks(c.Origins.Items, origin)
	}
	if d := c.DefaultCacheBehavior; d != nil {
		attrs["default_cache_behavior"] = block(behaviour(d.AllowedMethods, obj{
			"target_origin_id": d.TargetOriginId, "viewer_protocol_policy": d.ViewerProtocolPolicy, "compress": d.Compress, "cache_policy_id": d.CachePolicyId,
			"origin_request_policy_id": d.OriginRequestPolicyId, "response_headers_policy_id": d.ResponseHeadersPolicyId,
		}))
	}
	if c.CacheBehaviors != nil {
		attrs["ordered_cache_behavior"] = blocks(c.CacheBehaviors.Items, func(d cftypes.CacheBehavior) obj {
			return behaviour(d.AllowedMethods, obj{
				"path_pattern": d.PathPattern, "target_origin_id": d.TargetOriginId, "viewer_protocol_policy": d.ViewerProtocolPolicy, "compress": d.Compress, "cache_policy_id": d.CachePolicyId,
				"origin_request_policy_id": d.OriginRequestPolicyId, "response_headers_policy_id": d.ResponseHeadersPolicyId,
			})
		})
	}
	if c.CustomErrorResponses != nil {
		attrs["custom_error_response"] = blocks(c.CustomErrorResponses.Items, func(e cftypes.CustomErrorResponse) obj {
			return obj{"error_code": e.ErrorCode, "response_code": plain(aws.ToString(e.ResponseCode)), "response_page_path": e.ResponsePagePath, "error_caching_min_ttl": e.ErrorCachingMinTTL}
		})
	}
}

// origin adds where requests go. Headers that are sent along often hold a secret.
func origin(o cftypes.Origin) obj {
	out := obj{
		"origin_id": o.Id, "domain_name": o.DomainName, "origin_path": o.OriginPath, "connection_attempts": o.ConnectionAttempts, "connection_timeout": o.ConnectionTimeout,
		"origin_access_control_id": o.OriginAccessControlId,
	}
	if c := o.CustomOriginConfig; c != nil {
		protocols := []cftypes.SslProtocol{}
		if c.OriginSslProtocols != nil {
			protocols = c.OriginSslProtocols.Items
		}
		out["custom_origin_config"] = block(obj{
			"http_port": c.HTTPPort, "https_port": c.HTTPSPort, "origin_protocol_policy": c.OriginProtocolPolicy, "origin_read_timeout": c.OriginReadTimeout,
			"origin_keepalive_timeout": c.OriginKeepaliveTimeout, "origin_ssl_protocols": protocols,
		})
	}
	if c := o.S3OriginConfig; c != nil && aws.ToString(c.OriginAccessIdentity) != "" {
		out["s3_origin_config"] = block(obj{"origin_access_identity": c.OriginAccessIdentity})
	}
	if h := o.CustomHeaders; h != nil {
		out["custom_header"] = blocks(h.Items, func(x cftypes.OriginCustomHeader) obj {
			return obj{"name": x.HeaderName, "value": secret(aws.ToString(x.HeaderValue))}
		})
	}
	return out
}

func behaviour(methods *cftypes.AllowedMethods, o obj) obj {
	if methods != nil {
		o["allowed_methods"] = methods.Items
		if methods.CachedMethods != nil {
			o["cached_methods"] = methods.CachedMethods.Items
		}
	}
	return o
}

type wafv2API interface {
	GetWebACL(context.Context, *wafv2.GetWebACLInput, ...func(*wafv2.Options)) (*wafv2.GetWebACLOutput, error)
	ListTagsForResource(context.Context, *wafv2.ListTagsForResourceInput, ...func(*wafv2.Options)) (*wafv2.ListTagsForResourceOutput, error)
	ListWebACLs(context.Context, *wafv2.ListWebACLsInput, ...func(*wafv2.Options)) (*wafv2.ListWebACLsOutput, error)
}

func readWAFv2(ctx context.Context, r *reader) {
	var api wafv2API = wafv2.NewFromConfig(r.cfg)
	scopes := []waftypes.Scope{waftypes.ScopeRegional}
	if r.region == "us-east-1" { // where those of CloudFront are kept
		scopes = append(scopes, waftypes.ScopeCloudfront)
	}
	for _, scope := range scopes {
		in := &wafv2.ListWebACLsInput{Scope: scope, Limit: aws.Int32(100)}
		pages(ctx, r, &turning[wafv2.ListWebACLsInput, wafv2.ListWebACLsOutput, wafv2.Options]{op: api.ListWebACLs, in: in, token: func(in *wafv2.ListWebACLsInput) **string { return &in.NextMarker }}, func(out *wafv2.ListWebACLsOutput) {
			each(ctx, out.WebACLs, func(s waftypes.WebACLSummary) {
				arn := aws.ToString(s.ARN)
				attrs := obj{"id": s.Id, "arn": arn, "name": s.Name, "scope": scope, "description": s.Description, "lock_token": s.LockToken}
				r.add(record{
					typ: "aws_wafv2_web_acl", name: aws.ToString(s.Name), attrs: attrs,
					told: r.tagged(ctx, arn, func() map[string]string {
						out, ok := call(ctx, r, api.ListTagsForResource, &wafv2.ListTagsForResourceInput{ResourceARN: &arn})
						if !ok || out.TagInfoForResource == nil {
							return nil
						}
						return tagMap(out.TagInfoForResource.TagList, func(t waftypes.Tag) (*string, *string) { return t.Key, t.Value })
					}),
					detail: func() {
						out, ok := call(ctx, r, api.GetWebACL, &wafv2.GetWebACLInput{Name: s.Name, Id: s.Id, Scope: scope})
						if ok && out.WebACL != nil {
							a := out.WebACL
							attrs["capacity"] = a.Capacity
							if a.DefaultAction != nil {
								attrs["default_action"] = block(snaked(a.DefaultAction))
							}
							if a.VisibilityConfig != nil {
								attrs["visibility_config"] = block(visibility(a.VisibilityConfig))
							}
							attrs["rule"] = blocks(a.Rules, func(x waftypes.Rule) obj {
								o := snaked(x)
								if x.VisibilityConfig != nil {
									o["visibility_config"] = block(visibility(x.VisibilityConfig))
								}
								return o
							})
						}
					},
				})
			})
		})
	}
}

func visibility(v *waftypes.VisibilityConfig) obj {
	return obj{"cloudwatch_metrics_enabled": v.CloudWatchMetricsEnabled, "metric_name": v.MetricName, "sampled_requests_enabled": v.SampledRequestsEnabled}
}
