package parity_test

import (
	"compress/gzip"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Stacks of other shapes than the shop: modules, for_each, other teams' names,
// a production that names itself nowhere. Their true models have nothing to
// complain of; what is found in the others is held by golden files.
func TestStacks(t *testing.T) {
	root := filepath.Join("..", "testdata", "stacks")
	files, err := filepath.Glob(filepath.Join(root, "*", "staging-*.tfstate.gz"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		stack := filepath.Base(filepath.Dir(file))
		name := strings.TrimSuffix(filepath.Base(file), ".tfstate.gz")
		t.Run(stack+"/"+name, func(t *testing.T) {
			base := readGzip(t, filepath.Join(root, stack, "production.tfstate.gz"))
			report := parity.Compare(base, readGzip(t, file), loadCatalog(t), parity.DefaultOptions())
			found := strings.Join(lines(report), "\n") + "\n"
			if strings.HasPrefix(name, "staging-model") {
				assert.Equal(t, parity.Pass, report.Verdict)
				assert.Zero(t, report.Summary.Error+report.Summary.Warning, found)
				return
			}
			assert.Equal(t, parity.Fail, report.Verdict)
			golden := strings.TrimSuffix(file, ".tfstate.gz") + ".findings.txt"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(found), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err, "run go test ./parity -run Stacks -update")
			assert.Equal(t, string(want), found)
		})
	}
}

func readGzip(t *testing.T, file string) *parity.Snapshot {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	zr, err := gzip.NewReader(f)
	require.NoError(t, err)
	s, err := source.Read(filepath.Base(file), zr)
	require.NoError(t, err)
	return s
}
