package live

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// runningTasks tells of the chosen services which images their tasks run, on which
// hosts and in which zones.
func runningTasks(ctx context.Context, r *reader, chosen []*record) {
	var api ecsAPI = ecs.NewFromConfig(r.cfg)
	r = r.extra()
	services := map[string]map[string]*record{} // of a cluster, by name
	for _, rec := range of(chosen, "aws_ecs_service") {
		cluster := rec.text("cluster")
		if services[cluster] == nil {
			services[cluster] = map[string]*record{}
		}
		services[cluster][rec.text("name")] = rec
	}
	each(ctx, slices.Sorted(maps.Keys(services)), func(cluster string) {
		var arns []string
		pages(ctx, r, ecs.NewListTasksPaginator(api, &ecs.ListTasksInput{Cluster: &cluster, MaxResults: aws.Int32(100)}), func(out *ecs.ListTasksOutput) {
			arns = append(arns, out.TaskArns...)
		})
		var mu sync.Mutex
		tasks := map[*record][]types.Task{}
		batches(ctx, arns, 100, func(some []string) {
			out, ok := call(ctx, r, api.DescribeTasks, &ecs.DescribeTasksInput{Cluster: &cluster, Tasks: some})
			if !ok {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, t := range out.Tasks {
				name, _ := strings.CutPrefix(aws.ToString(t.Group), "service:")
				if rec := services[cluster][name]; rec != nil && aws.ToString(t.LastStatus) == "RUNNING" {
					tasks[rec] = append(tasks[rec], t)
				}
			}
		})
		for rec, running := range tasks {
			tellTasks(rec, running)
		}
	})
}

func tellTasks(rec *record, tasks []types.Task) {
	images, hosts, zones := versions{}, several{}, several{}
	for _, t := range tasks {
		if host := aws.ToString(t.ContainerInstanceArn); host != "" { // Fargate has none
			hosts[host] = true
		}
		if zone := aws.ToString(t.AvailabilityZone); zone != "" {
			zones[zone] = true
		}
		for _, c := range t.Containers {
			image, digest := aws.ToString(c.Image), aws.ToString(c.ImageDigest)
			if digest != "" {
				images.add(aws.ToString(c.Name), withDigest(image, digest))
			}
		}
	}
	rec.tell("images", images.value())
	rec.tell("hosts", hosts.list())
	rec.tell("zones", zones.list())
}

// withDigest names an image by its digest, after the name that was asked for.
func withDigest(image, digest string) string {
	if strings.HasSuffix(image, "@"+digest) {
		return image
	}
	return image + "@" + digest
}
