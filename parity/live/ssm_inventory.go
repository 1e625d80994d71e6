package live

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

const (
	// maxNamedNodes is how many machines are asked for by their ids, fifty a call; of
	// more, all that the account has are listed.
	maxNamedNodes = 500
	// maxInventories bounds the machines of a region whose packages are read, as that takes a
	// call for fifty packages; groupInventories those of one group, whose machines are
	// made alike. Packages of the others are not known.
	maxInventories   = 40
	groupInventories = 2
)

// inventoryOfMachines tells of the chosen instances and groups what Systems Manager knows
// of those that it manages: the agent, the operating system and the packages.
func inventoryOfMachines(ctx context.Context, r *reader, chosen []*record) {
	machines := map[string]*record{} // by id of the instance
	for _, rec := range of(chosen, "aws_instance") {
		machines[rec.text("id")] = rec
	}
	for _, rec := range of(chosen, "aws_autoscaling_group") {
		for _, id := range rec.instances {
			machines[id] = rec
		}
	}
	if len(machines) == 0 {
		return
	}
	var api ssmAPI = ssm.NewFromConfig(r.cfg)
	r = r.extra()
	nodes := managedNodes(ctx, r, api, slices.Sorted(maps.Keys(machines)))
	told := map[*record]versions{} // by attribute
	asked := map[*record]int{}
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		rec := machines[id]
		if rec == nil {
			continue
		}
		if told[rec] == nil {
			told[rec] = versions{}
		}
		node := nodes[id]
		told[rec].add("agent_version", aws.ToString(node.AgentVersion))
		told[rec].add("platform", strings.TrimSpace(aws.ToString(node.PlatformName)+" "+aws.ToString(node.PlatformVersion)))
		if asked[rec]++; asked[rec] <= groupInventories && len(ids) < maxInventories {
			ids = append(ids, id)
		}
	}
	for rec, attributes := range told {
		for attr, text := range attributes.value() {
			rec.tell(attr, text)
		}
	}
	for rec, packages := range packagesOf(ctx, r, api, ids, machines) {
		rec.tell("packages", packages.value())
	}
}

// managedNodes are the machines among those of the given ids that Systems Manager manages.
func managedNodes(ctx context.Context, r *reader, api ssmAPI, ids []string) map[string]types.InstanceInformation {
	nodes := map[string]types.InstanceInformation{}
	var mu sync.Mutex
	read := func(filters []types.InstanceInformationStringFilter) {
		in := &ssm.DescribeInstanceInformationInput{MaxResults: aws.Int32(50), Filters: filters}
		pages(ctx, r, ssm.NewDescribeInstanceInformationPaginator(api, in), func(out *ssm.DescribeInstanceInformationOutput) {
			mu.Lock()
			defer mu.Unlock()
			for _, i := range out.InstanceInformationList {
				nodes[aws.ToString(i.InstanceId)] = i
			}
		})
	}
	if len(ids) > maxNamedNodes {
		read(nil)
		return nodes
	}
	batches(ctx, ids, 50, func(some []string) {
		read([]types.InstanceInformationStringFilter{{Key: aws.String("InstanceIds"), Values: some}})
	})
	return nodes
}

// packagesOf reads the packages of machines, of those that collect them.
func packagesOf(ctx context.Context, r *reader, api ssmAPI, ids []string, machines map[string]*record) map[*record]versions {
	all := map[*record]versions{}
	var mu sync.Mutex
	each(ctx, ids, func(id string) {
		found := versions{}
		in := &ssm.ListInventoryEntriesInput{InstanceId: &id, TypeName: aws.String("AWS:Application"), MaxResults: aws.Int32(50)}
		whole := pages(ctx, r, &inventoryPages{api: api, in: in, more: true}, func(out *ssm.ListInventoryEntriesOutput) {
			for _, e := range out.Entries {
				if e["Name"] != "" {
					found.add(e["Name"], e["Version"])
				}
			}
		})
		if !whole || len(found) == 0 {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		rec := machines[id]
		if all[rec] == nil {
			all[rec] = versions{}
		}
		for name, some := range found {
			for version := range some {
				all[rec].add(name, version)
			}
		}
	})
	return all
}

// inventoryPages is the paginator that the SDK does not have.
type inventoryPages struct {
	api  ssmAPI
	in   *ssm.ListInventoryEntriesInput
	more bool
}

func (p *inventoryPages) HasMorePages() bool { return p.more }

func (p *inventoryPages) NextPage(ctx context.Context, opts ...func(*ssm.Options)) (*ssm.ListInventoryEntriesOutput, error) {
	out, err := p.api.ListInventoryEntries(ctx, p.in, opts...)
	if err != nil {
		return nil, err
	}
	p.in.NextToken = out.NextToken
	p.more = aws.ToString(out.NextToken) != ""
	return out, nil
}
