package live_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live"
)

// running is what only running things tell of a recorded environment.
type running struct {
	image, digest string   // of the containers of the service, and what they run
	hosts         []string // of its tasks, one each; "" for Fargate
	agent         string
	packages      map[string]string
	pending       string // of databases
	update        string // of caches
}

// tell has a recording tell what runs, as AWS's documentation says that it is told.
func (x running) tell(rec *recording) *recording {
	rec.answer = func(service, operation string, _ *http.Request, body string) *http.Response {
		env := "staging"
		if strings.Contains(body, "production") {
			env = "production"
		}
		document := func(v any) *http.Response {
			raw, _ := json.Marshal(v)
			return reply(200, "application/x-amz-json-1.1", string(raw))
		}
		switch service + " " + operation {
		case "ecs ListTasks":
			arns := []string{"batch"}
			for i := range x.hosts {
				arns = append(arns, fmt.Sprint("task", i))
			}
			return document(map[string]any{"taskArns": arns})
		case "ecs DescribeTasks":
			tasks := []any{map[string]any{"group": "family:batch", "lastStatus": "RUNNING", "availabilityZone": "us-east-1f"}}
			for i, host := range x.hosts {
				task := map[string]any{
					"group": "service:shop-" + env + "-api", "lastStatus": "RUNNING", "availabilityZone": "us-east-1" + string(rune('a'+i%3)),
					"containers": []any{map[string]any{"name": "api", "image": x.image, "imageDigest": x.digest}},
				}
				if host != "" {
					task["containerInstanceArn"] = host
				}
				tasks = append(tasks, task)
			}
			return document(map[string]any{"tasks": append(tasks, map[string]any{"group": "service:shop-" + env + "-api", "lastStatus": "STOPPED", "availabilityZone": "us-east-1z"})})
		case "ssm DescribeInstanceInformation":
			var in struct{ Filters []struct{ Values []string } }
			_ = json.Unmarshal([]byte(body), &in)
			nodes := []any{}
			for _, f := range in.Filters {
				for _, id := range f.Values {
					nodes = append(nodes, map[string]any{"InstanceId": id, "AgentVersion": x.agent, "PlatformName": "Amazon Linux", "PlatformVersion": "2023"})
				}
			}
			return document(map[string]any{"InstanceInformationList": nodes})
		case "ssm ListInventoryEntries":
			entries := []any{}
			for _, name := range slices.Sorted(maps.Keys(x.packages)) {
				entries = append(entries, map[string]any{"Name": name, "Version": x.packages[name]})
			}
			// The second page, where it is asked for.
			if !strings.Contains(body, "NextToken") {
				return document(map[string]any{"Entries": entries[:1], "NextToken": "more"})
			}
			return document(map[string]any{"Entries": entries[1:]})
		case "rds DescribePendingMaintenanceActions":
			actions := ""
			if arn := rec.told("DescribeDBInstances", "DBInstanceArn"); x.pending != "" {
				actions = "<ResourcePendingMaintenanceActions><ResourceIdentifier>" + arn + "</ResourceIdentifier><PendingMaintenanceActionDetails><PendingMaintenanceAction><Action>" + x.pending + "</Action></PendingMaintenanceAction></PendingMaintenanceActionDetails></ResourcePendingMaintenanceActions>"
			}
			return reply(200, "text/xml", "<DescribePendingMaintenanceActionsResponse><DescribePendingMaintenanceActionsResult><PendingMaintenanceActions>"+actions+"</PendingMaintenanceActions></DescribePendingMaintenanceActionsResult></DescribePendingMaintenanceActionsResponse>")
		case "elasticache DescribeUpdateActions":
			actions := ""
			if id := rec.told("DescribeReplicationGroups", "ReplicationGroupId"); x.update != "" {
				actions = "<UpdateAction><ReplicationGroupId>" + id + "</ReplicationGroupId><ServiceUpdateName>" + x.update + "</ServiceUpdateName><UpdateActionStatus>not-applied</UpdateActionStatus></UpdateAction>"
			}
			return reply(200, "text/xml", "<DescribeUpdateActionsResponse><DescribeUpdateActionsResult><UpdateActions>"+actions+"</UpdateActions></DescribeUpdateActionsResult></DescribeUpdateActionsResponse>")
		}
		return nil
	}
	return rec
}

