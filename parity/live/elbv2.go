package live

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

type elbv2API interface {
	DescribeListeners(context.Context, *elbv2.DescribeListenersInput, ...func(*elbv2.Options)) (*elbv2.DescribeListenersOutput, error)
	DescribeLoadBalancerAttributes(context.Context, *elbv2.DescribeLoadBalancerAttributesInput, ...func(*elbv2.Options)) (*elbv2.DescribeLoadBalancerAttributesOutput, error)
	DescribeLoadBalancers(context.Context, *elbv2.DescribeLoadBalancersInput, ...func(*elbv2.Options)) (*elbv2.DescribeLoadBalancersOutput, error)
	DescribeRules(context.Context, *elbv2.DescribeRulesInput, ...func(*elbv2.Options)) (*elbv2.DescribeRulesOutput, error)
	DescribeTags(context.Context, *elbv2.DescribeTagsInput, ...func(*elbv2.Options)) (*elbv2.DescribeTagsOutput, error)
	DescribeTargetGroupAttributes(context.Context, *elbv2.DescribeTargetGroupAttributesInput, ...func(*elbv2.Options)) (*elbv2.DescribeTargetGroupAttributesOutput, error)
	DescribeTargetGroups(context.Context, *elbv2.DescribeTargetGroupsInput, ...func(*elbv2.Options)) (*elbv2.DescribeTargetGroupsOutput, error)
	DescribeTargetHealth(context.Context, *elbv2.DescribeTargetHealthInput, ...func(*elbv2.Options)) (*elbv2.DescribeTargetHealthOutput, error)
}

func readELBv2(ctx context.Context, r *reader) {
	var api elbv2API = elbv2.NewFromConfig(r.cfg)
	var found []*record
	pages(ctx, r, elbv2.NewDescribeLoadBalancersPaginator(api, &elbv2.DescribeLoadBalancersInput{}), func(out *elbv2.DescribeLoadBalancersOutput) {
		for _, lb := range out.LoadBalancers {
			found = append(found, addBalancer(ctx, r, api, lb))
		}
	})
	pages(ctx, r, elbv2.NewDescribeTargetGroupsPaginator(api, &elbv2.DescribeTargetGroupsInput{}), func(out *elbv2.DescribeTargetGroupsOutput) {
		for _, g := range out.TargetGroups {
			found = append(found, addTargetGroup(ctx, r, api, g))
		}
	})
	readELBv2Tags(ctx, r, api, found)
}

// readELBv2Tags reads tags of twenty things a call.
func readELBv2Tags(ctx context.Context, r *reader, api elbv2API, records []*record) {
	batches(ctx, records, 20, func(some []*record) {
		byARN := map[string]*record{}
		arns := make([]string, len(some))
		for i, rec := range some {
			arns[i] = rec.text("arn")
			byARN[arns[i]] = rec
		}
		out, ok := call(ctx, r, api.DescribeTags, &elbv2.DescribeTagsInput{ResourceArns: arns})
		if !ok {
			return
		}
		for _, d := range out.TagDescriptions {
			if rec := byARN[aws.ToString(d.ResourceArn)]; rec != nil {
				rec.tags = tagMap(d.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
			}
		}
	})
}

// tagsOfELBv2 reads the tags of listeners and rules, which are found with their
// balancer.
func tagsOfELBv2(ctx context.Context, r *reader, chosen []*record) {
	listeners := append(of(chosen, "aws_lb_listener"), of(chosen, "aws_lb_listener_rule")...)
	if len(listeners) > 0 {
		readELBv2Tags(ctx, r, elbv2.NewFromConfig(r.cfg), listeners)
	}
}

func addBalancer(ctx context.Context, r *reader, api elbv2API, lb types.LoadBalancer) *record {
	arn := aws.ToString(lb.LoadBalancerArn)
	_, suffix, _ := strings.Cut(arn, ":loadbalancer/")
	attrs := obj{
		"id": arn, "arn": arn, "name": lb.LoadBalancerName, "arn_suffix": suffix, "load_balancer_type": lb.Type, "internal": lb.Scheme == types.LoadBalancerSchemeEnumInternal,
		"dns_name": lb.DNSName, "zone_id": lb.CanonicalHostedZoneId, "vpc_id": lb.VpcId, "ip_address_type": lb.IpAddressType, "security_groups": lb.SecurityGroups,
		"subnets":                  list(lb.AvailabilityZones, func(z types.AvailabilityZone) *string { return z.SubnetId }),
		"customer_owned_ipv4_pool": lb.CustomerOwnedIpv4Pool,
		"subnet_mapping": blocks(lb.AvailabilityZones, func(z types.AvailabilityZone) obj {
			o := obj{"subnet_id": z.SubnetId, "outpost_id": z.OutpostId, "allocation_id": "", "private_ipv4_address": "", "ipv6_address": ""}
			for _, a := range z.LoadBalancerAddresses {
				o["allocation_id"], o["private_ipv4_address"], o["ipv6_address"] = a.AllocationId, a.PrivateIPv4Address, a.IPv6Address
			}
			return o
		}),
		"enforce_security_group_inbound_rules_on_private_link_traffic": lb.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic,
	}
	return r.add(record{typ: "aws_lb", name: aws.ToString(lb.LoadBalancerName), vpc: aws.ToString(lb.VpcId), attrs: attrs, detail: func() {
		if out, ok := call(ctx, r, api.DescribeLoadBalancerAttributes, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &arn}); ok {
			balancerAttributes(attrs, out.Attributes)
		}
		pages(ctx, r, elbv2.NewDescribeListenersPaginator(api, &elbv2.DescribeListenersInput{LoadBalancerArn: &arn}), func(out *elbv2.DescribeListenersOutput) {
			for _, l := range out.Listeners {
				addListener(ctx, r, api, l, aws.ToString(lb.LoadBalancerName))
			}
		})
	}})
}

