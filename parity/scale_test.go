package parity

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseRatio(t *testing.T) {
	good := map[string]float64{
		"1/4": 0.25, "1:4": 0.25, "0.25": 0.25, "25%": 0.25, " 1 / 4 ": 0.25, "1": 1, "1/1": 1, "3/2": 1.5, "100%": 1,
		"12.5%": 0.125, "2": 2, "1000": 1000, ".5": 0.5, "1e-2": 0.01, "0.5/2": 0.25,
	}
	for text, want := range good {
		got, err := ParseRatio(text)
		assert.NoError(t, err, text)
		assert.InDelta(t, want, got, 1e-12, text)
	}
	for _, text := range []string{
		"", " ", "0", "0/4", "1/0", "-1/4", "1/-4", "quarter", "1/4/2", "1:4:2", "1//4", "%", "25%%", "1/4%", "NaN", "Inf", "1/Inf", "-25%",
		"1001", "1e300", "1e-400", "1,5", "0x", "1/",
	} {
		_, err := ParseRatio(text)
		assert.ErrorContains(t, err, "is no scale", text)
	}
}

// max(m, round(k·p)) with m = min(p, minimum).
func TestExpected(t *testing.T) {
	tests := []struct {
		p       int
		k       float64
		minimum int
		want    int
	}{
		{12, 0.25, 2, 3},
		{12, 1.0 / 3, 2, 4},
		{9, 0.25, 2, 2},  // 2.25
		{10, 0.25, 2, 3}, // 2.5 is rounded up
		{6, 0.25, 2, 2},
		{3, 0.25, 2, 2}, // the minimum
		{3, 0.25, 3, 3},
		{2, 0.01, 2, 2},
		{1, 0.25, 2, 1}, // no more than the baseline has
		{1, 1, 2, 1},
		{0, 0.25, 2, 0}, // a tier that is switched off
		{4, 1, 2, 4},
		{4, 2, 2, 8}, // a candidate may be the larger one
		{100, 0.01, 1, 1},
		{100, 0.001, 1, 1},
		{1000, 0.0015, 2, 2},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, Expected(tt.p, tt.k, tt.minimum), "%+v", tt)
	}
	for p := range 200 {
		for _, k := range []float64{0.01, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 1} {
			got := Expected(p, k, 2)
			assert.LessOrEqual(t, got, p, "a smaller scale has no more members: %d at %g", p, k)
			assert.GreaterOrEqual(t, got, min(p, 2), "%d at %g", p, k)
			assert.LessOrEqual(t, got, Expected(p+1, k, 2), "more members, no fewer expected")
		}
	}
}

func TestWeightedMedian(t *testing.T) {
	tests := []struct {
		name string
		in   []weighted
		want float64
	}{
		{"none", nil, 0},
		{"one", []weighted{{0.25, 3}}, 0.25},
		{"the heavier", []weighted{{1, 1}, {0.25, 12}, {0.5, 2}}, 0.25},
		{"half is reached", []weighted{{0.5, 2}, {0.25, 2}}, 0.25},
		{"order does not matter", []weighted{{0.9, 1}, {0.1, 1}, {0.5, 1}}, 0.5},
		{"one tier far off", []weighted{{1.0 / 3, 12}, {1.0 / 3, 9}, {1.0 / 3, 6}, {0.05, 20}}, 1.0 / 3},
		{"no weight", []weighted{{0.5, 0}}, 0.5},
	}
	for _, tt := range tests {
		assert.InDelta(t, tt.want, weightedMedian(tt.in), 1e-12, tt.name)
	}
}

func TestRatioText(t *testing.T) {
	for k, want := range map[float64]string{
		0.25: "1/4", 1.0 / 3: "1/3", 0.3333: "1/3", 1: "1/1", 0.5: "1/2", 2: "2/1", 0.75: "3/4", 0.05: "1/20",
		0: "unknown", -1: "unknown", 0.001: "0.001", 1.5: "3/2", 0.42: "5/12",
	} {
		assert.Equal(t, want, RatioText(k), "%g", k)
	}
	for d := 1; d <= 20; d++ { // what is said is what was meant
		k, err := ParseRatio(RatioText(1 / float64(d)))
		assert.NoError(t, err)
		assert.InDelta(t, 1/float64(d), k, 0.004)
	}
}
