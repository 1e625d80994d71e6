package provision

import (
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/maquette/maquette/parity"
)

var paritySchema = &hcl.BodySchema{
	Attributes: attributes("", "fail_on tolerance size_step"),
	Blocks: []hcl.BlockHeaderSchema{
		{Type: "severity", LabelNames: []string{"rule"}},
		{Type: "ignore"},
		{Type: "waive", LabelNames: []string{"rule"}},
		{Type: "rule", LabelNames: []string{"name"}},
	},
}

var (
	severitySchema = &hcl.BodySchema{Attributes: attributes("level reason", "")}
	ignoreSchema   = &hcl.BodySchema{Attributes: attributes("reason", "rule type attribute address")}
	waiveSchema    = &hcl.BodySchema{Attributes: attributes("reason owner expires", "tier address path")}
)

// parity decodes what is in a `parity` block, or in a file of policy, that begins at a place.
func (d *decoder) parity(from hcl.Body, at hcl.Range) *ParityPolicy {
	b := d.readBody(from, at, paritySchema)
	policy := &ParityPolicy{Range: at}
	if policy.FailOn = d.text(b, "fail_on"); policy.FailOn != "" {
		d.level(b, "fail_on")
	}
	policy.Tolerance = d.share(b, "tolerance", 10)
	policy.SizeStep = d.share(b, "size_step", 20)
	for _, block := range b.Blocks {
		switch block.Type {
		case "severity":
			policy.Severity = append(policy.Severity, d.severity(block))
		case "ignore":
			policy.Ignore = append(policy.Ignore, d.ignore(block))
		case "waive":
			policy.Waive = append(policy.Waive, d.waive(block))
		case "rule":
			rule := d.customRule(block)
			if i := slices.IndexFunc(policy.Rules, func(r Rule) bool { return r.ID == rule.ID }); i >= 0 {
				d.errorf(block.LabelRanges[0], "Duplicate rule", "The rule %q is declared at %s already. Give this one another name.", rule.ID, place(policy.Rules[i].Range))
				continue
			}
			policy.Rules = append(policy.Rules, rule)
		}
	}
	return policy
}

// level reads a severity.
func (d *decoder) level(b body, name string) parity.Severity {
	var severity parity.Severity
	text := d.text(b, name)
	if text == "" {
		return severity
	}
	switch err := severity.UnmarshalText([]byte(text)); {
	case err != nil && text == "off":
		d.errorf(b.at(name), "Bad severity", "A severity is one of: info, warning, error. To leave a rule out altogether, name it in an \"ignore\" block: rule = \"…\".")
	case err != nil:
		d.errorf(b.at(name), "Bad severity", "%s.", err)
	}
	return severity
}

// rule checks that a pattern names a rule.
func (d *decoder) rule(pattern string, at hcl.Range) {
	if !parity.KnownPattern(pattern) {
		var names []string
		for _, rule := range parity.Rules {
			names = append(names, rule.ID)
		}
		d.errorf(at, "Unknown rule", "Parity has no rule %q; `maquette explain` lists them.%s", pattern, suggest(pattern, append(names, parity.Dimensions...)))
	}
}

// acceptable checks that a pattern names a rule whose findings can be accepted.
func (d *decoder) acceptable(pattern string, at hcl.Range) {
	d.rule(pattern, at)
	if !parity.Acceptable(pattern) {
		d.errorf(at, "Not to be accepted", "What is wrong with waivers and ignores themselves can be neither waived nor ignored: remove or renew them. How severe it is, a \"severity\" block can say.")
	}
}

func (d *decoder) severity(block *hcl.Block) RuleSeverity {
	b := d.read(block, severitySchema)
	d.rule(block.Labels[0], block.LabelRanges[0])
	return RuleSeverity{Rule: block.Labels[0], Level: d.level(b, "level"), Reason: d.text(b, "reason"), Range: block.DefRange}
}

func (d *decoder) ignore(block *hcl.Block) Ignore {
	b := d.read(block, ignoreSchema)
	if !b.has("rule") && !b.has("type") && !b.has("attribute") && !b.has("address") {
		d.errorf(block.DefRange, "Everything would be ignored", "Say what is left out: by rule, type, attribute or address.")
	}
	ignore := Ignore{
		Rule: d.text(b, "rule"), Type: d.text(b, "type"), Attribute: d.text(b, "attribute"), Address: d.text(b, "address"),
		Reason: d.text(b, "reason"), Range: block.DefRange,
	}
	if ignore.Rule != "" {
		d.acceptable(ignore.Rule, b.at("rule"))
	}
	return ignore
}

func (d *decoder) waive(block *hcl.Block) Waive {
	b := d.read(block, waiveSchema)
	waive := Waive{
		Rule: block.Labels[0], Tier: d.text(b, "tier"), Address: d.text(b, "address"), Path: d.text(b, "path"),
		Reason: d.text(b, "reason"), Owner: d.text(b, "owner"), Range: block.DefRange,
	}
	d.acceptable(waive.Rule, block.LabelRanges[0])
	if text := d.text(b, "expires"); text != "" {
		expires, err := time.Parse(time.DateOnly, text)
		if err != nil {
			d.errorf(b.at("expires"), "Bad date", "%q is no date; write it as \"2027-01-31\". The waiver holds through that day.", text)
		}
		waive.Expires = expires
	}
	return waive
}
