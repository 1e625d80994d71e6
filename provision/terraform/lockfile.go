package terraform

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/atomicfile"
)

const lockName = ".terraform.lock.hcl"

// lockOurs makes a lock file select our provider's version without a hash: a maquette that was built anew is still the
// same provider. It does so for the addresses that are used, or with keep for those that are there too, and takes out
// all others of ours.
func lockOurs(path string, ours, used []string, version string, keep bool) error {
	content, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, diags := hclwrite.ParseConfig(content, path, hcl.InitialPos)
	if diags.HasErrors() {
		return diags
	}
	body := file.Body()
	for _, block := range body.Blocks() {
		if block.Type() != "provider" || len(block.Labels()) != 1 || !slices.Contains(ours, block.Labels()[0]) {
			continue
		}
		body.RemoveBlock(block)
		if keep {
			used = append(used, block.Labels()[0])
		}
	}
	slices.Sort(used)
	for _, address := range slices.Compact(used) {
		body.AppendNewBlock("provider", []string{address}).Body().SetAttributeValue("version", cty.StringVal(version))
	}
	changed := hclwrite.Format(file.Bytes())
	if bytes.Equal(changed, content) {
		return nil
	}
	return atomicfile.Write(path, changed)
}