// balancerAttributes translates the attributes of balancers: each kind of balancer
// has its own.
func balancerAttributes(attrs obj, given []types.LoadBalancerAttribute) {
	logs := map[string]obj{"access_logs": {}, "connection_logs": {}}
	names := map[string]string{
		"deletion_protection.enabled": "enable_deletion_protection", "load_balancing.cross_zone.enabled": "enable_cross_zone_load_balancing",
		"idle_timeout.timeout_seconds": "idle_timeout", "routing.http2.enabled": "enable_http2", "routing.http.drop_invalid_header_fields.enabled": "drop_invalid_header_fields",
		"routing.http.desync_mitigation_mode": "desync_mitigation_mode", "routing.http.preserve_host_header.enabled": "preserve_host_header",
		"routing.http.xff_client_port.enabled": "enable_xff_client_port", "routing.http.xff_header_processing.mode": "xff_header_processing_mode",
		"routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "enable_tls_version_and_cipher_suite_headers", "waf.fail_open.enabled": "enable_waf_fail_open",
		"dns_record.client_routing_policy": "dns_record_client_routing_policy",
	}
	for _, a := range given {
		k, v := aws.ToString(a.Key), aws.ToString(a.Value)
		if name := names[k]; name != "" {
			attrs[name] = plain(v)
			continue
		}
		for name, o := range logs {
			if rest, ok := strings.CutPrefix(k, name+".s3."); ok {
				o[rest] = plain(v)
			}
		}
	}
	for name, o := range logs {
		if len(o) > 0 {
			attrs[name] = block(o)
		}
	}
}

// plain reads a truth value or a number that stands in a text.
func plain(v string) any {
	if v == "true" || v == "false" {
		return v == "true"
	}
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return n
	}
	return v
}

func addListener(ctx context.Context, r *reader, api elbv2API, l types.Listener, balancer string) {
	arn := aws.ToString(l.ListenerArn)
	attrs := obj{
		"id": arn, "arn": arn, "load_balancer_arn": l.LoadBalancerArn, "port": l.Port, "protocol": l.Protocol, "ssl_policy": l.SslPolicy,
		"certificate_arn": "", "alpn_policy": strings.Join(l.AlpnPolicy, ","), "default_action": actions(l.DefaultActions),
	}
	for _, c := range l.Certificates {
		attrs["certificate_arn"] = c.CertificateArn
	}
	name := balancer + "-" + strconv.Itoa(int(aws.ToInt32(l.Port)))
	r.add(record{
		typ: "aws_lb_listener", name: name, attrs: attrs, partOf: []key{{"aws_lb", aws.ToString(l.LoadBalancerArn)}}, uses: targets(l.DefaultActions),
		detail: func() {
			pages(ctx, r, elbv2.NewDescribeRulesPaginator(api, &elbv2.DescribeRulesInput{ListenerArn: &arn}), func(out *elbv2.DescribeRulesOutput) {
				for _, rule := range out.Rules {
					if !aws.ToBool(rule.IsDefault) {
						addRule(r, rule, arn, name)
					}
				}
			})
		},
	})
}

