package provision

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
)

// A source is the same when the definition that was written of it is read.
func TestDraftObserves(t *testing.T) {
	for _, o := range []Observation{
		{Kind: "state", Source: "/infra/pro\"d${x}.tfstate"},
		{Kind: "state", Source: "/project/environments/deep/prod.tfstate"},
		{Kind: "snapshot", Source: "/infra/prod.json"},
		{Kind: "terraform", Source: "/infra/production"},
		{Kind: "terraform", Source: "/infra/production#blue"},
		{Kind: "aws", Source: "aws://us-east-1"},
		{Kind: "aws", Source: "aws://?profile=p"},
		{Kind: "aws", Source: "aws://eu-west-1,us-east-1?external_id=e&max_calls=10&name=a%2A&name=b&profile=p&rate=2.5&role=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&stack=s&tag.Environment=production&tag.a%2Fb=c&tfstate=%2Finfra%2Fx.tfstate&timeout=10s&vpc=vpc-1&without.sqs=not+ours"},
	} {
		t.Run(o.Source, func(t *testing.T) {
			draft := Draft{Baseline: o, Candidate: o, Report: &parity.Report{}}
			defs, diags := Parse(draft.Files("/project/environments"))
			require.False(t, diags.HasErrors(), "%v", diags)
			for _, name := range []string{"production", "staging"} {
				require.Len(t, defs.Environments[name].Observe, 1)
				got := defs.Environments[name].Observe[0]
				assert.Equal(t, o.Kind, got.Kind)
				assert.Equal(t, o.Source, got.Source)
			}
		})
	}
}

func TestPlainRatio(t *testing.T) {
	for k, want := range map[float64]string{1: "1/1", 0.25: "1/4", 0.3333: "1/3", 0.6667: "2/3", 2: "2/1", 0.4286: "3/7", 0.0833: "1/12", 0.00004: "0.00004"} {
		assert.Equal(t, want, plainRatio(k))
	}
}