var (
	runningProduction = running{
		image: "registry.example.com/shop/api:2026.11.3", digest: "sha256:aaa", hosts: []string{"h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9"},
		agent: "3.3.0", packages: map[string]string{"openssl": "3.0.8", "zlib": "1.2.11"}, pending: "", update: "",
	}
	// The same in the staging-model, where there are three tasks.
	runningModel = running{
		image: "registry.example.com/shop/api:2026.11.3", digest: "sha256:aaa", hosts: []string{"s1", "s2", "s3"},
		agent: "3.3.0", packages: map[string]string{"openssl": "3.0.8", "zlib": "1.2.11"},
	}
)

func observeRunning(t *testing.T, name string, x running) *parity.Snapshot {
	t.Helper()
	snap := observe(t, "aws://us-east-1?tag.Environment="+environments[name], x.tell(recorded(t, name)))
	require.Empty(t, snap.Incomplete)
	return snap
}

func resource(t *testing.T, snap *parity.Snapshot, typ string) parity.Value {
	t.Helper()
	for _, r := range snap.Resources {
		if r.Type == typ && r.Attributes.Get(parity.OnlyLive).Kind == parity.Object {
			return r.Attributes.Get(parity.OnlyLive)
		}
	}
	t.Fatalf("no %s tells what only running things do", typ)
	return parity.Value{}
}

func TestWhatRunsIsTold(t *testing.T) {
	x := runningProduction
	x.pending, x.update = "system-update", "elasticache-20261101"
	snap := observeRunning(t, "production", x)

	service := resource(t, snap, "aws_ecs_service")
	assert.Equal(t, "registry.example.com/shop/api:2026.11.3@sha256:aaa", service.Get("images").Get("api").Str())
	assert.Len(t, service.Get("hosts").Items(), 9)
	assert.Len(t, service.Get("zones").Items(), 3, "neither of tasks of others nor of those that have stopped")

	group := resource(t, snap, "aws_autoscaling_group")
	assert.Equal(t, "3.3.0", group.Get("agent_version").Str())
	assert.Equal(t, "Amazon Linux 2023", group.Get("platform").Str())
	assert.Equal(t, "3.0.8", group.Get("packages").Get("openssl").Str())
	assert.Equal(t, "1.2.11", group.Get("packages").Get("zlib").Str(), "of the second page")
	assert.Equal(t, "3.0.8", resource(t, snap, "aws_instance").Get("packages").Get("openssl").Str())

	pending := []string{}
	for _, r := range snap.Resources {
		if r.Type == "aws_db_instance" {
			pending = append(pending, r.Attributes.Get(parity.OnlyLive).Get("pending_maintenance").Str())
		}
	}
	assert.Contains(t, pending, "system-update")
	assert.Contains(t, pending, "", "of others nothing is pending")
	assert.Equal(t, "elasticache-20261101", resource(t, snap, "aws_elasticache_replication_group").Get("pending_maintenance").Str())
}

// TestWhatRunsIsCompared: where both sides are live.
func TestWhatRunsIsCompared(t *testing.T) {
	base := observeRunning(t, "production", runningProduction)
	for name, c := range map[string]struct {
		change func(*running)
		want   []string
	}{
		"the same": {func(*running) {}, nil},
		"a tag that was moved": {
			func(x *running) { x.digest = "sha256:bbb" },
			[]string{"warning version/digest aws_ecs_service live.images.api: registry.example.com/shop/api:2026.11.3@sha256:aaa, registry.example.com/shop/api:2026.11.3@sha256:bbb"},
		},
		"another release": {
			func(x *running) { x.image, x.digest = "registry.example.com/shop/api:2026.11.4", "sha256:ccc" },
			[]string{"info version/release aws_ecs_service live.images.api: registry.example.com/shop/api:2026.11.3@sha256:aaa, registry.example.com/shop/api:2026.11.4@sha256:ccc"},
		},
		"all on one host": {
			func(x *running) { x.hosts = []string{"s1", "s1", "s1"} },
			[]string{"error one-box/collapsed aws_ecs_service live.hosts: 9, 1"},
		},
		"patched by hand": {
			func(x *running) {
				x.agent, x.packages = "3.2.0", map[string]string{"openssl": "3.0.7", "zlib": "1.2.11"}
			},
			[]string{
				"info version/agent aws_autoscaling_group live.agent_version: 3.3.0, 3.2.0",
				"info version/agent aws_instance live.agent_version: 3.3.0, 3.2.0",
				"warning version/package aws_autoscaling_group live.packages.openssl: 3.0.8, 3.0.7",
				"warning version/package aws_instance live.packages.openssl: 3.0.8, 3.0.7",
			},
		},
		"maintenance is pending": {
			func(x *running) { x.pending, x.update = "db-upgrade", "elasticache-20261101" },
			[]string{
				"info version/maintenance aws_db_instance live.pending_maintenance: , db-upgrade",
				"info version/maintenance aws_elasticache_replication_group live.pending_maintenance: , elasticache-20261101",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := runningModel
			c.change(&x)
			known := findings(compare(t, base, observeRunning(t, "staging-model", runningModel)))
			got := findings(compare(t, base, observeRunning(t, "staging-model", x)))
			assert.Equal(t, c.want, slices.DeleteFunc(got, func(f string) bool { return slices.Contains(known, f) }))
		})
	}
}