func addRule(r *reader, rule types.Rule, listener, name string) {
	r.add(record{
		typ: "aws_lb_listener_rule", name: name + "-" + aws.ToString(rule.Priority), partOf: []key{{"aws_lb_listener", listener}}, uses: targets(rule.Actions),
		attrs: obj{
			"id": rule.RuleArn, "arn": rule.RuleArn, "listener_arn": listener, "priority": plain(aws.ToString(rule.Priority)), "action": actions(rule.Actions),
			"condition": blocks(rule.Conditions, func(c types.RuleCondition) obj {
				o := obj{}
				values := func(name string, v []string) {
					if len(v) > 0 {
						o[name] = block(obj{"values": v})
					}
				}
				field := strings.ReplaceAll(aws.ToString(c.Field), "-", "_")
				values(field, c.Values)
				if x := c.HostHeaderConfig; x != nil {
					values("host_header", x.Values)
				}
				if x := c.PathPatternConfig; x != nil {
					values("path_pattern", x.Values)
				}
				if x := c.HttpRequestMethodConfig; x != nil {
					values("http_request_method", x.Values)
				}
				if x := c.SourceIpConfig; x != nil {
					values("source_ip", x.Values)
				}
				if x := c.HttpHeaderConfig; x != nil {
					o["http_header"] = block(obj{"http_header_name": x.HttpHeaderName, "values": x.Values})
				}
				if x := c.QueryStringConfig; x != nil {
					o["query_string"] = blocks(x.Values, func(v types.QueryStringKeyValuePair) obj { return obj{"key": v.Key, "value": v.Value} })
				}
				return o
			}),
		},
	})
}

// targets are the target groups that actions lead to.
func targets(as []types.Action) []key {
	var ks []key
	for _, a := range as {
		ks = append(ks, key{"aws_lb_target_group", aws.ToString(a.TargetGroupArn)})
		if a.ForwardConfig != nil {
			for _, g := range a.ForwardConfig.TargetGroups {
				ks = append(ks, key{"aws_lb_target_group", aws.ToString(g.TargetGroupArn)})
			}
		}
	}
	return ks
}

// actions writes actions as the provider does: a single target group stands in
// the action itself, and forward is for several.
func actions(as []types.Action) []obj {
	as = slices.Clone(as)
	slices.SortStableFunc(as, func(a, b types.Action) int { return int(aws.ToInt32(a.Order) - aws.ToInt32(b.Order)) })
	return blocks(as, func(a types.Action) obj {
		o := obj{
			"type": a.Type, "order": a.Order, "target_group_arn": a.TargetGroupArn, "forward": []obj{}, "redirect": []obj{}, "fixed_response": []obj{},
		}
		if f := a.ForwardConfig; f != nil && len(f.TargetGroups) > 1 {
			sticky := []obj{}
			if s := f.TargetGroupStickinessConfig; s != nil {
				sticky = block(obj{"enabled": s.Enabled, "duration": s.DurationSeconds})
			}
			o["forward"] = block(obj{"stickiness": sticky, "target_group": blocks(f.TargetGroups, func(g types.TargetGroupTuple) obj {
				return obj{"arn": g.TargetGroupArn, "weight": g.Weight}
			})})
		}
		if x := a.RedirectConfig; x != nil {
			o["redirect"] = block(obj{"host": x.Host, "path": x.Path, "port": x.Port, "protocol": x.Protocol, "query": x.Query, "status_code": x.StatusCode})
		}
		if x := a.FixedResponseConfig; x != nil {
			o["fixed_response"] = block(obj{"content_type": x.ContentType, "message_body": x.MessageBody, "status_code": x.StatusCode})
		}
		return o
	})
}

