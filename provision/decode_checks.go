package provision

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

var checkSchemas = map[string]*hcl.BodySchema{
	"http":    {Attributes: attributes("url", "status contains within interval timeout")},
	"tcp":     {Attributes: attributes("address", "within interval timeout")},
	"command": {Attributes: attributes("command", "dir environment within interval timeout")},
}

var hookSchema = &hcl.BodySchema{Attributes: attributes("command", "dir environment timeout optional")}

// hookTimes are when hooks run.
var hookTimes = []string{"before_up", "after_up", "before_down", "after_down", "before_rollback", "after_rollback"}

// check keeps the expressions of a check. It is false where they cannot be evaluated.
func (d *decoder) check(block *hcl.Block) (CheckBlock, bool) {
	kind := block.Labels[0]
	schema := checkSchemas[kind]
	if schema == nil {
		kinds := slices.Collect(maps.Keys(checkSchemas))
		d.errorf(block.LabelRanges[0], "Unknown kind of check", "There is no check %q; there are: %s.%s", kind, enumerated(kinds), suggest(kind, kinds))
		return CheckBlock{}, false
	}
	b := d.read(block, schema)
	return CheckBlock{Kind: kind, Config: expressions(b), Range: block.DefRange}, complete(b, schema)
}

// hook keeps the expressions of a hook. It is false where they cannot be evaluated.
func (d *decoder) hook(block *hcl.Block) (HookBlock, bool) {
	when := block.Labels[0]
	known := slices.Contains(hookTimes, when)
	if !known {
		d.errorf(block.LabelRanges[0], "Unknown time of a hook", "No hook runs at %q; hooks run at: %s.%s", when, enumerated(hookTimes), suggest(when, hookTimes))
	}
	b := d.read(block, hookSchema)
	return HookBlock{When: when, Config: expressions(b), Range: block.DefRange}, known && complete(b, hookSchema)
}

func expressions(b body) map[string]hcl.Expression {
	config := map[string]hcl.Expression{}
	for name, attr := range b.Attributes {
		config[name] = attr.Expr
	}
	return config
}

// complete reports whether all that is required is there.
func complete(b body, schema *hcl.BodySchema) bool {
	return !slices.ContainsFunc(schema.Attributes, func(a hcl.AttributeSchema) bool { return a.Required && !b.has(a.Name) })
}