// TestStatesDoNotTellWhatRuns: that a state lacks it is no difference, but counted as
// not compared.
func TestStatesDoNotTellWhatRuns(t *testing.T) {
	running := observeRunning(t, "staging-model", runningModel)
	quiet := liveOf(t, "staging-model")
	for _, pair := range [][3]*parity.Snapshot{
		{stateOf(t, "production"), running, quiet},
		{running, stateOf(t, "staging-onebox"), nil},
	} {
		r := compare(t, pair[0], pair[1])
		for _, f := range findings(r) {
			assert.NotContains(t, f, parity.OnlyLive+".")
		}
		if pair[2] != nil {
			assert.Equal(t, findings(compare(t, pair[0], pair[2])), findings(r))
			assert.Greater(t, r.Unknown, compare(t, pair[0], pair[2]).Unknown)
		}
	}
}

// TestEmulatorsNeedNotKnowWhatRuns: where an endpoint of the user's does not know the
// calls, nothing of the kind is there; of AWS, and where access is denied, it is missing.
func TestEmulatorsNeedNotKnowWhatRuns(t *testing.T) {
	extras := []string{"ecs ListTasks", "elasticache DescribeUpdateActions", "rds DescribePendingMaintenanceActions", "ssm DescribeInstanceInformation"}
	gaps := func(status int, contentType, body string, load ...func(*config.LoadOptions) error) []string {
		rec := recorded(t, "production")
		rec.answer = func(service, operation string, _ *http.Request, _ string) *http.Response {
			if slices.Contains(extras, service+" "+operation) {
				return reply(status, contentType, body)
			}
			return nil
		}
		opt := options(rec)
		opt.Load = append(opt.Load, load...)
		s, err := live.Parse("aws://us-east-1?tag.Environment=production")
		require.NoError(t, err)
		snap, err := s.Observe(t.Context(), opt)
		require.NoError(t, err)
		out := []string{}
		for _, g := range snap.Incomplete {
			if g.Service != "cloudwatch" { // which was recorded in another protocol than AWS's own endpoint is asked in
				out = append(out, g.Service+" "+g.Call)
			}
		}
		return out
	}
	assert.Empty(t, gaps(501, "text/plain", "not yet"))
	assert.Empty(t, gaps(500, "text/html", "<!doctype html><title>500 Internal Server Error</title>"))
	assert.Equal(t, extras, gaps(501, "text/plain", "not yet", withoutEndpoint))
	assert.Equal(t, extras, gaps(403, "", `{"__type":"AccessDeniedException"}`))
}

// TestDigestsOfTags: the images that the tags of a task definition stand for, of the
// account's own registry.
func TestDigestsOfTags(t *testing.T) {
	images := func(t *testing.T, image string, gone bool) (string, int) {
		rec := recorded(t, "production")
		rec.answer = func(service, operation string, _ *http.Request, body string) *http.Response {
			switch service + " " + operation {
			case "ecs DescribeTaskDefinition":
				for _, e := range rec.exchanges {
					if e.Operation == operation {
						return reply(200, "", strings.Replace(e.Response.Body, "registry.example.com/shop/api:2026.11.3", image, 1))
					}
				}
			case "ecr DescribeImages":
				assert.Contains(t, body, `"repositoryName":"shop/api"`)
				if gone {
					return reply(400, "", `{"__type":"ImageNotFoundException"}`)
				}
				return reply(200, "", `{"imageDetails":[{"imageDigest":"sha256:ddd","imageTags":["other","7"]}]}`)
			}
			return nil
		}
		snap := observe(t, "aws://us-east-1?tag.Environment=production", rec)
		assert.Empty(t, snap.Incomplete)
		for _, r := range snap.Resources {
			if r.Type == "aws_ecs_task_definition" {
				return r.Attributes.Get(parity.OnlyLive).Get("images").Get("api").Str(), rec.calls["ecr DescribeImages"]
			}
		}
		t.Fatal("no task definition")
		return "", 0
	}
	const own = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/api"
	for name, c := range map[string]struct {
		image string
		gone  bool
		want  string
		calls int
	}{
		"tag":              {own + ":7", false, own + ":7@sha256:ddd", 1},
		"tag that is gone": {own + ":7", true, "", 1},
		"another tag":      {own + ":8", false, "", 1},
		"digest":           {own + "@sha256:eee", false, "", 0},
		"another account":  {"999999999999.dkr.ecr.us-east-1.amazonaws.com/shop/api:7", false, "", 0},
		"another region":   {"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/api:7", false, "", 0},
		"another registry": {"registry.example.com/shop/api:7", false, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, calls := images(t, c.image, c.gone)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.calls, calls)
		})
	}
}

