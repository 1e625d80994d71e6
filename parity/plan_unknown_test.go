package parity_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// A program that is told of a balancer is a client of it, and not behind it: where a plan does not know the address yet,
// nothing is missing.
func TestAClientOfABalancerIsNotBehindIt(t *testing.T) {
	snapshot := func(environment string, url parity.Value) *parity.Snapshot {
		object := func(pairs ...any) parity.Value {
			var keys []string
			var values []parity.Value
			for i := 0; i < len(pairs); i += 2 {
				keys, values = append(keys, pairs[i].(string)), append(values, pairs[i+1].(parity.Value))
			}
			return parity.ObjectOf(keys, values)
		}
		text := parity.Text
		return &parity.Snapshot{Environment: environment, Resources: []parity.Resource{
			parity.NewResource(parity.Declaration{Type: "maquette_balancer", Name: "api"}, parity.Place{}, object(
				"id", text(environment+"/balancers/api"), "name", text("api"), "local_url", text("http://127.0.0.1:26001"))),
			parity.NewResource(parity.Declaration{Type: "maquette_service", Name: "web"}, parity.Place{}, object(
				"id", text(environment+"/services/web"), "name", text("web"), "members", parity.Value{Kind: parity.Number, Text: "2"},
				"environment", object("API_URL", url))),
		}}
	}
	rep := parity.Compare(snapshot("production", parity.Text("http://127.0.0.1:26001")), snapshot("staging", parity.Value{Kind: parity.Unknown}),
		loadCatalog(t), parity.DefaultOptions())
	require.Len(t, rep.Tiers, 2)
	assert.Empty(t, rep.Findings)
}

// A list of names of which a plan knows some is not another list.
func TestListsThatAreKnownInPart(t *testing.T) {
	snapshot := func(environment string, subnets ...parity.Value) *parity.Snapshot {
		return &parity.Snapshot{Environment: environment, Resources: []parity.Resource{parity.NewResource(parity.Declaration{Type: "aws_db_subnet_group", Name: "main"}, parity.Place{}, parity.ObjectOf([]string{"name", "subnet_ids"}, []parity.Value{parity.Text(environment), parity.ListOf(subnets)}))}}
	}
	unknown := parity.Value{Kind: parity.Unknown}
	production := snapshot("production", parity.Text("eu-west-1a"), parity.Text("eu-west-1b"), parity.Text("eu-west-1c"))
	rep := parity.Compare(production, snapshot("staging", unknown, parity.Text("eu-west-1a"), unknown), loadCatalog(t), parity.DefaultOptions())
	assert.Empty(t, rep.Findings)
	assert.NotZero(t, rep.Unknown)
	rep = parity.Compare(production, snapshot("staging", unknown), loadCatalog(t), parity.DefaultOptions())
	assert.Len(t, rep.Findings, 1, "there are more than are unknown")
}
