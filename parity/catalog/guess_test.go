package catalog

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGuessByName(t *testing.T) {
	secret, reference := Aspect{Kind: Secret}, Aspect{Kind: Reference}
	for _, tt := range []struct {
		name   string
		nested bool
		want   *Aspect
	}{
		{"admin_password", false, &secret},
		{"password", true, &secret},
		{"passwords", false, nil},
		{"app/admin_password", false, nil}, // a key of the user's: no attribute is called so
		{"name", false, &Aspect{Kind: Identity}},
		{"name", true, nil},
		{"description", true, &Aspect{Kind: Identity}},
		{"minimum_healthy_count", false, &Aspect{Kind: Count, Detail: "bound"}},
		{"minimum_count", false, &Aspect{Kind: Count, Detail: "bound"}},
		{"minimum_healthy", false, nil},
		{"db_private_ip_address", false, &Aspect{Kind: Identity}},
		{"source_code_hash", false, &Aspect{Kind: Setting, Detail: "opaque"}}, // the first line that has it
		{"subnet_ids", false, &reference},
		{"a/b_id", true, &reference},
		{"KEY_1", true, nil},
		{"", true, nil},
	} {
		assert.Equal(t, tt.want, guessByName(tt.name, tt.nested), "%q", tt.name)
	}
}
