package terraform

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// cliSettings are the user's own settings of Terraform's command line that stay: where providers and modules come from,
// and who the user is there. What they say of caches and upgrade checks does not: a cache that several `init` share
// fails while it is cold.
type cliSettings struct {
	blocks  []*hclwrite.Block // credentials_helper, host and such, as they are
	methods []installation    // of provider_installation, in order
	// tokens are inline credentials, by the environment variable that means the same. They go into no file of ours.
	tokens map[string]string
}

// installation is one method of a provider_installation block.
type installation struct {
	kind   string
	values map[string]cty.Value
}

var (
	cliSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "credentials", LabelNames: []string{"host"}},
		{Type: "credentials_helper", LabelNames: []string{"name"}},
		{Type: "host", LabelNames: []string{"name"}},
		{Type: "provider_installation"},
		{Type: "oci_default_credentials"},
		{Type: "oci_repository_credentials", LabelNames: []string{"prefix"}},
	}}
	installationSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{
		{Type: "direct"}, {Type: "filesystem_mirror"}, {Type: "network_mirror"}, {Type: "oci_mirror"}, {Type: "dev_overrides"},
	}}
)

// Terraform reads its settings in the first version of HCL, where the names of attributes may be quoted. The one block
// that has such names is read as a map.
var overridesBlock = lazyregexp.New(`(?s)\bdev_overrides\s*\{(.*?)\}`)

const overridesMap = "overrides"

// cliFiles returns where the user's settings are: the file that the environment names, which may be missing, or else
// the usual one with those of the configuration directory.
func cliFiles(env map[string]string, tofu bool) []string {
	for _, name := range []string{"TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG"} {
		if path := env[name]; path != "" {
			return []string{path}
		}
	}
	home := env["HOME"]
	if home == "" {
		return nil
	}
	names := []string{".terraformrc"}
	if tofu {
		names = []string{".tofurc", ".terraformrc"}
	}
	var files []string
	for _, name := range names {
		if path := filepath.Join(home, name); exists(path) {
			files = append(files, path)
			break
		}
	}
	for _, pattern := range []string{"*.tfrc", "*.tfrc.json"} {
		// credentials.tfrc.json is read by Terraform itself, wherever its settings are.
		more, _ := filepath.Glob(filepath.Join(globEscape(home), ".terraform.d", pattern))
		for _, path := range more {
			if filepath.Base(path) != "credentials.tfrc.json" {
				files = append(files, path)
			}
		}
	}
	return files
}

// readCLISettings reads files in either syntax; those that are missing say nothing.
func readCLISettings(files []string) (*cliSettings, error) {
	s := &cliSettings{tokens: map[string]string{}}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = s.parse(content, path)
		}
		if err != nil {
			return nil, fmt.Errorf("reading your settings of Terraform: %w", err)
		}
	}
	return s, nil
}

func (s *cliSettings) parse(content []byte, path string) error {
	parse := hclparse.NewParser().ParseHCL
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
		parse = hclparse.NewParser().ParseJSON
	} else {
		content = overridesBlock.ReplaceAll(content, []byte("dev_overrides { "+overridesMap+" = {$1} }"))
	}
	file, diags := parse(content, path)
	if diags.HasErrors() {
		return withoutSource(diags)
	}
	body, _, diags := file.Body.PartialContent(cliSchema)
	if diags.HasErrors() {
		return withoutSource(diags)
	}
	for _, block := range body.Blocks {
		if block.Type == "provider_installation" {
			if err := s.parseInstallation(block.Body); err != nil {
				return err
			}
			continue
		}
		values, err := constants(block.Body)
		if err != nil {
			return err
		}
		if block.Type == "credentials" {
			if token := values["token"]; token.Type() == cty.String && !token.IsNull() {
				s.tokens[tokenVariable(block.Labels[0])] = token.AsString()
			}
			continue
		}
		kept := hclwrite.NewBlock(block.Type, block.Labels)
		setValues(kept.Body(), values)
		s.blocks = append(s.blocks, kept)
	}
	return nil
}

func (s *cliSettings) parseInstallation(body hcl.Body) error {
	content, diags := body.Content(installationSchema)
	if diags.HasErrors() {
		return withoutSource(diags)
	}
	for _, block := range content.Blocks {
		values, err := constants(block.Body)
		if err != nil {
			return err
		}
		if overrides, ok := values[overridesMap]; ok && block.Type == "dev_overrides" && overrides.CanIterateElements() {
			values = overrides.AsValueMap()
		}
		s.methods = append(s.methods, installation{block.Type, values})
	}
	return nil
}

// withoutSource makes an error that shows no line of the file: it may hold a token.
func withoutSource(diags hcl.Diagnostics) error {
	d := diags.Errs()[0].(*hcl.Diagnostic)
	return fmt.Errorf("%s: %s", d.Subject, d.Summary)
}

