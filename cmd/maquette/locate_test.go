package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/provision"
)

// tree writes files below a new directory, which it makes the current one.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	t.Chdir(dir)
	return dir
}

// located is where a finding about a candidate's address, or else a baseline's, is placed.
func located(t *testing.T, o *observer, candidate named, f parity.Finding) *parity.Location {
	t.Helper()
	rep := &parity.Report{Findings: []parity.Finding{f}, Mended: []parity.Finding{f}}
	_, err := o.locate(rep, candidate, nil)
	require.NoError(t, err)
	assert.Equal(t, rep.Findings[0].Location, rep.Mended[0].Location)
	return rep.Findings[0].Location
}

var infra = map[string]string{
	"infra [1]/main.tf": `
resource "aws_instance" "worker" {
  count = 2
}

module "web" {
  source = "../modules/web"
}

module "far" {
  source = "example.com/acme/far/aws"
}

module "circle" {
  source = "./"
}
`,
	"infra [1]/network.tf":  "resource \"aws_subnet\" \"private_a\" {}\nresource \"aws_subnet\" \"private_b\" {}\ndata \"aws_ami\" \"app\" {}\n",
	"modules/web/extra.tf":  "\n\nresource \"aws_lb\" \"this\" {}\n",
	"modules/web/broken.tf": "resource {",
	"empty/x.txt":           "",
}

func TestLocateResources(t *testing.T) {
	tree(t, infra)
	at := func(file string, line int) *parity.Location {
		return &parity.Location{File: file, Line: line, Column: 1}
	}
	const root = "infra [1]"
	for address, want := range map[string]*parity.Location{
		"aws_instance.worker":                        at(root+"/main.tf", 2),
		"aws_instance.worker[0]":                     at(root+"/main.tf", 2),
		`aws_instance.worker["a.b"]`:                 at(root+"/main.tf", 2),
		"aws_subnet.private_*":                       at(root+"/network.tf", 1),
		"data.aws_ami.app":                           at(root+"/network.tf", 3),
		`module.web["eu"].aws_lb.this`:               at("modules/web/extra.tf", 3),
		"module.web.aws_lb.gone":                     at(root+"/main.tf", 6),
		"module.far.module.x.aws_lb.this":            at(root+"/main.tf", 10),
		"module.circle.module.circle.module.circle.": at(root+"/main.tf", 14),
		"module.gone.aws_lb.this":                    at(root+"/main.tf", 1),
		"aws_lb.gone":                                at(root+"/main.tf", 1),
		"":                                           at(root+"/main.tf", 1), "[": at(root+"/main.tf", 1), "module": at(root+"/main.tf", 1), "module.": at(root+"/main.tf", 1), "\x00.\xff": at(root+"/main.tf", 1),
	} {
		assert.Equal(t, want, located(t, &observer{}, named{source: root}, parity.Finding{Subject: parity.Subject{Candidate: address}}), address)
	}
	both := parity.Finding{Subject: parity.Subject{Baseline: "aws_instance.worker", Candidate: "aws_ecs_service.worker"}}
	assert.Equal(t, at(root+"/main.tf", 2), located(t, &observer{}, named{source: root}, both))
	assert.Equal(t, at("empty/main.tf", 1), located(t, &observer{}, named{source: "empty#workspace"}, both))
}

// A plan or state often lies beside the files that it is of, or comes from there.
func TestLocateBeside(t *testing.T) {
	dir := tree(t, infra)
	require.NoError(t, os.WriteFile("infra [1]/plan.json", nil, 0o644))
	worker := parity.Finding{Subject: parity.Subject{Candidate: "aws_instance.worker[0]"}}
	gone := parity.Finding{Subject: parity.Subject{Candidate: "aws_lb.gone"}}
	plan := named{source: "infra [1]/plan.json"}
	assert.Equal(t, &parity.Location{File: "infra [1]/main.tf", Line: 2, Column: 1}, located(t, &observer{}, plan, worker))
	assert.Equal(t, &parity.Location{File: "infra [1]/plan.json", Line: 1, Column: 1}, located(t, &observer{}, plan, gone))
	t.Chdir(filepath.Join(dir, "infra [1]"))
	assert.Equal(t, &parity.Location{File: "main.tf", Line: 2, Column: 1}, located(t, &observer{}, named{source: "-"}, worker))
	assert.Nil(t, located(t, &observer{}, named{source: "-"}, gone))
}

