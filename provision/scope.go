package provision

import "github.com/hashicorp/hcl/v2"

// scope is what expressions see.
type scope struct{}

// Placeholders until instantiate.go has them: to be replaced.

func (b *Blueprint) Checks(outputs map[string]OutputValue) ([]Check, hcl.Diagnostics) {
	return nil, nil
}

func (b *Blueprint) Hooks(when string, outputs map[string]OutputValue) ([]Hook, hcl.Diagnostics) {
	return nil, nil
}
