package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
)

type apigatewayv2API interface {
	GetApis(context.Context, *apigatewayv2.GetApisInput, ...func(*apigatewayv2.Options)) (*apigatewayv2.GetApisOutput, error)
	GetIntegrations(context.Context, *apigatewayv2.GetIntegrationsInput, ...func(*apigatewayv2.Options)) (*apigatewayv2.GetIntegrationsOutput, error)
	GetRoutes(context.Context, *apigatewayv2.GetRoutesInput, ...func(*apigatewayv2.Options)) (*apigatewayv2.GetRoutesOutput, error)
	GetStages(context.Context, *apigatewayv2.GetStagesInput, ...func(*apigatewayv2.Options)) (*apigatewayv2.GetStagesOutput, error)
}

// turning makes a paginator of an operation that has none.
type turning[In, Out, Opt any] struct {
	op      operation[In, Out, Opt]
	in      *In
	token   func(*In) **string
	started bool
}

func (p *turning[In, Out, Opt]) HasMorePages() bool { return !p.started || *p.token(p.in) != nil }

func (p *turning[In, Out, Opt]) NextPage(ctx context.Context, opts ...func(*Opt)) (*Out, error) {
	p.started = true
	out, err := p.op(ctx, p.in, opts...)
	if err != nil {
		return nil, err
	}
	*p.token(p.in) = nil
	if token := nextToken(out); token != "" {
		*p.token(p.in) = &token
	}
	return out, nil
}

func readAPIGatewayV2(ctx context.Context, r *reader) {
	var api apigatewayv2API = apigatewayv2.NewFromConfig(r.cfg)
	in := &apigatewayv2.GetApisInput{MaxResults: aws.String("500")}
	pages(ctx, r, &turning[apigatewayv2.GetApisInput, apigatewayv2.GetApisOutput, apigatewayv2.Options]{op: api.GetApis, in: in, token: func(in *apigatewayv2.GetApisInput) **string { return &in.NextToken }}, func(out *apigatewayv2.GetApisOutput) {
		for _, a := range out.Items {
			id := aws.ToString(a.ApiId)
			attrs := obj{
				"id": id, "arn": "arn:" + r.partition + ":apigateway:" + r.region + "::/apis/" + id, "name": a.Name, "protocol_type": a.ProtocolType, "api_endpoint": a.ApiEndpoint,
				"api_key_selection_expression": a.ApiKeySelectionExpression, "route_selection_expression": a.RouteSelectionExpression, "version": a.Version, "description": a.Description,
				"disable_execute_api_endpoint": a.DisableExecuteApiEndpoint, "execution_arn": r.arn("execute-api", id), "cors_configuration": []obj{},
			}
			if c := a.CorsConfiguration; c != nil {
				attrs["cors_configuration"] = block(obj{
					"allow_credentials": c.AllowCredentials, "allow_headers": c.AllowHeaders, "allow_methods": c.AllowMethods, "allow_origins": c.AllowOrigins,
					"expose_headers": c.ExposeHeaders, "max_age": c.MaxAge,
				})
			}
			name := aws.ToString(a.Name)
			r.add(record{typ: "aws_apigatewayv2_api", name: name, tags: orNone(a.Tags), attrs: attrs, detail: func() { readRoutes(ctx, r, api, id, name) }})
		}
	})
}

// orNone is a map of tags that is known to be empty where there is none.
func orNone(tags map[string]string) map[string]string {
	if tags == nil {
		return map[string]string{}
	}
	return tags
}

