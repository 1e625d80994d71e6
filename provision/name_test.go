package provision

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const named = `
environment "try" {
  terraform {
    source = "./elsewhere"
  }
  throwaway {
    ttl = "8h"
  }
}

environment "mine" {
  terraform {
    source = "./elsewhere"
  }
  throwaway {
    ttl  = "8h"
    name = "${env.environment}.${owner}.${branch}"
  }
}
`

func TestInstanceName(t *testing.T) {
	d := mustParse(t, named)
	for _, c := range []struct {
		environment string
		in          Inputs
		want        string
	}{
		{"try", Inputs{Branch: "feature-x"}, "try-feature-x"},
		{"try", Inputs{Branch: "Feature/Checkout_v2"}, "try-feature-checkout-v2"},
		{"try", Inputs{Branch: "--x--"}, "try-x"},
		{"try", Inputs{Branch: "///"}, "try-x732c4e97"},
		{"try", Inputs{Branch: "фича"}, "try-x46d6f9ad"},
		{"try", Inputs{Owner: "Ada.Lovelace"}, "try-ada-lovelace"},
		{"try", Inputs{Branch: "x", Owner: "ada"}, "try-x"},
		{"try", Inputs{Name: "demo", Branch: "x"}, "demo"},
		{"mine", Inputs{Branch: "fix/42", Owner: "Grace"}, "mine-grace-fix-42"},
		{"mine", Inputs{Name: "demo"}, "demo"},
		{"try", Inputs{Branch: strings.Repeat("a", 36)}, "try-" + strings.Repeat("a", 36)},
		{"try", Inputs{Branch: strings.Repeat("a", 37)}, "try-" + strings.Repeat("a", 27) + "-f56dd4f1"},
		{"try", Inputs{Branch: "renovate/all-the-minor-and-patch-dependencies"}, "try-renovate-all-the-minor-and"},
	} {
		bp, diags := d.Instantiate(c.environment, c.in)
		require.Empty(t, messages(d, diags))
		if len(c.want) > 26 {
			assert.True(t, strings.HasPrefix(bp.Instance, c.want[:26]), bp.Instance)
			assert.LessOrEqual(t, len(bp.Instance), maxName)
			continue
		}
		assert.Equal(t, c.want, bp.Instance)
	}
}

func TestLongNamesThatBeginAlikeDiffer(t *testing.T) {
	long := strings.Repeat("the-same-beginning-", 5)
	assert.NotEqual(t, nameAfter("try", long+"a"), nameAfter("try", long+"b"))
	assert.NotEqual(t, slug(long+"a"), slug(long+"b"))
	assert.Equal(t, slug(long), slug(long))
	assert.NotEqual(t, slug("///"), slug("//"), "nor do those of which nothing is left share one")
}

func FuzzInstanceName(f *testing.F) {
	for _, text := range []string{"feature-x", "Feature/Y", "///", "", "-", "a" + strings.Repeat("-", 60) + "b", strings.Repeat("ü", 50), "\x00", strings.Repeat("9", 200)} {
		f.Add(text, "ada")
	}
	d, diags := Parse([]File{{Name: "names.hcl", Data: []byte(named)}})
	if diags.HasErrors() {
		f.Fatal(diags)
	}
	f.Fuzz(func(t *testing.T, branch, owner string) {
		if name := slug(branch); !isName(name) {
			t.Fatalf("slug(%q) is %q", branch, name)
		}
		for _, environment := range []string{"try", "mine"} {
			bp, diags := d.Instantiate(environment, Inputs{Branch: branch, Owner: owner})
			if diags.HasErrors() {
				if branch != "" && owner != "" || environment == "try" && branch+owner != "" {
					t.Fatal(diags)
				}
				continue
			}
			again, _ := d.Instantiate(environment, Inputs{Branch: branch, Owner: owner})
			if !isName(bp.Instance) || bp.Instance != again.Instance {
				t.Fatalf("%q, %q: %q, then %q", branch, owner, bp.Instance, again.Instance)
			}
			if !utf8.ValidString(bp.Instance) {
				t.Fatal("no text")
			}
		}
	})
}