func TestLocateFiles(t *testing.T) {
	dir := tree(t, map[string]string{"a/b/staging.tfstate": "{}", "-": "x"})
	f := parity.Finding{Subject: parity.Subject{Candidate: "aws_lb.this"}}
	assert.Equal(t, &parity.Location{File: "a/b/staging.tfstate", Line: 1, Column: 1}, located(t, &observer{}, named{source: "a/b/staging.tfstate"}, f))
	for _, elsewhere := range []string{"-", "aws://eu-west-1", "gone"} {
		assert.Nil(t, located(t, &observer{}, named{source: elsewhere}, f), elsewhere)
	}
	// In a git work tree files are named from its top, wherever we stand in it.
	t.Chdir("a/b")
	assert.Equal(t, "staging.tfstate", located(t, &observer{}, named{source: "staging.tfstate"}, f).File)
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o755))
	assert.Equal(t, "a/b/staging.tfstate", located(t, &observer{}, named{source: "staging.tfstate"}, f).File)
	// So is a place that a policy has given; an earlier report has named its own already.
	f.Location = &parity.Location{File: "x", Line: 2, Column: 3}
	rep := &parity.Report{Findings: []parity.Finding{f}, Mended: []parity.Finding{f}}
	_, err := (&observer{}).locate(rep, named{source: "staging.tfstate"}, nil)
	require.NoError(t, err)
	assert.Equal(t, &parity.Location{File: "a/b/x", Line: 2, Column: 3}, rep.Findings[0].Location)
	assert.Equal(t, f.Location, rep.Mended[0].Location)
}

func TestLocateDefinitions(t *testing.T) {
	dir := tree(t, infra)
	name := filepath.Join(dir, "environments", "all.hcl")
	defs, diags := provision.Parse([]provision.File{{Name: name, Data: []byte(`
environment "production" {
  tier "web" {
    members = 4
  }
  tier "api" {
    members = 4
  }
  terraform {
    source = "../infra [1]"
  }
}
environment "staging" {
  model_of = "production"
  scale {
    ratio = "1/2"
    tier "web" {
      members = 3
    }
  }
}
environment "bare" {
  observe {
    state {
      file = "../bare.tfstate"
    }
  }
  tier "web" {
    members = 2
  }
}
`)}})
	require.False(t, diags.HasErrors(), diags.Error())
	o := &observer{defs: defs}
	web, api := "web", "api"
	at := func(line int) *parity.Location {
		return &parity.Location{File: "environments/all.hcl", Line: line, Column: 3}
	}
	staging := named{source: "staging", environment: "staging", instance: "staging"}
	finding := func(rule string, tier *string, address string) parity.Finding {
		return parity.Finding{Rule: rule, Tier: tier, Subject: parity.Subject{Candidate: address}}
	}
	// The number of a tier is in the definition, all else in Terraform's files.
	want := at(17)
	want.Column = 5
	assert.Equal(t, want, located(t, o, staging, finding("one-box/single-member", &web, "aws_instance.worker")))
	assert.Equal(t, &parity.Location{File: "infra [1]/main.tf", Line: 2, Column: 1}, located(t, o, staging, finding("version/image", &web, "aws_instance.worker")))
	assert.Equal(t, &parity.Location{File: "infra [1]/main.tf", Line: 2, Column: 1}, located(t, o, staging, finding("one-box/single-member", &api, "aws_instance.worker")))
	want = at(13)
	want.Column = 1
	assert.Equal(t, want, located(t, o, staging, finding("one-box/missing-tier", &api, "aws_lb.gone")))

	bare := named{source: "bare", environment: "bare", instance: "bare"}
	assert.Equal(t, at(28), located(t, o, bare, finding("version/engine", &web, "aws_instance.worker")))
	want = at(22)
	want.Column = 1
	assert.Equal(t, want, located(t, o, bare, finding("version/engine", &api, "aws_instance.worker")))
}
