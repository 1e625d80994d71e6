package parity_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// A source that shows some types alone says nothing of others: what it cannot show is not missing, and what only it can
// show is not extra.
func TestSourcesThatShowSomeTypesAlone(t *testing.T) {
	number := func(n string) parity.Value { return parity.Value{Kind: parity.Number, Text: n} }
	rule := func(port string) parity.Value {
		return parity.ObjectOf([]string{"from_port", "to_port", "protocol", "cidr_blocks"},
			[]parity.Value{number(port), number(port), parity.Text("tcp"), parity.ListOf([]parity.Value{parity.Text("10.0.0.0/8")})})
	}
	group := func(port string) parity.Resource {
		return parity.NewResource(parity.Declaration{Type: "aws_security_group", Name: "web"}, parity.Place{}, parity.ObjectOf(
			[]string{"id", "name", "ingress"}, []parity.Value{parity.Text("sg-0123456789abcdef0"), parity.Text("web"), parity.ListOf([]parity.Value{rule(port)})}))
	}
	own := func(typ string, keys []string, values ...parity.Value) parity.Resource {
		return parity.NewResource(parity.Declaration{Type: typ, Name: "x"}, parity.Place{}, parity.ObjectOf(keys, values))
	}
	state := func() *parity.Snapshot {
		return &parity.Snapshot{Environment: "production", Sources: []string{"p.tfstate"}, Resources: []parity.Resource{
			group("443"),
			own("aws_security_group_rule", []string{"id", "security_group_id", "from_port", "type"}, parity.Text("sgrule-1"), parity.Text("sg-0123456789abcdef0"), number("443"), parity.Text("ingress")),
			own("aws_route", []string{"id", "destination_cidr_block"}, parity.Text("r-1"), parity.Text("0.0.0.0/0")),
		}}
	}
	live := func(port string) *parity.Snapshot {
		group := group(port)
		group.Partial = true
		return &parity.Snapshot{Environment: "staging", Sources: []string{"aws://eu-west-1"}, Shows: []string{"aws_security_group"}, Resources: []parity.Resource{group}}
	}
	cat := loadCatalog(t)
	for name, rep := range map[string]*parity.Report{
		"live staging":    parity.Compare(state(), live("443"), cat, parity.DefaultOptions()),
		"live production": parity.Compare(live("443"), state(), cat, parity.DefaultOptions()),
	} {
		assert.Empty(t, rep.Findings, name)
		assert.Equal(t, parity.Pass, rep.Verdict, name)
		assert.Equal(t, map[string]int{"aws_route": 1, "aws_security_group_rule": 1}, rep.Uncompared, name)
	}
	rep := parity.Compare(state(), live("80"), cat, parity.DefaultOptions())
	require.NotEmpty(t, rep.Findings, "the group's own block is all there is to compare")
	assert.Equal(t, "aws_security_group.web", rep.Findings[0].Subject.Candidate)

	// A tier that cannot be seen is missing evidence.
	with := state()
	with.Resources = append(with.Resources, own("aws_elb", []string{"id", "name"}, parity.Text("web"), parity.Text("web")))
	rep = parity.Compare(with, live("443"), cat, parity.DefaultOptions())
	assert.Equal(t, parity.Incomplete, rep.Verdict)
	require.Len(t, rep.Incomplete, 1)
	assert.Contains(t, rep.Incomplete[0].Reason, "it shows no aws_elb")
	assert.Equal(t, "unknown", rep.Tiers[0].Status)
	assert.Empty(t, rep.Findings)

	// Beside a source that shows all, all is shown.
	both := live("443")
	require.NoError(t, both.Merge(&parity.Snapshot{Sources: []string{"s.tfstate"}}))
	assert.Nil(t, both.Shows)
	both = live("443")
	require.NoError(t, both.Merge(&parity.Snapshot{Shows: []string{"aws_vpc"}}))
	assert.Equal(t, []string{"aws_security_group", "aws_vpc"}, both.Shows)
}
