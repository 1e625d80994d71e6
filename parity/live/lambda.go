package live

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

type lambdaAPI interface {
	GetFunctionConcurrency(context.Context, *lambda.GetFunctionConcurrencyInput, ...func(*lambda.Options)) (*lambda.GetFunctionConcurrencyOutput, error)
	ListAliases(context.Context, *lambda.ListAliasesInput, ...func(*lambda.Options)) (*lambda.ListAliasesOutput, error)
	ListEventSourceMappings(context.Context, *lambda.ListEventSourceMappingsInput, ...func(*lambda.Options)) (*lambda.ListEventSourceMappingsOutput, error)
	ListFunctions(context.Context, *lambda.ListFunctionsInput, ...func(*lambda.Options)) (*lambda.ListFunctionsOutput, error)
	ListLayerVersions(context.Context, *lambda.ListLayerVersionsInput, ...func(*lambda.Options)) (*lambda.ListLayerVersionsOutput, error)
	ListTags(context.Context, *lambda.ListTagsInput, ...func(*lambda.Options)) (*lambda.ListTagsOutput, error)
}

func readLambda(ctx context.Context, r *reader) {
	var api lambdaAPI = lambda.NewFromConfig(r.cfg)
	functions := 0
	pages(ctx, r, lambda.NewListFunctionsPaginator(api, &lambda.ListFunctionsInput{}), func(out *lambda.ListFunctionsOutput) {
		functions += len(out.Functions)
		each(ctx, out.Functions, func(f types.FunctionConfiguration) { addFunction(ctx, r, api, f) })
	})
	// Of layers, the versions in use are read, and those that somebody knows of.
	readLayers(ctx, r, api, r.known.arns("aws_lambda_layer_version", r.region), "")
	if functions == 0 {
		return
	}
	pages(ctx, r, lambda.NewListEventSourceMappingsPaginator(api, &lambda.ListEventSourceMappingsInput{}), func(out *lambda.ListEventSourceMappingsOutput) {
		for _, m := range out.EventSourceMappings {
			arn := aws.ToString(m.FunctionArn)
			name := arn
			if parts := strings.Split(arn, ":"); len(parts) > 6 {
				name = parts[6]
			}
			r.add(record{typ: "aws_lambda_event_source_mapping", name: name, partOf: []key{{"aws_lambda_function", name}}, attrs: obj{
				"id": m.UUID, "uuid": m.UUID, "function_arn": m.FunctionArn, "function_name": m.FunctionArn, "event_source_arn": m.EventSourceArn, "batch_size": m.BatchSize,
				"enabled": aws.ToString(m.State) != "Disabled", "state": m.State, "starting_position": m.StartingPosition, "parallelization_factor": m.ParallelizationFactor,
				"maximum_batching_window_in_seconds": m.MaximumBatchingWindowInSeconds, "maximum_retry_attempts": m.MaximumRetryAttempts,
				"maximum_record_age_in_seconds": m.MaximumRecordAgeInSeconds, "bisect_batch_on_function_error": m.BisectBatchOnFunctionError,
			}})
		}
	})
}