func addTargetGroup(ctx context.Context, r *reader, api elbv2API, g types.TargetGroup) *record {
	arn := aws.ToString(g.TargetGroupArn)
	matcher := ""
	if g.Matcher != nil {
		matcher = aws.ToString(g.Matcher.HttpCode) + aws.ToString(g.Matcher.GrpcCode)
	}
	_, suffix, _ := strings.Cut(arn, ":targetgroup/")
	attrs := obj{
		"id": arn, "arn": arn, "arn_suffix": "targetgroup/" + suffix, "name": g.TargetGroupName, "port": g.Port, "protocol": g.Protocol, "protocol_version": g.ProtocolVersion,
		"vpc_id": g.VpcId, "target_type": g.TargetType, "ip_address_type": g.IpAddressType, "load_balancer_arns": g.LoadBalancerArns,
		"health_check": block(obj{
			"enabled": g.HealthCheckEnabled, "protocol": g.HealthCheckProtocol, "port": g.HealthCheckPort, "path": g.HealthCheckPath, "matcher": matcher,
			"interval": g.HealthCheckIntervalSeconds, "timeout": g.HealthCheckTimeoutSeconds, "healthy_threshold": g.HealthyThresholdCount, "unhealthy_threshold": g.UnhealthyThresholdCount,
		}),
	}
	rec := r.add(record{
		typ: "aws_lb_target_group", name: aws.ToString(g.TargetGroupName), vpc: aws.ToString(g.VpcId), attrs: attrs,
		partOf: list(g.LoadBalancerArns, func(lb string) key { return key{"aws_lb", lb} }),
	})
	rec.detail = func() {
		if out, ok := call(ctx, r, api.DescribeTargetGroupAttributes, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn}); ok {
			targetGroupAttributes(attrs, out.Attributes)
		}
		if g.TargetType == types.TargetTypeEnumInstance || g.TargetType == types.TargetTypeEnumIp || g.TargetType == types.TargetTypeEnumLambda {
			registered(ctx, r, api, arn, g, rec)
		}
	}
	return rec
}

func targetGroupAttributes(attrs obj, given []types.TargetGroupAttribute) {
	names := map[string]string{
		"load_balancing.algorithm.type": "load_balancing_algorithm_type", "load_balancing.cross_zone.enabled": "load_balancing_cross_zone_enabled",
		"slow_start.duration_seconds": "slow_start", "proxy_protocol_v2.enabled": "proxy_protocol_v2", "preserve_client_ip.enabled": "preserve_client_ip",
		"deregistration_delay.connection_termination.enabled": "connection_termination", "lambda.multi_value_headers.enabled": "lambda_multi_value_headers_enabled",
		"load_balancing.algorithm.anomaly_mitigation": "load_balancing_anomaly_mitigation",
	}
	sticky := obj{}
	for _, a := range given {
		k, v := aws.ToString(a.Key), aws.ToString(a.Value)
		switch {
		case names[k] != "":
			attrs[names[k]] = plain(v)
		case k == "deregistration_delay.timeout_seconds":
			attrs["deregistration_delay"] = v
		case k == "stickiness.enabled":
			sticky["enabled"] = plain(v)
		case k == "stickiness.type":
			sticky["type"] = v
		case k == "stickiness.lb_cookie.duration_seconds":
			sticky["cookie_duration"] = plain(v)
		case k == "stickiness.app_cookie.cookie_name":
			sticky["cookie_name"] = v
		}
	}
	if len(sticky) > 0 {
		attrs["stickiness"] = block(sticky)
	}
}

// registered tells of a group how many targets fail their checks, and adds the targets
// that were put into it one by one. Those that a scaling group or a service puts there are
// theirs.
func registered(ctx context.Context, r *reader, api elbv2API, arn string, g types.TargetGroup, group *record) {
	out, ok := call(ctx, r, api.DescribeTargetHealth, &elbv2.DescribeTargetHealthInput{TargetGroupArn: &arn})
	if !ok {
		return
	}
	unhealthy := 0
	for _, d := range out.TargetHealthDescriptions {
		if d.TargetHealth != nil && d.TargetHealth.State == types.TargetHealthStateEnumUnhealthy {
			unhealthy++
		}
	}
	group.tell("unhealthy_targets", unhealthy)
	for _, d := range out.TargetHealthDescriptions {
		if d.Target == nil {
			continue
		}
		id := aws.ToString(d.Target.Id)
		if g.TargetType == types.TargetTypeEnumIp {
			continue // tasks come and go
		}
		typ := "aws_instance"
		if g.TargetType == types.TargetTypeEnumLambda {
			typ = "aws_lambda_function"
		}
		// What is not found is a scaling group's.
		r.add(record{typ: "aws_lb_target_group_attachment", name: aws.ToString(g.TargetGroupName), partOf: []key{{"aws_lb_target_group", arn}}, needs: key{typ, id}, attrs: obj{
			"id": arn + "-" + id, "target_group_arn": arn, "target_id": id, "port": d.Target.Port, "availability_zone": d.Target.AvailabilityZone,
		}})
	}
}
