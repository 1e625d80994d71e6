package boundaries

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/maquette/maquette"

// rule says what packages may not import, directly or through other packages of this module. What a library from
// elsewhere imports in its turn is not asked. A pattern ending in "/..." is a package and all below it; paths that
// start with "./" are of this module.
type rule struct {
	packages []string
	except   []string
	mayNot   []string
	why      string
}

var rules = []rule{
	{
		packages: []string{"./parity/...", "./provision"},
		except:   []string{"./parity/live/..."},
		mayNot: []string{
			"os/exec", "net", "net/http", "github.com/aws/...",
			"github.com/hashicorp/terraform-exec/...", "github.com/hashicorp/hc-install/...",
		},
		why: "judging and deriving are data in, data out: they are tested without a cloud, and give the same answer anywhere",
	},
	{
		packages: []string{"./provision"},
		mayNot: []string{
			"database/sql/...", "modernc.org/...", "github.com/pressly/goose/...", "github.com/jackc/pgx/...", "github.com/gofrs/flock/...",
			"github.com/hashicorp/go-plugin/...", "github.com/hashicorp/terraform-plugin-framework/...",
			"github.com/hashicorp/terraform-plugin-go/...", "github.com/shirou/gopsutil/...",
		},
		why: "the lifecycle knows what it needs of a registry, a lock and a platform, and not what they are made of",
	},
	{
		packages: []string{"./parity", "./provision"},
		mayNot:   []string{"os"},
		why:      "the core neither reads files nor the environment: its caller does, and decides what a source is",
	},
	{
		packages: []string{"./parity/...", "./provision/..."},
		mayNot:   []string{"./cmd/...", "./internal/cli/..."},
		why:      "arrows point inward: what the command needs is the command's own",
	},
	{
		packages: []string{"./parity/...", "./provision"},
		mayNot: []string{
			"./provision/terraform/...", "./provision/local/...", "./provision/registry/...", "./provision/lock/...", "./provision/probe/...",
		},
		why: "the inner packages declare the interface, the I/O packages implement it",
	},
	{
		packages: []string{"./parity", "./parity/catalog/...", "./parity/report/..."},
		mayNot:   []string{"./parity/live/..."},
		why:      "live observation is one source among others: only the command knows them all",
	},
	{
		packages: []string{"./cmd/maquette", "./provision/...", "./parity/live/wire"},
		mayNot:   []string{"./parity/live", "github.com/aws/..."},
		why:      "AWS's libraries double the time that a program takes to start: they are in one of their own",
	},
	{
		packages: []string{"./cmd/maquette"},
		mayNot: []string{
			"./provision/local", "github.com/hashicorp/go-plugin/...", "github.com/hashicorp/terraform-plugin-framework/...",
			"github.com/hashicorp/terraform-plugin-go/...", "google.golang.org/...", "github.com/jackc/pgx/...", "github.com/hashicorp/hc-install/...",
		},
		why: "what serves Terraform's provider and installs Terraform was a quarter of the memory of a comparison: it is in maquette-terraform",
	},
	{
		packages: []string{"./parity/..."},
		mayNot:   []string{"./provision/..."},
		why:      "environments can be compared without knowing how they are built",
	},
}

func TestImports(t *testing.T) {
	imports := importsOf(t, "../..")
	require.Contains(t, imports, module+"/parity")
	for _, broken := range violations(imports, rules) {
		t.Error(broken)
	}
}

// importsOf returns what the packages below root import, less their tests.
//
// It reads the files rather than asking `go list`: so a file counts on whichever platform it is built for, and go test
// knows that its cached answer is stale when one has changed.
func importsOf(t *testing.T, root string) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	require.NoError(t, filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch base := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir():
			if name != root && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		importer := path.Join(module, filepath.ToSlash(dir))
		imported := imports[importer]
		for _, spec := range file.Imports {
			unquoted, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			imported = append(imported, unquoted)
		}
		imports[importer] = imported // also of a package that imports nothing
		return nil
	}))
	return imports
}

// violations tells of each import that a rule forbids, by the chain that leads to it.
func violations(imports map[string][]string, rules []rule) []string {
	var found []string
	for _, r := range rules {
		for importer := range imports {
			if !matches(importer, r.packages) || matches(importer, r.except) {
				continue
			}
			for _, chain := range chains(imports, importer) {
				if matches(chain[len(chain)-1], r.mayNot) {
					found = append(found, strings.Join(chain, " imports ")+", and may not: "+r.why)
				}
			}
		}
	}
	slices.Sort(found)
	return found
}

// chains returns the shortest way from a package to each one that it imports, through packages of this module.
func chains(imports map[string][]string, importer string) [][]string {
	seen := map[string]bool{importer: true}
	all := [][]string{{importer}}
	for i := 0; i < len(all); i++ {
		for _, imported := range imports[all[i][len(all[i])-1]] {
			if !seen[imported] {
				seen[imported] = true
				all = append(all, append(slices.Clone(all[i]), imported))
			}
		}
	}
	return all[1:]
}

func matches(imported string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if below, ok := strings.CutPrefix(pattern, "./"); ok {
			pattern = path.Join(module, below)
		}
		if parent, ok := strings.CutSuffix(pattern, "/..."); ok {
			return imported == parent || strings.HasPrefix(imported, parent+"/")
		}
		return imported == pattern
	})
}

func TestViolations(t *testing.T) {
	imports := map[string][]string{
		module + "/parity":                {"fmt", "os", module + "/internal/helper"},
		module + "/parity/report":         {"os", module + "/cmd/maquette-aws"},
		module + "/parity/live":           {"net/http", "github.com/aws/aws-sdk-go-v2/service/ec2", module + "/parity"},
		module + "/provision":             {"github.com/hashicorp/terraform-exec/tfexec", module + "/provision/registry"},
		module + "/provision/registry":    {"database/sql", "modernc.org/sqlite", module + "/provision"},
		module + "/provision/terraform":   {"os/exec", "github.com/hashicorp/terraform-exec/tfexec"},
		module + "/provision/local":       {"github.com/hashicorp/go-plugin"},
		module + "/cmd/maquette":          {module + "/provision/local/wire", module + "/provision/local"},
		module + "/internal/helper":       {"net"},
		module + "/internal/clipboard":    {"net/http"},
		"github.com/aws-elsewhere/client": {"net/http"},
	}
	found := violations(imports, rules)
	for i := range found {
		found[i], _, _ = strings.Cut(strings.ReplaceAll(found[i], module+"/", ""), ", and")
	}
	assert.Equal(t, []string{
		"cmd/maquette imports provision/local imports github.com/hashicorp/go-plugin",
		"cmd/maquette imports provision/local",
		"parity imports internal/helper imports net",
		"parity imports os",
		"parity/report imports cmd/maquette-aws",
		"provision imports github.com/hashicorp/terraform-exec/tfexec",
		"provision imports provision/registry imports database/sql",
		"provision imports provision/registry imports modernc.org/sqlite",
		"provision imports provision/registry",
	}, found)
}
