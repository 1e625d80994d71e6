package parity

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestParseMachine(t *testing.T) {
	tests := []struct {
		name, family, size string
		steps              float64
		known              bool
	}{
		{"m5.large", "m5", "large", 0, true},
		{"m5.xlarge", "m5", "xlarge", 1, true},
		{"m5.2xlarge", "m5", "2xlarge", 2, true},
		{"m5.4xlarge", "m5", "4xlarge", 3, true},
		{"m5.24xlarge", "m5", "24xlarge", 5.5, true},
		{"t3.nano", "t3", "nano", -4, true},
		{"t3.micro", "t3", "micro", -3, true},
		{"t3.small", "t3", "small", -2, true},
		{"t3.medium", "t3", "medium", -1, true},
		{"db.r5.large", "db.r5", "large", 0, true},
		{"db.r5.2xlarge", "db.r5", "2xlarge", 2, true},
		{"cache.t3.small", "cache.t3", "small", -2, true},
		{"r6g.large.search", "r6g.search", "large", 0, true},
		{"kafka.m5.large", "kafka.m5", "large", 0, true},
		{"mq.m5.large", "mq.m5", "large", 0, true},
		{"ml.p3.16xlarge", "ml.p3", "16xlarge", 5, true},
		{"m7i.metal-24xl", "m7i", "metal-24xl", 0, false},
		{"i3.metal", "i3", "metal", 0, false},
		{"m5.0xlarge", "m5", "0xlarge", 0, false},
		// Elsewhere the name as a whole is the family.
		{"Standard_D4s_v3", "Standard_D4s_v3", "", 0, false},
		{"n2-standard-4", "n2-standard-4", "", 0, false},
		{"db-custom-4-15360", "db-custom-4-15360", "", 0, false},
		{"s-2vcpu-4gb", "s-2vcpu-4gb", "", 0, false},
		{"1024/2048", "1024/2048", "", 0, false},
		{"db.serverless", "db.serverless", "", 0, false},
		{"", "", "", 0, false},
		{"...", "...", "", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := parseMachine(tt.name)
			assert.Equal(t, tt.family, got.family)
			assert.Equal(t, tt.size, got.size)
			assert.Equal(t, tt.known, got.known)
			if tt.known {
				assert.InDelta(t, tt.steps, got.steps, 1e-9)
			}
		})
	}
}

// The published sizes of a family lie in one order.
func TestMachineStepsGrow(t *testing.T) {
	last := parseMachine("m5.nano")
	for _, size := range []string{
		"micro", "small", "medium", "large", "xlarge", "2xlarge", "3xlarge", "4xlarge", "6xlarge", "8xlarge", "9xlarge",
		"10xlarge", "12xlarge", "16xlarge", "18xlarge", "24xlarge", "32xlarge", "48xlarge", "56xlarge", "112xlarge",
	} {
		m := parseMachine("m5." + size)
		assert.Greater(t, m.steps, last.steps, size)
		last = m
	}
}

func TestSizeRatio(t *testing.T) {
	tests := []struct {
		a, b  string
		ratio float64
		known bool
	}{
		{"m5.2xlarge", "t3.large", 0.25, true}, // families are not told apart here
		{"db.t3.medium", "db.r5.2xlarge", 8, true},
		{"1024/2048", "256/512", 0.25, true},
		{"512", "1024", 2, true},
		{"Standard_D4s_v3", "Standard_D4s_v3", 1, true},
		{"", "", 1, true},
		{"Standard_D4s_v3", "Standard_D2s_v3", 0, false},
		{"m5.large", "1024", 0, false},
		{"0", "1", 0, false},
		{"1e999", "1", 0, false},
		{"NaN", "1", 0, false},
		{"m5.large", "", 0, false},
	}
	for _, test := range tests {
		ratio, known := SizeRatio(test.a, test.b)
		assert.Equal(t, test.ratio, ratio, "%s %s", test.a, test.b)
		assert.Equal(t, test.known, known, "%s %s", test.a, test.b)
	}
}
