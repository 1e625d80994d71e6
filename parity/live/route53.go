package live

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

type route53API interface {
	GetHostedZone(context.Context, *route53.GetHostedZoneInput, ...func(*route53.Options)) (*route53.GetHostedZoneOutput, error)
	ListHealthChecks(context.Context, *route53.ListHealthChecksInput, ...func(*route53.Options)) (*route53.ListHealthChecksOutput, error)
	ListHostedZones(context.Context, *route53.ListHostedZonesInput, ...func(*route53.Options)) (*route53.ListHostedZonesOutput, error)
	ListResourceRecordSets(context.Context, *route53.ListResourceRecordSetsInput, ...func(*route53.Options)) (*route53.ListResourceRecordSetsOutput, error)
	ListTagsForResources(context.Context, *route53.ListTagsForResourcesInput, ...func(*route53.Options)) (*route53.ListTagsForResourcesOutput, error)
}

func readRoute53(ctx context.Context, r *reader) {
	var api route53API = route53.NewFromConfig(r.cfg)
	var zones, checks []*record
	pages(ctx, r, route53.NewListHostedZonesPaginator(api, &route53.ListHostedZonesInput{}), func(out *route53.ListHostedZonesOutput) {
		for _, z := range out.HostedZones {
			zones = append(zones, addZone(ctx, r, api, z))
		}
	})
	pages(ctx, r, route53.NewListHealthChecksPaginator(api, &route53.ListHealthChecksInput{}), func(out *route53.ListHealthChecksOutput) {
		for _, h := range out.HealthChecks {
			attrs := obj{"id": h.Id, "arn": "arn:" + r.partition + ":route53:::healthcheck/" + aws.ToString(h.Id)}
			if c := h.HealthCheckConfig; c != nil {
				for k, v := range (obj{
					"type": c.Type, "fqdn": c.FullyQualifiedDomainName, "ip_address": c.IPAddress, "port": c.Port, "resource_path": c.ResourcePath, "search_string": c.SearchString,
					"request_interval": c.RequestInterval, "failure_threshold": c.FailureThreshold, "measure_latency": c.MeasureLatency, "invert_healthcheck": c.Inverted,
					"disabled": c.Disabled, "enable_sni": c.EnableSNI, "child_healthchecks": c.ChildHealthChecks, "regions": c.Regions,
				}) {
					attrs[k] = v
				}
			}
			checks = append(checks, r.add(record{typ: "aws_route53_health_check", attrs: attrs}))
		}
	})
	for kind, recs := range map[types.TagResourceType][]*record{types.TagResourceTypeHostedzone: zones, types.TagResourceTypeHealthcheck: checks} {
		batches(ctx, recs, 10, func(some []*record) {
			byID := map[string]*record{}
			ids := make([]string, len(some))
			for i, rec := range some {
				ids[i] = rec.text("id")
				byID[ids[i]] = rec
			}
			if out, ok := call(ctx, r, api.ListTagsForResources, &route53.ListTagsForResourcesInput{ResourceType: kind, ResourceIds: ids}); ok {
				for _, s := range out.ResourceTagSets {
					if rec := byID[aws.ToString(s.ResourceId)]; rec != nil {
						rec.tags = tagMap(s.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
					}
				}
			}
		})
	}
}

func addZone(ctx context.Context, r *reader, api route53API, z types.HostedZone) *record {
	id, name := strings.TrimPrefix(aws.ToString(z.Id), "/hostedzone/"), strings.TrimSuffix(aws.ToString(z.Name), ".")
	attrs := obj{"id": id, "zone_id": id, "arn": "arn:" + r.partition + ":route53:::hostedzone/" + id, "name": name, "comment": "", "vpc": []obj{}}
	private := false
	if c := z.Config; c != nil {
		attrs["comment"], private = c.Comment, c.PrivateZone
	}
	return r.add(record{typ: "aws_route53_zone", name: name, attrs: attrs, detail: func() {
		if private {
			if out, ok := call(ctx, r, api.GetHostedZone, &route53.GetHostedZoneInput{Id: &id}); ok {
				attrs["vpc"] = blocks(out.VPCs, func(v types.VPC) obj { return obj{"vpc_id": v.VPCId, "vpc_region": v.VPCRegion} })
			}
		}
		pages(ctx, r, route53.NewListResourceRecordSetsPaginator(api, &route53.ListResourceRecordSetsInput{HostedZoneId: &id}), func(out *route53.ListResourceRecordSetsOutput) {
			for _, s := range out.ResourceRecordSets {
				addRecordSet(r, s, id, name)
			}
		})
	}})
}

func addRecordSet(r *reader, s types.ResourceRecordSet, zone, zoneName string) {
	name := strings.ReplaceAll(strings.TrimSuffix(aws.ToString(s.Name), "."), `\052`, "*")
	if name == zoneName && (s.Type == types.RRTypeNs || s.Type == types.RRTypeSoa) {
		return // the zone's own
	}
	attrs := obj{
		"id": zone + "_" + name + "_" + string(s.Type), "zone_id": zone, "name": name, "fqdn": name, "type": s.Type, "ttl": s.TTL, "set_identifier": s.SetIdentifier,
		"health_check_id": s.HealthCheckId, "alias": []obj{},
		"records": list(s.ResourceRecords, func(v types.ResourceRecord) string {
			if s.Type == types.RRTypeTxt {
				return strings.Trim(aws.ToString(v.Value), `"`)
			}
			return aws.ToString(v.Value)
		}),
	}
	if id := aws.ToString(s.SetIdentifier); id != "" {
		attrs["id"] = attrs["id"].(string) + "_" + id
	}
	if a := s.AliasTarget; a != nil {
		attrs["alias"] = block(obj{"name": strings.TrimSuffix(aws.ToString(a.DNSName), "."), "zone_id": a.HostedZoneId, "evaluate_target_health": a.EvaluateTargetHealth})
	}
	if s.Weight != nil {
		attrs["weighted_routing_policy"] = block(obj{"weight": s.Weight})
	}
	if s.Failover != "" {
		attrs["failover_routing_policy"] = block(obj{"type": s.Failover})
	}
	if s.Region != "" {
		attrs["latency_routing_policy"] = block(obj{"region": s.Region})
	}
	r.add(record{typ: "aws_route53_record", name: name + "-" + string(s.Type), attrs: attrs, partOf: []key{{"aws_route53_zone", zone}}})
}