func addFunction(ctx context.Context, r *reader, api lambdaAPI, f types.FunctionConfiguration) {
	arn, name := aws.ToString(f.FunctionArn), aws.ToString(f.FunctionName)
	attrs := obj{
		"id": name, "arn": arn, "function_name": name, "runtime": f.Runtime, "handler": f.Handler, "memory_size": f.MemorySize, "timeout": f.Timeout, "role": f.Role,
		"description": f.Description, "package_type": f.PackageType, "architectures": f.Architectures, "source_code_hash": f.CodeSha256, "source_code_size": f.CodeSize,
		"layers": list(f.Layers, func(l types.Layer) *string { return l.Arn }), "kms_key_arn": f.KMSKeyArn, "version": f.Version, "last_modified": f.LastModified,
		"invoke_arn":              "arn:" + r.partition + ":apigateway:" + r.region + ":lambda:path/2015-03-31/functions/" + arn + "/invocations",
		"qualified_arn":           arn + ":" + aws.ToString(f.Version),
		"signing_job_arn":         f.SigningJobArn,
		"environment":             []obj{},
		"vpc_config":              []obj{},
		"dead_letter_config":      []obj{},
		"file_system_config":      blocks(f.FileSystemConfigs, func(c types.FileSystemConfig) obj { return obj{"arn": c.Arn, "local_mount_path": c.LocalMountPath} }),
		"code_signing_config_arn": "",
		"snap_start":              []obj{},
	}
	if e := f.Environment; e != nil && len(e.Variables) > 0 {
		attrs["environment"] = block(obj{"variables": e.Variables})
	}
	if v := f.VpcConfig; v != nil && len(v.SubnetIds) > 0 {
		attrs["vpc_config"] = block(obj{"subnet_ids": v.SubnetIds, "security_group_ids": v.SecurityGroupIds, "vpc_id": v.VpcId})
	}
	if d := f.DeadLetterConfig; d != nil && aws.ToString(d.TargetArn) != "" {
		attrs["dead_letter_config"] = block(obj{"target_arn": d.TargetArn})
	}
	if t := f.TracingConfig; t != nil {
		attrs["tracing_config"] = block(obj{"mode": t.Mode})
	}
	if e := f.EphemeralStorage; e != nil {
		attrs["ephemeral_storage"] = block(obj{"size": e.Size})
	}
	if s := f.SnapStart; s != nil && s.ApplyOn != types.SnapStartApplyOnNone && s.ApplyOn != "" {
		attrs["snap_start"] = block(obj{"apply_on": s.ApplyOn})
	}
	if l := f.LoggingConfig; l != nil {
		attrs["logging_config"] = block(obj{
			"log_format": l.LogFormat, "log_group": l.LogGroup, "application_log_level": l.ApplicationLogLevel, "system_log_level": l.SystemLogLevel,
		})
	}
	told := r.tagged(ctx, arn, func() map[string]string {
		out, ok := call(ctx, r, api.ListTags, &lambda.ListTagsInput{Resource: &arn})
		if !ok {
			return nil
		}
		if out.Tags == nil {
			return map[string]string{}
		}
		return out.Tags
	})
	layers := list(f.Layers, func(l types.Layer) string { return aws.ToString(l.Arn) })
	r.add(record{typ: "aws_lambda_function", name: name, told: told, attrs: attrs, uses: []key{{"aws_iam_role", aws.ToString(f.Role)}}, detail: func() {
		readLayers(ctx, r, api, layers, name)
		if out, ok := call(ctx, r, api.GetFunctionConcurrency, &lambda.GetFunctionConcurrencyInput{FunctionName: &name}); ok {
			attrs["reserved_concurrent_executions"] = -1 // as the provider says none
			if out.ReservedConcurrentExecutions != nil {
				attrs["reserved_concurrent_executions"] = out.ReservedConcurrentExecutions
			}
		}
		pages(ctx, r, lambda.NewListAliasesPaginator(api, &lambda.ListAliasesInput{FunctionName: &name}), func(out *lambda.ListAliasesOutput) {
			for _, a := range out.Aliases {
				r.add(record{typ: "aws_lambda_alias", name: name + "-" + aws.ToString(a.Name), partOf: []key{{"aws_lambda_function", name}}, attrs: obj{
					"id": a.AliasArn, "arn": a.AliasArn, "name": a.Name, "function_name": name, "function_version": a.FunctionVersion, "description": a.Description,
				}})
			}
		})
	}})
}

// readLayers reads versions of the account's own layers, by their ARNs; function uses
// them, or "". Layers of others are no resources here.
func readLayers(ctx context.Context, r *reader, api lambdaAPI, arns []string, function string) {
	wanted := map[string]map[string]bool{} // versions by layer
	for _, arn := range arns {
		i := strings.LastIndex(arn, ":")
		if i < 0 || !strings.HasPrefix(arn, r.arn("lambda", "layer:")) || !r.claim(key{"aws_lambda_layer_version", arn}) {
			continue
		}
		if wanted[arn[:i]] == nil {
			wanted[arn[:i]] = map[string]bool{}
		}
		wanted[arn[:i]][arn] = true
	}
	each(ctx, slices.Sorted(maps.Keys(wanted)), func(layer string) {
		name := layer[strings.LastIndex(layer, ":")+1:]
		pages(ctx, r, lambda.NewListLayerVersionsPaginator(api, &lambda.ListLayerVersionsInput{LayerName: &layer, MaxItems: aws.Int32(50)}), func(out *lambda.ListLayerVersionsOutput) {
			for _, v := range out.LayerVersions {
				if !wanted[layer][aws.ToString(v.LayerVersionArn)] {
					continue
				}
				r.add(record{typ: "aws_lambda_layer_version", name: name, partOf: []key{{"aws_lambda_function", function}}, attrs: obj{
					"id": v.LayerVersionArn, "arn": v.LayerVersionArn, "layer_arn": layer, "layer_name": name, "version": strconv.FormatInt(v.Version, 10), "description": v.Description,
					"compatible_runtimes": v.CompatibleRuntimes, "compatible_architectures": v.CompatibleArchitectures, "license_info": v.LicenseInfo, "created_date": v.CreatedDate,
				}})
			}
		})
	})
}
