package terraform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maquette/maquette/provision"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/mask"
)

const noted = `
terraform {
  required_providers {
    maquette = { source = "maquette/maquette" }
  }
}

variable "text" {
  type = string
}

resource "maquette_note" "it" {
  text = var.text
}

output "instance" {
  value = maquette_note.it.instance
}

output "secret" {
  value     = { text = var.text }
  sensitive = true
}
`

func TestApplyAndDestroy(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": noted})
	d := newDriver(t)
	before := w.listing()
	j, said := job(w.path, "try-a", map[string]cty.Value{"text": cty.StringVal("hello")})

	outputs, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	assert.Equal(t, "try-a id-try-a "+d.Home, outputs["instance"].Value.AsString())
	assert.False(t, outputs["instance"].Sensitive)
	assert.Equal(t, "hello", outputs["secret"].Value.GetAttr("text").AsString())
	assert.True(t, outputs["secret"].Sensitive)
	assert.Equal(t, []string{"planning", "applying"}, said.of(provision.EventPhase), "no init was run")
	assert.Equal(t, []string{"maquette_note.it create"}, said.of(provision.EventPlanned))
	assert.Len(t, said.of(provision.EventStart), 1)
	assert.Len(t, said.of(provision.EventComplete), 1)
	assert.Contains(t, said.String(), "Apply complete! Resources: 1 added")

	resources, err := d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{"maquette_note.it"}, resources)
	resources, err = d.Resources(t.Context(), provision.Job{Instance: "try-a"})
	require.NoError(t, err)
	assert.Equal(t, []string{"maquette_note.it"}, resources, "of a directory whose definition is not known")

	again, said := job(w.path, "try-a", map[string]cty.Value{"text": cty.StringVal("hello")})
	_, err = d.Apply(t.Context(), again)
	require.NoError(t, err)
	assert.Empty(t, said.of(provision.EventStart))
	assert.Equal(t, []string{"planning"}, said.of(provision.EventPhase))

	outputs, err = d.Outputs(t.Context(), j)
	require.NoError(t, err)
	assert.Len(t, outputs, 2)

	err = d.Remove(t.Context(), "try-a")
	require.ErrorContains(t, err, "its state still knows 1 resource: maquette_note.it")

	// Required variables are not asked for again.
	gone, said := job(w.path, "try-a", nil)
	require.NoError(t, d.Destroy(t.Context(), gone), said.String())
	resources, err = d.Resources(t.Context(), gone)
	require.NoError(t, err)
	assert.Empty(t, resources)

	names, err := d.Instances()
	require.NoError(t, err)
	assert.Equal(t, []string{"try-a"}, names)
	logs := filepath.Join(d.Home, "instances", "try-a", "logs")
	require.NoError(t, os.Mkdir(logs, 0o700))
	require.NoError(t, d.Remove(t.Context(), "try-a"))
	assert.DirExists(t, logs, "it is not ours")
	names, err = d.Instances()
	require.NoError(t, err)
	assert.Empty(t, names)
	require.NoError(t, d.Remove(t.Context(), "try-a"), "once more")
	assert.Equal(t, before, w.listing(), "the user's directory is as it was")
}

const rootWithBackend = `
terraform {
  backend "local" {
    path = "production.tfstate"
  }
}

variable "environment" {
  type = string
}

module "greeter" {
  source = "../modules/greeter"
  name   = var.environment
}

resource "terraform_data" "file" {
  input = file("${path.module}/../files/motd.txt")
}

output "said" {
  value = "${module.greeter.said} ${terraform_data.file.output}"
}
`

