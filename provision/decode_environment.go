package provision

import (
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/parity"
)

var fileSchema = &hcl.BodySchema{
	Blocks: []hcl.BlockHeaderSchema{{Type: "environment", LabelNames: []string{"name"}}},
}

var environmentSchema = &hcl.BodySchema{
	Attributes: attributes("", "model_of aliases"),
	Blocks: []hcl.BlockHeaderSchema{
		{Type: "observe"},
		{Type: "scale"},
		{Type: "tier", LabelNames: []string{"name"}},
		{Type: "terraform"},
		{Type: "throwaway"},
		{Type: "check", LabelNames: []string{"kind"}},
		{Type: "hook", LabelNames: []string{"when"}},
		{Type: "parity"},
		{Type: "gate", LabelNames: []string{"name"}},
	},
}

// file decodes the environments of one file.
func (d *decoder) file(file *hcl.File) []*Environment {
	content, diags := file.Body.Content(fileSchema)
	d.diags = append(d.diags, diags...)
	var environments []*Environment
	for _, block := range content.Blocks {
		environments = append(environments, d.environment(block))
	}
	return environments
}

func (d *decoder) environment(block *hcl.Block) *Environment {
	env := &Environment{Name: block.Labels[0], Range: block.DefRange}
	if !isName(env.Name) {
		d.errorf(block.LabelRanges[0], "Bad name", "%q cannot name an environment: its instances' names are parts of host names, so that it has lower-case letters, digits and dashes, at most %d, and neither starts nor ends with a dash.%s",
			env.Name, maxName, wouldDo(env.Name))
	}
	b := d.read(block, environmentSchema, "observe", "scale", "terraform", "throwaway", "parity")
	env.ModelOf = d.text(b, "model_of")
	env.modelRange = b.at("model_of")
	env.Aliases = d.texts(b, "aliases")
	env.Tiers = d.tiers(b)
	if block := b.one("observe"); block != nil {
		env.Observe, env.Documents = d.observe(block)
	}
	if block := b.one("scale"); block != nil {
		env.Scale = d.scale(block)
	}
	if block := b.one("terraform"); block != nil {
		env.Terraform = d.terraform(block)
	}
	if block := b.one("throwaway"); block != nil {
		env.Throwaway = d.throwaway(block)
	}
	if block := b.one("parity"); block != nil {
		env.Parity = d.parity(block.Body, block.DefRange)
	}
	d.gates(b, env)
	for _, block := range b.Blocks {
		switch block.Type {
		case "check":
			if check, ok := d.check(block); ok {
				env.Checks = append(env.Checks, check)
			}
		case "hook":
			if hook, ok := d.hook(block); ok {
				env.Hooks = append(env.Hooks, hook)
			}
		}
	}
	return env
}

var tierSchema = &hcl.BodySchema{Attributes: attributes("members", "size match")}

// tiers decodes the environment's own tiers.
func (d *decoder) tiers(env body) []Tier {
	var tiers []Tier
	d.eachTier(env, func(block *hcl.Block) {
		b := d.read(block, tierSchema)
		tier := Tier{Name: block.Labels[0], Range: block.DefRange, Size: d.text(b, "size"), Match: d.texts(b, "match")}
		tier.Members, _ = d.integer(b, "members", 0)
		tiers = append(tiers, tier)
	})
	slices.SortFunc(tiers, func(a, b Tier) int { return strings.Compare(a.Name, b.Name) })
	return tiers
}

// eachTier visits the tier blocks of a body, each name once.
func (d *decoder) eachTier(b body, visit func(*hcl.Block)) {
	first := map[string]hcl.Range{}
	for _, block := range b.Blocks {
		if block.Type != "tier" {
			continue
		}
		name := block.Labels[0]
		if earlier, found := first[name]; found {
			d.errorf(block.DefRange, "Duplicate tier", "The tier %q is declared at %s already. Make them one.", name, place(earlier))
			continue
		}
		first[name] = block.DefRange
		if strings.TrimSpace(name) == "" {
			d.errorf(block.LabelRanges[0], "Bad name", "A tier needs a name, as \"web\".")
			continue
		}
		visit(block)
	}
}

var scaleSchema = &hcl.BodySchema{
	Attributes: attributes("", "ratio minimum budget"),
	Blocks:     []hcl.BlockHeaderSchema{{Type: "tier", LabelNames: []string{"name"}}},
}

var overrideSchema = &hcl.BodySchema{Attributes: attributes("", "members ratio minimum size")}

func (d *decoder) scale(block *hcl.Block) *Scale {
	b := d.read(block, scaleSchema)
	scale := &Scale{Minimum: defaultMinimum, Tiers: map[string]TierOverride{}, Range: block.DefRange, budgetRange: b.at("budget")}
	scale.Ratio = d.ratio(b)
	if scale.Ratio > 0 {
		value, _ := d.literal(b, "ratio", cty.String)
		scale.RatioText = value.AsString()
	}
	if minimum, ok := d.integer(b, "minimum", 1); ok {
		scale.Minimum = minimum
	}
	scale.Budget, _ = d.integer(b, "budget", 1)
	if b.has("ratio") && b.has("budget") {
		scale.Budget = 0 // so that nothing follows from it
		d.errorf(b.at("budget"), "Ratio and budget together", "A ratio says how many members there are, and a budget as well. Give one of the two.")
	}
	d.eachTier(b, func(block *hcl.Block) {
		b := d.read(block, overrideSchema)
		override := TierOverride{Ratio: d.ratio(b), Size: d.text(b, "size"), Range: block.DefRange}
		override.Members, _ = d.integer(b, "members", 1)
		override.Minimum, _ = d.integer(b, "minimum", 1)
		if b.has("members") && (b.has("ratio") || b.has("minimum")) {
			d.errorf(b.at("members"), "Members and scale together", "\"members\" says how many there are: \"ratio\" and \"minimum\" have no effect beside it. Give one or the other.")
		}
		if len(b.Attributes) == 0 {
			d.errorf(block.DefRange, "Empty override", "The block changes nothing. Give members, ratio, minimum or size, or remove it.")
		}
		scale.Tiers[block.Labels[0]] = override
	})
	if !b.has("ratio") && !b.has("budget") && len(b.Blocks) == 0 {
		d.errorf(block.DefRange, "No scale", "Say what the scale is: ratio = \"1/4\", budget = 12, or a block for a tier. Without a \"scale\" block the environment is as large as its model.")
	}
	return scale
}