// readRoutes reads what an API is made of.
func readRoutes(ctx context.Context, r *reader, api apigatewayv2API, id, name string) {
	in := []key{{"aws_apigatewayv2_api", id}}
	pages(ctx, r, &turning[apigatewayv2.GetStagesInput, apigatewayv2.GetStagesOutput, apigatewayv2.Options]{
		op: api.GetStages, in: &apigatewayv2.GetStagesInput{ApiId: &id}, token: func(in *apigatewayv2.GetStagesInput) **string { return &in.NextToken },
	}, func(out *apigatewayv2.GetStagesOutput) {
		for _, s := range out.Items {
			attrs := obj{
				"id": s.StageName, "api_id": id, "name": s.StageName, "auto_deploy": s.AutoDeploy, "deployment_id": s.DeploymentId, "stage_variables": s.StageVariables, "description": s.Description,
				"access_log_settings": []obj{}, "arn": "arn:" + r.partition + ":apigateway:" + r.region + "::/apis/" + id + "/stages/" + aws.ToString(s.StageName),
			}
			if l := s.AccessLogSettings; l != nil {
				attrs["access_log_settings"] = block(obj{"destination_arn": l.DestinationArn, "format": l.Format})
			}
			if d := s.DefaultRouteSettings; d != nil {
				attrs["default_route_settings"] = block(obj{
					"data_trace_enabled": d.DataTraceEnabled, "detailed_metrics_enabled": d.DetailedMetricsEnabled, "logging_level": d.LoggingLevel,
					"throttling_burst_limit": d.ThrottlingBurstLimit, "throttling_rate_limit": d.ThrottlingRateLimit,
				})
			}
			r.add(record{typ: "aws_apigatewayv2_stage", name: name + "-" + aws.ToString(s.StageName), tags: orNone(s.Tags), attrs: attrs, partOf: in})
		}
	})
	pages(ctx, r, &turning[apigatewayv2.GetRoutesInput, apigatewayv2.GetRoutesOutput, apigatewayv2.Options]{
		op: api.GetRoutes, in: &apigatewayv2.GetRoutesInput{ApiId: &id}, token: func(in *apigatewayv2.GetRoutesInput) **string { return &in.NextToken },
	}, func(out *apigatewayv2.GetRoutesOutput) {
		for _, x := range out.Items {
			r.add(record{typ: "aws_apigatewayv2_route", name: name + "-" + aws.ToString(x.RouteKey), partOf: in, attrs: obj{
				"id": x.RouteId, "api_id": id, "route_key": x.RouteKey, "target": x.Target, "authorization_type": x.AuthorizationType, "authorizer_id": x.AuthorizerId,
				"authorization_scopes": x.AuthorizationScopes, "api_key_required": x.ApiKeyRequired, "operation_name": x.OperationName,
			}})
		}
	})
	pages(ctx, r, &turning[apigatewayv2.GetIntegrationsInput, apigatewayv2.GetIntegrationsOutput, apigatewayv2.Options]{
		op: api.GetIntegrations, in: &apigatewayv2.GetIntegrationsInput{ApiId: &id}, token: func(in *apigatewayv2.GetIntegrationsInput) **string { return &in.NextToken },
	}, func(out *apigatewayv2.GetIntegrationsOutput) {
		for _, x := range out.Items {
			r.add(record{typ: "aws_apigatewayv2_integration", name: integrationName(name, x), partOf: in, attrs: obj{
				"id": x.IntegrationId, "api_id": id, "integration_type": x.IntegrationType, "integration_uri": x.IntegrationUri, "integration_method": x.IntegrationMethod,
				"connection_type": x.ConnectionType, "connection_id": x.ConnectionId, "payload_format_version": x.PayloadFormatVersion, "timeout_milliseconds": x.TimeoutInMillis,
				"credentials_arn": x.CredentialsArn, "description": x.Description, "request_parameters": x.RequestParameters, "passthrough_behavior": x.PassthroughBehavior,
			}})
		}
	})
}

// integrationName tells integrations apart by the function that they lead to.
func integrationName(api string, x types.Integration) string {
	uri := aws.ToString(x.IntegrationUri)
	if i := len(uri) - len("/invocations"); i > 0 && uri[i:] == "/invocations" {
		uri = uri[:i]
	}
	return api + "-" + lastPart(uri, ":")
}
