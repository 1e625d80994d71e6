package live

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

type cloudformationAPI interface {
	ListStackResources(context.Context, *cloudformation.ListStackResourcesInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error)
}

// readStack reads which things the stack that the selection names has made, and the
// stacks nested in it.
func readStack(ctx context.Context, r *reader) {
	if r.source.Select.Stack == "" {
		return
	}
	var api cloudformationAPI = cloudformation.NewFromConfig(r.cfg)
	seen := map[string]bool{}
	for todo := []string{r.source.Select.Stack}; len(todo) > 0; todo = todo[1:] {
		if seen[todo[0]] {
			continue
		}
		seen[todo[0]] = true
		pages(ctx, r, cloudformation.NewListStackResourcesPaginator(api, &cloudformation.ListStackResourcesInput{StackName: &todo[0]}), func(out *cloudformation.ListStackResourcesOutput) {
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, s := range out.StackResourceSummaries {
				if aws.ToString(s.ResourceType) == "AWS::CloudFormation::Stack" {
					todo = append(todo, aws.ToString(s.PhysicalResourceId))
				} else {
					r.inStack[aws.ToString(s.PhysicalResourceId)] = true
				}
			}
		})
	}
}

// ofStack reports whether a record is of the stack: by the name that CloudFormation
// knows it by, which is an id, an ARN or a name.
func (r *run) ofStack(rec *record) bool {
	for _, attr := range []string{"id", "arn", "name", "url"} {
		if s := rec.text(attr); s != "" && r.inStack[s] {
			return true
		}
	}
	return rec.tags["aws:cloudformation:stack-name"] == r.source.Select.Stack
}
