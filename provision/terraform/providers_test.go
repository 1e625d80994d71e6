package terraform

import (
	"testing"

	"github.com/maquette/maquette/provision"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
)

// provided is the file that configures providers for a source, "" for none.
func provided(t *testing.T, source string, stack provision.Stack, tags map[string]string) (string, error) {
	t.Helper()
	c, err := inspect(source)
	require.NoError(t, err)
	stack.Source = source
	w := workdir{config: c, job: provision.Job{Stack: stack, Tags: tags}}
	own := map[string][]byte{}
	err = w.provide(own)
	return string(own[providersFile]), err
}

func TestProviders(t *testing.T) {
	text := cty.StringVal
	files := newUserDir(t, map[string]string{
		"plain/main.tf":    "resource \"aws_vpc\" \"main\" {\n}\n",
		"deep/main.tf":     "module \"net\" {\n  source = \"./net\"\n}\n",
		"deep/net/main.tf": "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/AWS\" }\n  }\n}\n",
		"other/main.tf":    "terraform {\n  required_providers {\n    aws = { source = \"example.com/acme/aws\" }\n  }\n}\n",
		"none/main.tf":     "resource \"maquette_service\" \"web\" {\n}\n",
		"remote/main.tf":   "module \"net\" {\n  source = \"acme/net/aws\"\n}\n",
		"itself/main.tf":   "provider \"aws\" {\n  region = \"eu-west-1\"\n}\n",
		"alias/main.tf":    "provider \"aws\" {\n  alias = \"west\"\n}\n",
	})
	stack := provision.Stack{Providers: map[string]map[string]cty.Value{"aws": {"region": text("eu-west-1"), "profile": cty.NullVal(cty.String), "note": text("${a} %{b}")}}}
	const plain = "{\n  \"provider\": {\n    \"aws\": {\n      \"note\": \"$${a} %%{b}\",\n      \"region\": \"eu-west-1\"\n    }\n  }\n}"
	for dir, want := range map[string]string{"plain": plain, "deep": plain, "other": plain, "remote": plain, "alias": plain, "none": ""} {
		got, err := provided(t, files.path+"/"+dir, stack, nil)
		require.NoError(t, err)
		assert.Equal(t, want, got, dir)
	}
	_, err := provided(t, files.path+"/itself", stack, nil)
	require.ErrorContains(t, err, "both the definition and "+files.path+"/itself configure the provider aws")

	// Whose it is, below what the definition says.
	tags := map[string]string{"Environment": "try-x", "Owner": "ada!", "Expires": "2026-11-27T12:00:00Z"}
	stack.Providers["aws"]["default_tags"] = cty.ObjectVal(map[string]cty.Value{"tags": cty.ObjectVal(map[string]cty.Value{"Owner": text("shop"), "Team": text("web")})})
	delete(stack.Providers["aws"], "note")
	got, err := provided(t, files.path+"/plain", stack, tags)
	require.NoError(t, err)
	assert.JSONEq(t, `{"provider": {"aws": {"region": "eu-west-1", "default_tags": {"tags":
		{"Environment": "try-x", "Expires": "2026-11-27T12:00:00Z", "Owner": "shop", "Team": "web"}}}}}`, got)
	delete(stack.Providers["aws"], "default_tags")
	got, err = provided(t, files.path+"/plain", stack, tags)
	require.NoError(t, err)
	assert.Contains(t, got, `"Owner": "ada_"`)
	assert.Len(t, stack.Providers["aws"], 2, "the stack stays as it is")

	// What the provider would not understand, it says itself; a secret gets into no file.
	stack.Providers["aws"]["default_tags"] = text("all")
	got, err = provided(t, files.path+"/plain", stack, tags)
	require.NoError(t, err)
	assert.Contains(t, got, `"default_tags": "all"`)
	stack.Providers["aws"]["default_tags"] = text("c4nary").Mark(provision.Secret)
	_, err = provided(t, files.path+"/plain", stack, tags)
	require.ErrorContains(t, err, "provider aws: default_tags is a secret")
	assert.NotContains(t, err.Error(), "c4nary")
}