// TestWhatNobodyUses: revisions and layers are found where they are in use, or where the
// known state has them; what it has and is not there any more is gone.
func TestWhatNobodyUses(t *testing.T) {
	layer := func(name string) string { return "arn:aws:lambda:us-east-1:123456789012:layer:" + name }
	rec := recorded(t, "production")
	rec.answer = func(service, operation string, req *http.Request, body string) *http.Response {
		switch service + " " + operation {
		case "lambda ListFunctions":
			for _, e := range rec.exchanges {
				if e.Operation == operation {
					return reply(200, "", strings.Replace(e.Response.Body, `"Layers": []`, `"Layers": [{"Arn":"`+layer("shared:3")+`"},{"Arn":"arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:38"}]`, 1))
				}
			}
		case "lambda ListLayerVersions":
			name := strings.Split(strings.TrimPrefix(req.URL.Path, "/2018-10-31/layers/"), "/")[0]
			versions := `{"LayerVersions":[{"LayerVersionArn":"` + name + `:4","Version":4},{"LayerVersionArn":"` + name + `:3","Version":3,"CompatibleRuntimes":["python3.12"]}]}`
			return reply(200, "", versions)
		case "ecs DescribeTaskDefinition":
			if strings.Contains(body, "batch") {
				return reply(200, "", `{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:us-east-1:123456789012:task-definition/batch:2","family":"batch","status":"ACTIVE"}}`)
			}
			if strings.Contains(body, "old") {
				return reply(200, "", `{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:us-east-1:123456789012:task-definition/old:1","family":"old","status":"INACTIVE"}}`)
			}
			if strings.Contains(body, "never") {
				return reply(400, "", `{"__type":"ClientException","message":"Unable to describe task definition."}`)
			}
		}
		return nil
	}
	state := stateOf(t, "production")
	for typ, arns := range map[string][]string{
		"aws_ecs_task_definition":  {"arn:aws:ecs:us-east-1:123456789012:task-definition/batch:2", "arn:aws:ecs:us-east-1:123456789012:task-definition/old:1", "arn:aws:ecs:us-east-1:123456789012:task-definition/never:1"},
		"aws_lambda_layer_version": {layer("tools:4"), layer("tools:1")},
	} {
		for _, arn := range arns {
			name := strings.NewReplacer("/", "_", ":", "_").Replace(arn[strings.LastIndex(arn, ":")-5:])
			state.Resources = append(state.Resources, parity.NewResource(parity.Declaration{Type: typ, Name: name}, parity.Place{}, parity.ObjectOf([]string{"arn"}, []parity.Value{parity.Text(arn)})))
		}
	}
	s, err := live.Parse("aws://us-east-1?tfstate=shop.tfstate")
	require.NoError(t, err)
	opt := options(rec)
	opt.Known = state
	snap, err := s.Observe(t.Context(), opt)
	require.NoError(t, err)
	assert.Empty(t, snap.Incomplete)
	found := []string{}
	for _, r := range snap.Resources {
		if r.Type == "aws_lambda_layer_version" || r.Type == "aws_ecs_task_definition" {
			found = append(found, r.Attributes.Get("arn").Str())
		}
	}
	assert.ElementsMatch(t, []string{
		layer("shared:3"), layer("tools:4"), "arn:aws:ecs:us-east-1:123456789012:task-definition/batch:2", "arn:aws:ecs:us-east-1:123456789012:task-definition/shop-production-api:1",
	}, found, "layers of others are none of the account's")
	assert.Len(t, snap.Gone, 3)
}
