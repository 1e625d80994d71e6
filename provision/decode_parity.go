package provision

import (
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/maquette/maquette/parity"
)

var paritySchema = &hcl.BodySchema{
	Attributes: attributes("", "fail_on tolerance size_step"),
	Blocks: []hcl.BlockHeaderSchema{
		{Type: "ignore"},
		{Type: "waive", LabelNames: []string{"rule"}},
	},
}

var (
	ignoreSchema = &hcl.BodySchema{Attributes: attributes("reason", "type attribute address")}
	waiveSchema  = &hcl.BodySchema{Attributes: attributes("reason owner expires", "tier address")}
)

func (d *decoder) parity(block *hcl.Block) *ParityPolicy {
	b := d.read(block, paritySchema)
	policy := &ParityPolicy{Range: block.DefRange}
	if policy.FailOn = d.text(b, "fail_on"); policy.FailOn != "" {
		var severity parity.Severity
		if err := severity.UnmarshalText([]byte(policy.FailOn)); err != nil {
			d.errorf(b.at("fail_on"), "Bad severity", "%s.", err)
		}
	}
	policy.Tolerance = d.share(b, "tolerance", 10)
	policy.SizeStep = d.share(b, "size_step", 20)
	for _, block := range b.Blocks {
		if block.Type == "ignore" {
			policy.Ignore = append(policy.Ignore, d.ignore(block))
		} else {
			policy.Waive = append(policy.Waive, d.waive(block))
		}
	}
	return policy
}

func (d *decoder) ignore(block *hcl.Block) Ignore {
	b := d.read(block, ignoreSchema)
	if !b.has("type") && !b.has("attribute") && !b.has("address") {
		d.errorf(block.DefRange, "Everything would be ignored", "Say what is left out: by type, attribute or address.")
	}
	return Ignore{
		Type: d.text(b, "type"), Attribute: d.text(b, "attribute"), Address: d.text(b, "address"),
		Reason: d.text(b, "reason"), Range: block.DefRange,
	}
}

func (d *decoder) waive(block *hcl.Block) Waive {
	b := d.read(block, waiveSchema)
	waive := Waive{
		Rule: block.Labels[0], Tier: d.text(b, "tier"), Address: d.text(b, "address"),
		Reason: d.text(b, "reason"), Owner: d.text(b, "owner"), Range: block.DefRange,
	}
	if d.knownRule != nil && !d.knownRule(waive.Rule) {
		d.errorf(block.LabelRanges[0], "Unknown rule", "Parity has no rule %q; `maquette explain` lists them.", waive.Rule)
	}
	if text := d.text(b, "expires"); text != "" {
		expires, err := time.Parse(time.DateOnly, text)
		if err != nil {
			d.errorf(b.at("expires"), "Bad date", "%q is no date; write it as \"2027-01-31\". The waiver holds through that day.", text)
		}
		waive.Expires = expires
	}
	return waive
}
