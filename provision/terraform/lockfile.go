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
)

const lockName = ".terraform.lock.hcl"

// lockOurs makes a lock file select our provider's version without a hash, by the addresses that are used: a maquette
// that was built anew is still the same provider. Without addresses it only takes our entries out.
func lockOurs(path string, all, used []string, version string) error {
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
		if block.Type() == "provider" && len(block.Labels()) == 1 && slices.Contains(all, block.Labels()[0]) {
			body.RemoveBlock(block)
		}
	}
	slices.Sort(used)
	for _, address := range slices.Compact(used) {
		body.AppendNewBlock("provider", []string{address}).Body().SetAttributeValue("version", cty.StringVal(version))
	}
	changed := hclwrite.Format(file.Bytes())
	if bytes.Equal(changed, content) || err != nil && len(bytes.TrimSpace(changed)) == 0 {
		return nil
	}
	return writeFile(path, changed)
}