// newStacks makes a tree with a root that has a backend of its own and reaches outside of its directory.
func newStacks(t *testing.T) userDir {
	t.Helper()
	return newUserDir(t, map[string]string{
		"roots/main.tf":          rootWithBackend,
		"roots/terraform.tfvars": "environment = \"production\"\n",
		"modules/greeter/main.tf": `
variable "name" {}
module "polite" {
  source = "../polite"
}
output "said" {
  value = "${module.polite.word} ${var.name}"
}
`,
		"modules/polite/main.tf":  "output \"word\" {\n  value = \"hello\"\n}\n",
		"files/motd.txt":          "welcome",
		"roots/terraform.tfstate": `{"version": 4, "serial": 7, "lineage": "the user's own", "resources": []}`,
	})
}

func TestRootsAreUsedAsTheyAre(t *testing.T) {
	w := newStacks(t)
	before := w.listing()
	d := newDriver(t)
	source := filepath.Join(w.path, "roots")

	said := map[string]string{}
	for _, name := range []string{"staging", "try"} {
		j, log := job(source, name, stringsOf(map[string]string{"environment": name}))
		outputs, err := d.Apply(t.Context(), j)
		require.NoError(t, err, log.String())
		said[name] = outputs["said"].Value.AsString()
		assert.Contains(t, log.of(provision.EventPhase), "initialising", "it has a backend")
	}
	assert.Equal(t, map[string]string{"staging": "hello staging welcome", "try": "hello try welcome"}, said,
		"the definition is heeded before terraform.tfvars")

	j, log := job(source, "try", stringsOf(map[string]string{"environment": "try"}))
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err)
	assert.NotContains(t, log.of(provision.EventPhase), "initialising", "nothing has changed")

	require.NoError(t, d.Destroy(t.Context(), j))
	resources, err := d.Resources(t.Context(), provision.Job{Instance: "staging"})
	require.NoError(t, err)
	assert.Equal(t, []string{"terraform_data.file"}, resources, "the other one lives on")
	assert.Equal(t, before, w.listing(), "the user's directory is as it was")
}

func TestFilesComeAndGo(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	d := newDriver(t)
	j, _ := job(w.path, "try", nil)
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err)

	w.write("more.tf", "resource \"terraform_data\" \"more\" {}\nmodule \"sub\" {\n  source = \"./sub\"\n}\n")
	w.write("sub/main.tf", "resource \"terraform_data\" \"deep\" {\n  for_each = toset([\"a\\\"b\"])\n}\n")
	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err)
	resources, err := d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{`module.sub.terraform_data.deep["a\"b"]`, "terraform_data.greeting", "terraform_data.more"}, resources)

	require.NoError(t, os.Remove(filepath.Join(w.path, "more.tf")))
	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err)
	resources, err = d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{"terraform_data.greeting"}, resources)
}

func TestSourceMoves(t *testing.T) {
	w := newUserDir(t, map[string]string{"a/main.tf": greeting, "b/c/main.tf": greeting})
	d := newDriver(t)
	j, _ := job(filepath.Join(w.path, "a"), "try", nil)
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err)
	j, said := job(filepath.Join(w.path, "b", "c"), "try", nil)
	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err)
	assert.Empty(t, said.of(provision.EventStart), "the state has moved too")
}

func TestPlanAndApplyPlanned(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": noted})
	d := newDriver(t)
	j, said := job(w.path, "try", stringsOf(map[string]string{"text": "c4nary"}))
	changes, err := d.Plan(t.Context(), j, true)
	require.NoError(t, err, said.String())
	assert.Equal(t, []provision.Change{{Address: "maquette_note.it", Action: "create"}}, changes)
	plan := filepath.Join(d.instances(), "try", planFile)
	info, err := os.Stat(plan)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())

	outputs, err := d.ApplyPlanned(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, "c4nary", outputs["secret"].Value.GetAttr("text").AsString())
	assert.NoFileExists(t, plan)
	_, err = d.ApplyPlanned(t.Context(), j)
	require.ErrorContains(t, err, "no plan was kept")

	_, err = d.Plan(t.Context(), j, true)
	require.NoError(t, err)
	require.NoError(t, d.Drop("try"))
	assert.NoFileExists(t, plan)
	_, err = d.Plan(t.Context(), j, true)
	require.NoError(t, err)
	notes, err := d.Recover(t.Context(), "try", false)
	require.NoError(t, err)
	assert.Equal(t, []string{"a plan was left over: it is dropped"}, notes)
}

