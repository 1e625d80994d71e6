package live

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	tagging "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"
)

type taggingAPI interface {
	GetResources(context.Context, *tagging.GetResourcesInput, ...func(*tagging.Options)) (*tagging.GetResourcesOutput, error)
}

// tagIndex holds the tags of a region's resources, a hundred a call, for the
// services whose lists do not tell them.
type tagIndex struct {
	loaded chan struct{}
	of     []string // services, as their ARNs say them
	byARN  map[string]map[string]string
	narrow bool // only resources with the tags that are asked for are in it
	failed bool
}

// shareTags gives all readers of a region one index.
func shareTags(readers []*reader, region string) {
	index := &tagIndex{loaded: make(chan struct{})}
	index.failed = true // until it is there
	reading := false
	for _, r := range readers {
		if r.region == region {
			r.tags = index
			reading = reading || r.svc.name == "tag"
			if r.svc.indexed {
				index.of = append(index.of, r.svc.prefix())
			}
		}
	}
	if !reading {
		close(index.loaded)
	}
}

func readTags(ctx context.Context, r *reader) {
	defer close(r.tags.loaded)
	index := map[string]map[string]string{}
	in := &tagging.GetResourcesInput{ResourcesPerPage: aws.Int32(100), ResourceTypeFilters: r.tags.of}
	if len(r.tags.of) == 0 {
		return // none would be all
	}
	if s := r.source.Select; len(s.Tags) > 0 && s.TFState == "" {
		for k, values := range s.Tags {
			if !slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "*") }) {
				in.TagFilters = append(in.TagFilters, types.TagFilter{Key: &k, Values: values})
			}
		}
		slices.SortFunc(in.TagFilters, func(a, b types.TagFilter) int { return strings.Compare(*a.Key, *b.Key) })
		r.tags.narrow = len(in.TagFilters) > 0
	}
	var api taggingAPI = tagging.NewFromConfig(r.cfg)
	whole := pages(ctx, r, tagging.NewGetResourcesPaginator(api, in), func(out *tagging.GetResourcesOutput) {
		for _, m := range out.ResourceTagMappingList {
			index[aws.ToString(m.ResourceARN)] = tagMap(m.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value })
		}
	})
	r.tags.byARN, r.tags.failed = index, !whole
}

// tagged looks up a resource's tags: in the index; where that leaves it out and the
// endpoint is the user's, by asking for this one alone, as emulators' indexes leave
// types out.
func (r *reader) tagged(ctx context.Context, arn string, single func() map[string]string) func() map[string]string {
	return func() map[string]string {
		select {
		case <-ctx.Done():
			return nil
		case <-r.tags.loaded:
		}
		if tags := r.tags.byARN[arn]; tags != nil {
			return tags
		}
		if (r.emulated.Load() || r.tags.failed || !r.svc.indexed) && single != nil {
			return single()
		}
		if r.tags.narrow {
			return nil // not known: it has others at most
		}
		return map[string]string{}
	}
}

// tagMap makes a map of a service's own kind of tags.
func tagMap[T any](tags []T, pair func(T) (key, value *string)) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		k, v := pair(t)
		m[aws.ToString(k)] = aws.ToString(v)
	}
	return m
}