// ratio reads a ratio. It is 0 where there is none, or it is wrong.
func (d *decoder) ratio(b body) float64 {
	value, ok := d.literal(b, "ratio", cty.String)
	if !ok {
		return 0
	}
	ratio, err := parity.ParseRatio(value.AsString())
	if err != nil {
		d.errorf(b.at("ratio"), "Bad ratio", "%s.", err)
		return 0
	}
	return ratio
}

var observeSchema = &hcl.BodySchema{
	Blocks: []hcl.BlockHeaderSchema{{Type: "terraform"}, {Type: "state"}, {Type: "snapshot"}, {Type: "aws"}, {Type: "document", LabelNames: []string{"name"}}},
}

var observationSchemas = map[string]*hcl.BodySchema{
	"terraform": {Attributes: attributes("dir", "workspace")},
	"state":     {Attributes: attributes("file", "")},
	"snapshot":  {Attributes: attributes("file", "")},
	"aws": {
		Attributes: attributes("", "region regions profile role external_id tags names vpcs stack tfstate rate max_calls timeout"),
		Blocks:     []hcl.BlockHeaderSchema{{Type: "without", LabelNames: []string{"service"}}},
	},
}

var withoutSchema = &hcl.BodySchema{Attributes: attributes("reason", "")}

// observe decodes where the environment is observed.
func (d *decoder) observe(block *hcl.Block) (observations []Observation, documents []Document) {
	content := d.read(block, observeSchema)
	if len(content.Blocks) == 0 {
		d.errorf(block.DefRange, "Nothing to observe", "Say where the environment is read: a block terraform, state, snapshot or aws; or a document beside it.")
	}
	first := map[string]hcl.Range{}
	for _, block := range content.Blocks {
		if block.Type == "document" {
			name := block.Labels[0]
			if earlier, found := first[name]; found {
				d.errorf(block.DefRange, "Duplicate document", "The document %q is at %s already. Give this one another name, or remove one of the two.", name, place(earlier))
				continue
			}
			first[name] = block.DefRange
			if document, ok := d.document(block); ok {
				documents = append(documents, document)
			}
			continue
		}
		b := d.read(block, observationSchemas[block.Type])
		observation := Observation{Kind: block.Type, Range: block.DefRange}
		switch block.Type {
		case "terraform":
			observation.Source = d.path(b, "dir")
			if workspace := d.text(b, "workspace"); workspace != "" {
				observation.Source += "#" + workspace
			}
		case "aws":
			observation.Source = d.aws(b)
		default:
			observation.Source = d.path(b, "file")
		}
		observations = append(observations, observation)
	}
	return observations, documents
}

// aws writes a live source as `maquette parity` takes it: aws://REGION?profile=P&tag.Environment=staging.
func (d *decoder) aws(b body) string {
	query := url.Values{}
	for _, name := range []string{"profile", "role", "external_id", "stack", "timeout"} {
		if text := d.text(b, name); text != "" {
			query.Set(name, text)
		}
	}
	if state := d.path(b, "tfstate"); state != "" {
		query.Set("tfstate", state)
	}
	if names := d.texts(b, "names"); names != nil {
		query["name"] = names
	}
	if vpcs := d.texts(b, "vpcs"); vpcs != nil {
		query["vpc"] = vpcs
	}
	if calls, ok := d.integer(b, "max_calls", 1); ok {
		query.Set("max_calls", strconv.Itoa(calls))
	}
	if rate, ok := d.literal(b, "rate", cty.Number); ok {
		query.Set("rate", rate.AsBigFloat().Text('g', -1))
	}
	if tags, ok := d.literal(b, "tags", cty.Map(cty.String)); ok {
		for name, value := range tags.AsValueMap() {
			if value.IsNull() || value.AsString() == "" {
				d.errorf(b.at("tags"), "Wrong type", "The tag %q has no value.", name)
				continue
			}
			query.Set("tag."+name, value.AsString())
		}
	}
	for _, block := range b.Blocks {
		if reason := d.text(d.read(block, withoutSchema), "reason"); reason != "" {
			query.Set("without."+block.Labels[0], reason)
		}
	}
	regions := d.texts(b, "regions")
	if region := d.text(b, "region"); region != "" {
		if regions != nil {
			d.errorf(b.at("region"), "Region and regions together", "Give one of the two.")
		}
		regions = []string{region}
	}
	source := url.URL{Scheme: "aws", Host: strings.Join(regions, ","), RawQuery: query.Encode()}
	if source.Host == "" {
		return "aws://?" + source.RawQuery // url.URL would leave out the slashes
	}
	return source.String()
}

// dir is the directory that the environment's paths are relative to.
func (e *Environment) dir() string { return filepath.Dir(e.Range.Filename) }