func TestFailedApplyKeepsItsState(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": `
resource "terraform_data" "good" {}

resource "terraform_data" "bad" {
  depends_on = [terraform_data.good]
  provisioner "local-exec" {
    command = "exit 3"
  }
}
`})
	d := newDriver(t)
	j, said := job(w.path, "try", nil)
	_, err := d.Apply(t.Context(), j)
	require.ErrorContains(t, err, "applying try: Terraform failed\n  Error: local-exec provisioner error\n")
	require.ErrorContains(t, err, "at "+filepath.Join(w.path, "main.tf")+":6, in terraform_data.bad")
	assert.NotContains(t, err.Error(), "exit status 1")
	errored := said.of(provision.EventErrored)
	require.Len(t, errored, 1)
	assert.Contains(t, errored[0], "terraform_data.bad create terraform_data.bad: Creation errored after ")
	assert.Len(t, said.of(provision.EventDiagnostic), 1)
	resources, err := d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{"terraform_data.bad", "terraform_data.good"}, resources)
	notes, err := d.Recover(t.Context(), "try", false)
	require.NoError(t, err)
	assert.Empty(t, notes, "Terraform has told everything in its state")
	require.NoError(t, d.Destroy(t.Context(), j))
}

func TestSecretsAreMasked(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": `
terraform {
  required_providers {
    maquette = { source = "maquette/maquette" }
  }
}
variable "password" {
  type = string
  validation {
    condition     = !startswith(var.password, "bad")
    error_message = "no good: ${var.password}"
  }
}
variable "nested" {
  type = any
}
resource "maquette_note" "it" {
  text = var.nested.deep[0]
  fail = true
}
resource "terraform_data" "loud" {
  provisioner "local-exec" {
    command = "echo my ${var.password} is ${jsonencode(var.nested.deep[0])}"
  }
}
`})
	secret := func(s string) cty.Value { return cty.StringVal(s).Mark(provision.Secret) }
	nested := cty.ObjectVal(map[string]cty.Value{"deep": cty.TupleVal([]cty.Value{secret("deep-c4nary \"quoted\"")})})
	d := newDriver(t)
	for name, password := range map[string]string{"invalid": "bad-c4nary-1", "refused": "good-c4nary-1"} {
		j, said := job(w.path, name, map[string]cty.Value{"password": secret(password), "nested": nested})
		_, err := d.Apply(t.Context(), j)
		require.Error(t, err)
		assert.NotContains(t, err.Error(), "c4nary")
		assert.Contains(t, err.Error(), mask.Shown)
		assert.NotContains(t, said.String(), "c4nary")
		for _, e := range said.events {
			assert.NotContains(t, e.Message+e.Detail+e.Address, "c4nary")
		}
		// Nor is it in any file but Terraform's state and our copies of it.
		require.NoError(t, filepath.WalkDir(d.Home, func(path string, entry os.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || filepath.Ext(path) == ".tfstate" || filepath.Ext(path) == ".backup" {
				return err
			}
			content, err := os.ReadFile(path)
			assert.NotContains(t, string(content), "c4nary", path)
			return err
		}))
	}
}

func TestBackendChanges(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	d := newDriver(t)
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.tfstate")
	backend := &provision.Backend{Type: "local", Config: map[string]cty.Value{"path": cty.StringVal(elsewhere)}}

	j, said := job(w.path, "staging", nil)
	j.Stack.Backend = backend
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	assert.FileExists(t, elsewhere)
	resources, err := d.Resources(t.Context(), provision.Job{Instance: "staging"})
	require.NoError(t, err)
	assert.Equal(t, []string{"terraform_data.greeting"}, resources)

	j.Stack.Backend = nil
	_, err = d.Apply(t.Context(), j)
	require.ErrorContains(t, err, "its backend has changed since it was applied")

	j.Stack.Backend = backend
	require.NoError(t, d.Destroy(t.Context(), j))
	j.Stack.Backend = nil
	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err, "nothing is left behind there")

	j.Stack.Backend = &provision.Backend{Type: "http", Config: map[string]cty.Value{"password": cty.StringVal("c4nary").Mark(provision.Secret)}}
	j.Instance = "other"
	_, err = d.Apply(t.Context(), j)
	require.ErrorContains(t, err, "password is a secret")
}

// A relative path of a local backend is below the instance's directory, which is to go as a whole.
func TestLocalBackendBelowTheInstance(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	for _, path := range []string{"my.tfstate", "states-of-mine/deep/my.tfstate"} {
		t.Run(path, func(t *testing.T) {
			d := newDriver(t)
			j, said := job(w.path, "staging", nil)
			j.Stack.Backend = &provision.Backend{Type: "local", Config: map[string]cty.Value{"path": cty.StringVal(path)}}
			_, err := d.Apply(t.Context(), j)
			require.NoError(t, err, said.String())
			dir := filepath.Join(d.instances(), "staging")
			assert.FileExists(t, filepath.Join(dir, path))
			require.ErrorContains(t, d.Remove(t.Context(), "staging"), "its state still knows")
			require.NoError(t, d.Destroy(t.Context(), j))
			require.NoError(t, d.Remove(t.Context(), "staging"))
			assert.NoDirExists(t, dir)
		})
	}
}

// A state that Terraform could not write is the only one that knows what it has made.
func TestStateThatCouldNotBeWritten(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	d := newDriver(t)
	j, said := job(w.path, "staging", nil)
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	dir, err := d.Dir("staging")
	require.NoError(t, err)
	instance := filepath.Join(d.instances(), "staging")
	require.NoError(t, os.Rename(filepath.Join(instance, stateFile), filepath.Join(dir.Path, "errored.tfstate")))
	require.NoError(t, os.RemoveAll(filepath.Join(instance, statesDir)))

	require.ErrorContains(t, d.Remove(t.Context(), "staging"), "could not be written")
	resources, err := d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{"terraform_data.greeting"}, resources)
	assert.NoFileExists(t, filepath.Join(dir.Path, "errored.tfstate"))
	require.NoError(t, d.Destroy(t.Context(), j))
	require.NoError(t, d.Remove(t.Context(), "staging"))
}

// A backend of Terraform's own kind, that is not a file.
func TestRemoteBackend(t *testing.T) {
	server := newStateServer(t)
	w := newUserDir(t, map[string]string{"main.tf": noted})
	d := newDriver(t)
	j, said := job(w.path, "staging", stringsOf(map[string]string{"text": "hello"}))
	j.Stack.Backend = &provision.Backend{Type: "http", Config: map[string]cty.Value{"address": cty.StringVal(server.URL)}}
	outputs, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	assert.Equal(t, "hello", outputs["secret"].Value.GetAttr("text").AsString())
	assert.NoFileExists(t, filepath.Join(d.instances(), "staging", stateFile))

	again, said := job(w.path, "staging", stringsOf(map[string]string{"text": "hello"}))
	again.Stack.Backend = j.Stack.Backend
	_, err = d.Apply(t.Context(), again)
	require.NoError(t, err)
	assert.NotContains(t, said.of(provision.EventPhase), "initialising")

	for _, asked := range []provision.Job{j, {Instance: "staging"}} {
		resources, err := d.Resources(t.Context(), asked)
		require.NoError(t, err)
		assert.Equal(t, []string{"maquette_note.it"}, resources)
	}
	require.ErrorContains(t, d.Remove(t.Context(), "staging"), "its state still knows")

	// Whoever has lost the home finds the state all the same.
	fresh := newDriver(t)
	resources, err := fresh.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{"maquette_note.it"}, resources)
	require.NoError(t, d.Destroy(t.Context(), j))
	require.NoError(t, d.Remove(t.Context(), "staging"))
}

func TestFetchedSource(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	archive := filepath.Join(t.TempDir(), "stack")
	require.NoError(t, os.CopyFS(archive, os.DirFS(w.path)))
	d := newDriver(t)
	j, said := job("", "try", stringsOf(map[string]string{"greeting": "bye"}))
	j.Stack.Source, j.Stack.Local = "file::"+archive, false
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	require.NoError(t, os.RemoveAll(archive))
	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err, "it is fetched once")
	require.NoError(t, d.Destroy(t.Context(), j))
}

// A source that could not be fetched leaves none that would be taken for the one before it.
func TestFetchThatFails(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	archive := filepath.Join(t.TempDir(), "stack")
	require.NoError(t, os.CopyFS(archive, os.DirFS(w.path)))
	d := newDriver(t)
	j, said := job("", "try", stringsOf(map[string]string{"greeting": "bye"}))
	j.Stack.Source, j.Stack.Local = "file::"+archive, false
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())

	other := j
	other.Stack.Source = "file::" + archive + "-that-is-not-there"
	_, err = d.Apply(t.Context(), other)
	require.Error(t, err)

	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err, "it is fetched anew")
	require.NoError(t, d.Destroy(t.Context(), j))
}

// A provider that only the state still needs is not seen in the files.
func TestInitIsRunWhereTerraformAsksForIt(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": noted})
	d := newDriver(t)
	j, _ := job(w.path, "try", stringsOf(map[string]string{"text": "hello"}))
	_, err := d.Apply(t.Context(), j)
	require.NoError(t, err)
	w.write("main.tf", greeting)
	j, said := job(w.path, "try", nil)
	_, err = d.Apply(t.Context(), j)
	require.NoError(t, err, said.String())
	resources, err := d.Resources(t.Context(), j)
	require.NoError(t, err)
	assert.Equal(t, []string{"terraform_data.greeting"}, resources)
}

func TestRefusals(t *testing.T) {
	w := newUserDir(t, map[string]string{"main.tf": greeting})
	d := newDriver(t)
	for name, c := range map[string]struct {
		change func(j *provision.Job)
		says   string
	}{
		"no name":   {func(j *provision.Job) { j.Instance = "../up" }, `"../up" is no name of an instance`},
		"no source": {func(j *provision.Job) { j.Stack.Source += "/missing" }, "there is no directory"},
		"no binary": {func(j *provision.Job) { j.Stack.Binary = "terraform-missing" }, "looking for terraform-missing"},
		"ourselves": {func(j *provision.Job) { j.Stack.Binary = d.Program }, "is maquette itself"},
		"too large": {func(j *provision.Job) {
			j.Stack.Variables = stringsOf(map[string]string{"greeting": strings.Repeat("x", maxVariable)})
		}, "through which Terraform gets it"},
		"bad variable": {func(j *provision.Job) { j.Stack.Variables = map[string]cty.Value{"greeting": cty.EmptyTupleVal} }, "it declares no type"},
	} {
		t.Run(name, func(t *testing.T) {
			j, _ := job(w.path, "try", nil)
			c.change(&j)
			_, err := d.Apply(t.Context(), j)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestDigest(t *testing.T) {
	w := newStacks(t)
	d := newDriver(t)
	stack := provision.Stack{Source: filepath.Join(w.path, "roots"), Local: true}
	digest := func() string {
		s, err := d.Digest(stack)
		require.NoError(t, err)
		return s
	}
	first := digest()
	w.write("roots/terraform.tfstate", "another")
	w.write("roots/.terraform/x", "another")
	w.write("files/motd.txt", "of no module")
	assert.Equal(t, first, digest())
	w.write("modules/polite/main.tf", "output \"word\" {\n  value = \"good day\"\n}\n")
	second := digest()
	assert.NotEqual(t, first, second)
	w.write("roots/new.txt", "")
	assert.NotEqual(t, second, digest())
}