func constants(body hcl.Body) (map[string]cty.Value, error) {
	found, diags := body.JustAttributes()
	if diags.HasErrors() {
		return nil, withoutSource(diags)
	}
	values := make(map[string]cty.Value, len(found))
	for name, a := range found {
		value, diags := a.Expr.Value(nil)
		if diags.HasErrors() {
			return nil, withoutSource(diags)
		}
		values[name] = value
	}
	return values, nil
}

func setValues(body *hclwrite.Body, values map[string]cty.Value) {
	for _, name := range sortedKeys(values) {
		if strings.ContainsAny(name, "/.") { // the provider of a development override
			body.SetAttributeRaw(`"`+name+`"`, hclwrite.TokensForValue(values[name]))
			continue
		}
		body.SetAttributeValue(name, values[name])
	}
}

// tokenVariable returns the variable by which the environment gives the credentials of a host.
func tokenVariable(host string) string {
	return "TF_TOKEN_" + strings.NewReplacer("-", "__", ".", "_", ":", "_").Replace(strings.ToLower(host))
}

// render writes settings that offer our provider first, and otherwise what the user has.
func (s *cliSettings) render(mirror string, addresses []string, implied []impliedMirror) []byte {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	for _, block := range s.blocks {
		body.AppendBlock(block)
	}
	methods := body.AppendNewBlock("provider_installation", nil).Body()
	ours := make([]cty.Value, len(addresses))
	for i, address := range addresses {
		ours[i] = cty.StringVal(address)
	}
	add := func(kind string, values map[string]cty.Value) {
		setValues(methods.AppendNewBlock(kind, nil).Body(), values)
	}

	user := s.methods
	if len(user) == 0 {
		user = withImplied(implied)
	}
	for _, m := range user { // Terraform wants them first
		if m.kind == "dev_overrides" {
			add(m.kind, m.values)
		}
	}
	if len(ours) > 0 {
		add("filesystem_mirror", map[string]cty.Value{"path": cty.StringVal(mirror), "include": cty.TupleVal(ours)})
	}
	for _, m := range user {
		if m.kind == "dev_overrides" {
			continue
		}
		values := map[string]cty.Value{}
		for name, value := range m.values {
			values[name] = value
		}
		excluded := ours
		if before, ok := values["exclude"]; ok && before.CanIterateElements() {
			excluded = append(before.AsValueSlice(), ours...)
		}
		if len(excluded) > 0 {
			values["exclude"] = cty.TupleVal(excluded)
		}
		add(m.kind, values)
	}
	return hclwrite.Format(file.Bytes())
}

// impliedMirror is a directory where Terraform looks for providers unless its settings say otherwise.
type impliedMirror struct {
	path      string
	providers []string
}

// impliedMirrors finds those that hold something: a provider that is there is taken from there only.
func impliedMirrors(env map[string]string, tofu bool) []impliedMirror {
	name := "terraform"
	if tofu {
		name = "opentofu"
	}
	var dirs []string
	if home := env["HOME"]; home != "" {
		dirs = append(dirs, filepath.Join(home, ".terraform.d", "plugins"))
	}
	data := env["XDG_DATA_HOME"]
	if data == "" && env["HOME"] != "" {
		data = filepath.Join(env["HOME"], ".local", "share")
	}
	system := env["XDG_DATA_DIRS"]
	if system == "" {
		system = "/usr/local/share:/usr/share"
	}
	for _, dir := range append([]string{data}, filepath.SplitList(system)...) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, filepath.Join(dir, name, "plugins"))
		}
	}
	var mirrors []impliedMirror
	for _, dir := range dirs {
		found, _ := filepath.Glob(filepath.Join(globEscape(dir), "*.*", "*", "*"))
		m := impliedMirror{path: dir}
		for _, path := range found {
			if rel, err := filepath.Rel(dir, path); err == nil {
				m.providers = append(m.providers, filepath.ToSlash(rel))
			}
		}
		if len(m.providers) > 0 {
			slices.Sort(m.providers)
			mirrors = append(mirrors, m)
		}
	}
	return mirrors
}

func withImplied(mirrors []impliedMirror) []installation {
	var methods []installation
	var all []cty.Value
	for _, m := range mirrors {
		var include []cty.Value
		for _, p := range m.providers {
			include = append(include, cty.StringVal(p))
		}
		all = append(all, include...)
		methods = append(methods, installation{"filesystem_mirror", map[string]cty.Value{"path": cty.StringVal(m.path), "include": cty.TupleVal(include)}})
	}
	direct := map[string]cty.Value{}
	if len(all) > 0 {
		direct["exclude"] = cty.TupleVal(all)
	}
	return append(methods, installation{"direct", direct})
}
