package live

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// taggedImage is one of ECR's: the account, the region, the repository and the tag.
var taggedImage = lazyregexp.New(`^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.-]+/([^:@]+)(?::([^@]+))?$`)

// container is what is read of a container's definition.
type container struct{ Name, Image string }

// digestsOfTags tells of the chosen task definitions which images the tags in them
// stand for now. Of registries of other accounts and regions nothing is asked: they need
// not let us look.
func digestsOfTags(ctx context.Context, r *reader, chosen []*record) {
	digests := map[string]map[string]string{} // by repository and tag
	used := map[*record][]container{}
	for _, rec := range of(chosen, "aws_ecs_task_definition") {
		var all []container
		if json.Unmarshal([]byte(rec.text("container_definitions")), &all) != nil {
			continue
		}
		for _, c := range all {
			if repository, tag := r.ownImage(c.Image); repository != "" {
				if digests[repository] == nil {
					digests[repository] = map[string]string{}
				}
				digests[repository][tag] = ""
				used[rec] = append(used[rec], c)
			}
		}
	}
	var api ecrAPI = ecr.NewFromConfig(r.cfg)
	extra := r.extra()
	var mu sync.Mutex
	each(ctx, slices.Sorted(maps.Keys(digests)), func(repository string) {
		read := func(tags []string) (whole bool) {
			ids := list(tags, func(tag string) types.ImageIdentifier { return types.ImageIdentifier{ImageTag: &tag} })
			out, ok := ask(ctx, extra, api.DescribeImages, &ecr.DescribeImagesInput{RegistryId: &r.account, RepositoryName: &repository, ImageIds: ids}, "ImageNotFoundException", "RepositoryNotFoundException")
			if !ok || out == nil {
				return ok && len(tags) == 1
			}
			mu.Lock()
			defer mu.Unlock()
			for _, i := range out.ImageDetails {
				for _, tag := range i.ImageTags {
					if _, asked := digests[repository][tag]; asked {
						digests[repository][tag] = aws.ToString(i.ImageDigest)
					}
				}
			}
			return true
		}
		batches(ctx, slices.Sorted(maps.Keys(digests[repository])), 100, func(tags []string) {
			if !read(tags) { // one that is gone spoils the answer for all
				for _, tag := range tags {
					read([]string{tag})
				}
			}
		})
	})
	for rec, containers := range used {
		images := versions{}
		for _, c := range containers {
			repository, tag := r.ownImage(c.Image)
			if digest := digests[repository][tag]; digest != "" {
				images.add(c.Name, withDigest(c.Image, digest))
			}
		}
		rec.tell("images", images.value())
	}
}

// ownImage takes the name of an image in the account's own registry apart: "" of others,
// and of those that a digest names.
func (r *reader) ownImage(image string) (repository, tag string) {
	m := taggedImage.FindStringSubmatch(image)
	if m == nil || m[1] != r.account || m[2] != r.region {
		return "", ""
	}
	if m[4] == "" {
		return m[3], "latest"
	}
	return m[3], m[4]
}
