package parity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/source"
)

// The members of several groups are added up, however many each may have.
func TestMembersOfLargeGroups(t *testing.T) {
	groups := func(capacity int) *parity.Snapshot {
		var instances []string
		for i := range 3 {
			instances = append(instances, fmt.Sprintf(`{"index_key": %d, "attributes": {"id": "asg-%[1]d", "name": "web-%[1]d", "min_size": 1, "max_size": %[2]d, "desired_capacity": %[2]d}}`, i, capacity))
		}
		s, err := source.Read("x", strings.NewReader(`{"version": 4, "resources": [{"mode": "managed", "type": "aws_autoscaling_group", "name": "web",
			"provider": "provider[\"registry.terraform.io/hashicorp/aws\"]", "instances": [`+strings.Join(instances, ", ")+`]}]}`))
		require.NoError(t, err)
		return s
	}
	r := parity.Compare(groups(1_000_000_000), groups(2), loadCatalog(t), parity.DefaultOptions())
	require.Len(t, r.Tiers, 1)
	assert.Equal(t, []int{3_000_000_000, 6}, []int{r.Tiers[0].Baseline.Members, r.Tiers[0].Candidate.Members})
}
