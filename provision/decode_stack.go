package provision

import (
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

var terraformSchema = &hcl.BodySchema{
	Attributes: attributes("", "source binary variables"),
	Blocks:     []hcl.BlockHeaderSchema{{Type: "backend", LabelNames: []string{"type"}}, {Type: "provider", LabelNames: []string{"name"}}},
}

func (d *decoder) terraform(block *hcl.Block) *Terraform {
	b := d.read(block, terraformSchema, "backend")
	tf := &Terraform{
		Range: block.DefRange, VariablesRng: b.at("variables"), sourceRange: b.at("source"),
		Variables: map[string]hcl.Expression{}, Providers: map[string]*ProviderBlock{}, keys: map[string]hcl.Range{},
	}
	tf.Source, tf.Local = d.source(b)
	tf.badSource = tf.Source == "" && b.has("source")
	tf.Binary = d.text(b, "binary")
	if strings.Contains(tf.Binary, "/") {
		tf.Binary = joined(b.dir, tf.Binary)
	}
	if attr := b.Attributes["variables"]; attr != nil {
		d.variables(tf, attr.Expr)
	}
	if block := b.one("backend"); block != nil {
		tf.Backend = d.backend(block)
	}
	for _, block := range b.all("provider") {
		name := block.Labels[0]
		switch earlier := tf.Providers[name]; {
		case !hclsyntax.ValidIdentifier(name):
			d.errorf(block.LabelRanges[0], "Bad provider", "Name a provider as Terraform does in the source: \"aws\".")
		case earlier != nil:
			d.errorf(block.DefRange, "Duplicate provider", "The provider %q has settings at %s already.", name, place(earlier.Range))
		default:
			tf.Providers[name] = &ProviderBlock{Config: d.settings(block), Range: block.DefRange}
		}
	}
	return tf
}

// source reads where the module is. As in Terraform, a path is local only when it starts with ./, ../ or /.
func (d *decoder) source(b body) (source string, local bool) {
	text := d.text(b, "source")
	if text == "." || text == ".." || strings.HasPrefix(text, "./") || strings.HasPrefix(text, "../") || filepath.IsAbs(text) {
		return joined(b.dir, text), true
	}
	return text, false
}

// variables keeps the expression of each variable.
func (d *decoder) variables(tf *Terraform, expr hcl.Expression) {
	object, ok := expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		d.errorf(expr.Range(), "Variables are written out", "Write the variables as { name = value, … }, so that each can be inherited and checked by its name.")
		return
	}
	for _, item := range object.Items {
		key, diags := item.KeyExpr.Value(nil)
		if diags.HasErrors() || key.IsNull() || !key.IsKnown() || key.Type() != cty.String {
			d.errorf(item.KeyExpr.Range(), "Variables are written out", "A variable's name is a literal: it cannot be computed.")
			continue
		}
		name := key.AsString()
		if earlier, found := tf.keys[name]; found {
			d.errorf(item.KeyExpr.Range(), "Duplicate variable", "The variable %q has a value at %s already.", name, place(earlier))
			continue
		}
		tf.Names = append(tf.Names, name)
		tf.keys[name] = item.KeyExpr.Range()
		tf.Variables[name] = item.ValueExpr
	}
}

func (d *decoder) backend(block *hcl.Block) *BackendBlock {
	backend := &BackendBlock{Type: block.Labels[0], Config: d.settings(block), Range: block.DefRange}
	if strings.TrimSpace(backend.Type) == "" {
		d.errorf(block.LabelRanges[0], "Bad backend", "Name a backend of Terraform's, as \"s3\".")
	}
	return backend
}

// settings keeps what a block says for a part of Terraform's. Any are taken: only Terraform knows them.
func (d *decoder) settings(block *hcl.Block) map[string]hcl.Expression {
	config := map[string]hcl.Expression{}
	content := block.Body.(*hclsyntax.Body)
	for _, inner := range content.Blocks {
		d.errorf(inner.DefRange(), "Unsupported block type", "In a %s, write a block as an argument: %s = { … }.", block.Type, inner.Type)
	}
	for name, attr := range content.Attributes {
		config[name] = attr.Expr
	}
	return config
}

var throwawaySchema = &hcl.BodySchema{
	Attributes: attributes("ttl", "max_ttl name"),
	Blocks:     []hcl.BlockHeaderSchema{{Type: "quota"}},
}

var quotaSchema = &hcl.BodySchema{Attributes: attributes("", "per_owner total")}

func (d *decoder) throwaway(block *hcl.Block) *Throwaway {
	b := d.read(block, throwawaySchema, "quota")
	throwaway := &Throwaway{Range: block.DefRange, TTL: d.duration(b, "ttl"), MaxTTL: d.duration(b, "max_ttl")}
	if throwaway.MaxTTL > 0 && throwaway.TTL > throwaway.MaxTTL {
		d.errorf(b.at("ttl"), "ttl longer than max_ttl", "Instances would live for %s, and may for %s at most. Raise max_ttl or lower ttl.",
			Duration(throwaway.TTL), Duration(throwaway.MaxTTL))
	}
	if attr := b.Attributes["name"]; attr != nil {
		throwaway.Name = attr.Expr
	}
	if block := b.one("quota"); block != nil {
		b := d.read(block, quotaSchema)
		throwaway.Quota.PerOwner, _ = d.integer(b, "per_owner", 1)
		throwaway.Quota.Total, _ = d.integer(b, "total", 1)
	}
	return throwaway
}
