package local

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// stringRule is a validator of known strings.
type stringRule struct {
	says  string
	holds func(string) bool
}

func (r stringRule) Description(context.Context) string         { return r.says }
func (r stringRule) MarkdownDescription(context.Context) string { return r.says }

func (r stringRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || r.holds(req.ConfigValue.ValueString()) {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+req.Path.String(), fmt.Sprintf("%q: %s.", req.ConfigValue.ValueString(), r.says))
}

// label matches what can be a part of a host's name, a file's and a database's.
var label = lazyregexp.New(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// isName holds of names of services and balancers.
var isName = stringRule{"a name has letters a-z, digits and dashes within, 63 at most", label.MatchString}

// isHost holds of one or more labels.
var isHost = stringRule{"a host has letters a-z, digits, and dashes and dots within; .localhost is added to it", func(host string) bool {
	return len(host) <= 200 && !slices.ContainsFunc(strings.Split(host, "."), func(part string) bool { return !label.MatchString(part) })
}}

// isDuration holds of durations above zero.
var isDuration = stringRule{`a duration is a number with its unit, as "500ms", "10s" or "2m", and above zero`, func(text string) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d > 0
}}

// isPath holds of paths of URLs.
var isPath = stringRule{`a path begins with "/" and has no blanks`, func(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' })
}}

// oneOf holds of the words.
func oneOf(words ...string) stringRule {
	return stringRule{"it is one of " + strings.Join(words, ", "), func(word string) bool { return slices.Contains(words, word) }}
}

// between holds of numbers within bounds.
type between struct{ low, high int64 }

func (b between) Description(context.Context) string {
	return fmt.Sprintf("it is a number from %d to %d", b.low, b.high)
}
func (b between) MarkdownDescription(ctx context.Context) string { return b.Description(ctx) }

func (b between) ValidateInt64(ctx context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	n := req.ConfigValue
	if n.IsNull() || n.IsUnknown() || n.ValueInt64() >= b.low && n.ValueInt64() <= b.high {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+req.Path.String(), fmt.Sprintf("%d: %s.", n.ValueInt64(), b.Description(ctx)))
}

// duration reads a string that has passed isDuration.
func duration(text types.String) time.Duration {
	d, _ := time.ParseDuration(text.ValueString())
	return d
}
