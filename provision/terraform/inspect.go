package terraform

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/terraform-config-inspect/tfconfig"
)

// configuration is what a root needs, with all local modules that it calls.
type configuration struct {
	root    *tfconfig.Module
	modules []calledModule
	// needs are what required_providers and resources ask for, by address less the host where it is the default one.
	needs map[string][]string
	// backend is the type of the user's own backend block, "cloud", or "" for none.
	backend string
	// opaque says that there is more than was understood: only Terraform itself can tell what it needs.
	opaque bool
}

// calledModule is an entry of modules.json.
type calledModule struct {
	Key, Source, Dir string
	local            bool
}

// maxModules bounds modules that call each other in a circle.
const maxModules = 1000

// inspect reads the root in a directory. What it does not understand, Terraform will complain of.
func inspect(dir string) (*configuration, error) {
	c := &configuration{needs: map[string][]string{}}
	var err error
	if c.root, err = c.load(dir); err != nil {
		return nil, err
	}
	c.modules = []calledModule{{Dir: ".", local: true}}
	if err := c.follow(dir, ".", "", c.root); err != nil {
		return nil, err
	}
	c.backend, err = findBackend(dir)
	return c, err
}

// load reads one directory. One that is not there is for Terraform to complain of.
func (c *configuration) load(dir string) (*tfconfig.Module, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		c.opaque = true
		return tfconfig.NewModule(dir), nil
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".tofu") || strings.HasSuffix(entry.Name(), ".tofu.json") {
			c.opaque = true
		}
	}
	m := loadModule(dir, entries)
	if m.Diagnostics.HasErrors() {
		c.opaque = true
	}
	for name, r := range m.RequiredProviders {
		source := r.Source
		if source == "" {
			source = impliedSource(name)
		}
		source = strings.ToLower(source)
		c.needs[source] = append(c.needs[source], r.VersionConstraints...)
	}
	for _, p := range m.ProviderConfigs {
		if m.RequiredProviders[p.Name] == nil {
			c.needs[impliedSource(p.Name)] = nil
		}
	}
	return m, nil
}

// loaded are modules by their directory and a digest of their files: one run asks three times for the same, for each of
// many instances.
var loaded sync.Map

// loadModule reads the files of one directory, and parses them if they are others than when it last did. What it
// returns is not to be changed.
func loadModule(dir string, entries []os.DirEntry) *tfconfig.Module {
	sum := sha256.New()
	for _, entry := range entries {
		if name := entry.Name(); strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json") {
			content, err := os.ReadFile(filepath.Join(dir, name))
			fmt.Fprintf(sum, "%q %d %v\n", name, len(content), err)
			sum.Write(content)
		}
	}
	key := dir + "\x00" + string(sum.Sum(nil))
	if m, ok := loaded.Load(key); ok {
		return m.(*tfconfig.Module)
	}
	m, _ := tfconfig.LoadModule(dir) // its diagnostics are in it as well
	loaded.Store(key, m)
	return m
}

func impliedSource(name string) string {
	if name == "terraform" {
		return builtin
	}
	return "hashicorp/" + name
}

// follow reads the local modules that a module calls, in order of name.
func (c *configuration) follow(root, rel, key string, m *tfconfig.Module) error {
	for _, name := range slices.Sorted(maps.Keys(m.ModuleCalls)) {
		call := m.ModuleCalls[name]
		child := calledModule{Key: strings.TrimPrefix(key+"."+name, "."), Source: call.Source}
		if !isLocal(call.Source) {
			child.Source += " " + call.Version
			c.modules = append(c.modules, child)
			continue
		}
		child.local = true
		child.Source = path.Clean(call.Source)
		switch {
		case child.Source == ".." || child.Source == ".":
			c.opaque = true // how Terraform writes these is its own affair
		case !strings.HasPrefix(child.Source, "../"):
			child.Source = "./" + child.Source
		}
		child.Dir = path.Join(rel, call.Source)
		if c.modules = append(c.modules, child); len(c.modules) > maxModules {
			return fmt.Errorf("%s calls more than %d modules: is there one that calls itself?", root, maxModules)
		}
		loaded, err := c.load(filepath.Join(root, filepath.FromSlash(child.Dir)))
		if err != nil {
			return err
		}
		if err := c.follow(root, child.Dir, child.Key, loaded); err != nil {
			return err
		}
	}
	return nil
}

func isLocal(source string) bool {
	return source == "." || source == ".." || strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../")
}

// localDirs returns the directories of all local modules, relative to the root, which is one of them.
func (c *configuration) localDirs() []string {
	var dirs []string
	for _, m := range c.modules {
		if m.local {
			dirs = append(dirs, m.Dir)
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// allLocal says that no module is to be fetched.
func (c *configuration) allLocal() bool {
	return !slices.ContainsFunc(c.modules, func(m calledModule) bool { return !m.local })
}

var (
	terraformBlocks = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "terraform"}}}
	backendBlocks   = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "backend", LabelNames: []string{"type"}}, {Type: "cloud"}}}
)

// findBackend looks for a `backend` or `cloud` block in the files of a root.
func findBackend(dir string) (string, error) {
	names, err := filepath.Glob(filepath.Join(globEscape(dir), "*.t*"))
	if err != nil {
		return "", err
	}
	found := ""
	for _, name := range names {
		isJSON := strings.HasSuffix(name, ".tf.json") || strings.HasSuffix(name, ".tofu.json")
		if !isJSON && !strings.HasSuffix(name, ".tf") && !strings.HasSuffix(name, ".tofu") {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(content, []byte("backend")) && !bytes.Contains(content, []byte("cloud")) {
			continue
		}
		parse := hclparse.NewParser().ParseHCL
		if isJSON {
			parse = hclparse.NewParser().ParseJSON
		}
		file, _ := parse(content, name)
		if file == nil {
			continue
		}
		body, _, _ := file.Body.PartialContent(terraformBlocks)
		for _, block := range body.Blocks {
			inner, _, _ := block.Body.PartialContent(backendBlocks)
			for _, b := range inner.Blocks {
				found = b.Type
				if len(b.Labels) > 0 {
					found = b.Labels[0]
				}
			}
		}
	}
	return found, nil
}

func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}
