package provision

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestApportion(t *testing.T) {
	for _, c := range []struct {
		name   string
		seats  int
		shares []share
		want   []int
	}{
		{"in proportion", 10, []share{{"api", 6, 0}, {"web", 12, 0}, {"worker", 2, 0}}, []int{3, 6, 1}},
		{"the minimum first", 6, []share{{"api", 6, 2}, {"db", 1, 1}, {"web", 12, 2}}, []int{2, 1, 3}},
		{"nothing above the minimums", 5, []share{{"api", 6, 2}, {"db", 1, 1}, {"web", 12, 2}}, []int{2, 1, 2}},
		{"equals: the first by name", 3, []share{{"a", 5, 0}, {"b", 5, 0}}, []int{2, 1}},
		// 3/(2·1+1) = 1/(2·0+1): the heavier gets it.
		{"equals: the heavier", 2, []share{{"a", 1, 0}, {"b", 3, 0}}, []int{0, 2}},
		{"more than the model", 40, []share{{"api", 6, 2}, {"web", 12, 2}}, []int{13, 27}},
		{"one", 7, []share{{"web", 12, 2}}, []int{7}},
		{"none", 0, nil, []int{}},
		// 61 seats of the Swiss example of Sainte-Laguë's method with 7 parties is not ours; this one is worked by hand:
		// quotients 53/1, 24/1, 23/1, 53/3, 53/5, 24/3, 23/3, 53/7.
		{"by hand", 7, []share{{"a", 53, 0}, {"b", 24, 0}, {"c", 23, 0}}, []int{3, 2, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, apportion(c.seats, c.shares))
		})
	}
}

func TestApportionProperties(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var shares []share
		least := 0
		for i := range 1 + random.IntN(8) {
			weight := 1 + random.IntN(60)
			s := share{fmt.Sprintf("tier-%d", i), weight, min(weight, random.IntN(4))}
			least += s.minimum
			shares = append(shares, s)
		}
		var before []int
		for seats := least; seats < least+40; seats++ {
			got := apportion(seats, shares)
			sum := 0
			for i, n := range got {
				sum += n
				require.GreaterOrEqual(t, n, shares[i].minimum, "never below the minimum")
				if before != nil {
					require.GreaterOrEqual(t, n, before[i], "a larger budget takes nothing away")
				}
				for j, m := range got {
					// Webster: no seat has a worse claim than one that was refused.
					if n > shares[i].minimum {
						require.GreaterOrEqual(t, shares[i].weight*(2*m+1), shares[j].weight*(2*n-1))
					}
				}
			}
			require.Equal(t, seats, sum)
			require.Equal(t, got, apportion(seats, shares), "the same each time")
			before = got
		}
	}
}

const production = `
environment "production" {
  tier "web" {
    members = 12
    size    = "m5.2xlarge"
  }
  tier "api" {
    members = 5
  }
  tier "db" {
    members = 1
  }
  tier "off" {
    members = 0
  }
}
`

func TestDerive(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       map[string]int
	}{
		{"as large as the model", ``, map[string]int{"web": 12, "api": 5, "db": 1, "off": 0}},
		{"ratio, minimum 2", `scale { ratio = "1/4" }`, map[string]int{"web": 3, "api": 2, "db": 1, "off": 0}},
		{"ratio, percent", `scale { ratio = "50%" }`, map[string]int{"web": 6, "api": 3, "db": 1, "off": 0}},
		{"ratio as a number", `scale { ratio = 1/3 }`, map[string]int{"web": 4, "api": 2, "db": 1, "off": 0}},
		{"a minimum of its own", "scale {\n ratio = \"1/10\"\n minimum = 4\n}", map[string]int{"web": 4, "api": 4, "db": 1, "off": 0}},
		{"a minimum of one", "scale {\n ratio = \"1/10\"\n minimum = 1\n}", map[string]int{"web": 1, "api": 1, "db": 1, "off": 0}},
		{"larger", `scale { ratio = 2 }`, map[string]int{"web": 24, "api": 10, "db": 2, "off": 0}},
		{"overrides", "scale {\n ratio = \"1/4\"\n tier \"web\" {\n members = 7\n }\n tier \"api\" {\n ratio = \"1/1\"\n }\n}", map[string]int{"web": 7, "api": 5, "db": 1, "off": 0}},
		{"an override alone", "scale {\n tier \"web\" {\n ratio = \"1/6\"\n minimum = 3\n }\n}", map[string]int{"web": 3, "api": 5, "db": 1, "off": 0}},
		{"its own tiers", "scale { ratio = \"1/4\" }\n tier \"web\" {\n members = 9\n }\n tier \"mail\" {\n members = 1\n }", map[string]int{"web": 9, "api": 2, "db": 1, "off": 0, "mail": 1}},
		{"budget", `scale { budget = 9 }`, map[string]int{"web": 6, "api": 2, "db": 1, "off": 0}},
		{"budget, some of it given", "scale {\n budget = 12\n tier \"web\" {\n members = 4\n }\n}\n tier \"mail\" {\n members = 1\n }", map[string]int{"web": 4, "api": 6, "db": 1, "off": 0, "mail": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := mustParse(t, production+"environment \"staging\" {\n model_of = \"production\"\n"+c.body+"\n}\n")
			got := map[string]int{}
			for _, tier := range d.Tiers("staging") {
				got[tier.Name] = tier.Members
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestDeriveSizesAlongALineOfModels(t *testing.T) {
	d := mustParse(t, production+`
environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/4"
    tier "api" {
      size = "t3.small"
    }
  }
}

environment "try" {
  model_of = "staging"
  scale {
    ratio   = "1/3"
    minimum = 1
  }
  tier "db" {
    members = 1
    size    = "t3.nano"
  }
}
`)
	assert.Equal(t, []TierScale{
		{Name: "api", Baseline: 2, Members: 1, Size: "t3.small"},
		{Name: "db", Baseline: 1, Members: 1, Size: "t3.nano"},
		{Name: "off"},
		{Name: "web", Baseline: 3, Members: 1, Size: "m5.2xlarge"},
	}, d.Tiers("try"))
	model, ok := d.Model("try")
	assert.Equal(t, "staging", model)
	assert.True(t, ok)
	_, ok = d.Model("production")
	assert.False(t, ok)
	_, ok = d.Model("nowhere")
	assert.False(t, ok)
	assert.Empty(t, d.Tiers("nowhere"))
}
