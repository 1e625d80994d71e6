package awsstandin_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/awsstandin"
	"github.com/maquette/maquette/internal/tftest"
)

func TestMain(m *testing.M) {
	if awsstandin.Serving() {
		if err := awsstandin.Serve(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// workspace is a directory in which Terraform runs with the stand-in.
type workspace struct {
	t           *testing.T
	binary, dir string
	environment []string
}

func newWorkspace(t *testing.T, files ...string) *workspace {
	t.Helper()
	w := &workspace{t: t, binary: tftest.Require(t), dir: t.TempDir()}
	environment, err := awsstandin.Install(t.TempDir(), filepath.Join("..", "..", "testdata", "schema", "aws-5.45.0.schema.json.gz"))
	require.NoError(t, err)
	w.environment = append(os.Environ(), environment...)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		w.write(filepath.Base(file), string(data))
	}
	return w
}

func (w *workspace) write(name, text string) {
	require.NoError(w.t, os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600))
}

func (w *workspace) try(args ...string) (string, error) {
	cmd := exec.Command(w.binary, args...)
	cmd.Dir, cmd.Env = w.dir, w.environment
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

func (w *workspace) run(args ...string) string {
	w.t.Helper()
	out, err := w.try(args...)
	require.NoError(w.t, err, out)
	return out
}

const small = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { Environment = "test" }
  }
}
variable "size" { default = "m5.large" }
variable "workers" { default = 2 }
data "aws_availability_zones" "all" {}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = data.aws_availability_zones.all.names[1]
}
resource "aws_launch_template" "web" {
  name          = "web"
  instance_type = var.size
}
resource "aws_instance" "worker" {
  count         = var.workers
  ami           = "ami-1"
  instance_type = var.size
  subnet_id     = aws_subnet.private.id
  tags          = { Role = "worker" }
}
`

func TestResourcesAreMadeOnPaper(t *testing.T) {
	w := newWorkspace(t)
	w.write("main.tf", small)
	w.run("init")
	w.run("apply", "-auto-approve")
	w.settled()

	workers := w.attributes("aws_instance")
	require.Len(t, workers, 2)
	assert.NotEqual(t, workers[0]["id"], workers[1]["id"])
	assert.Regexp(t, `^i-[0-9a-f]{17}$`, workers[0]["id"])
	assert.Equal(t, map[string]any{"Environment": "test", "Role": "worker"}, workers[0]["tags_all"])
	assert.Equal(t, w.attributes("aws_subnet")[0]["id"], workers[0]["subnet_id"])
	assert.Equal(t, "eu-west-1b", w.attributes("aws_subnet")[0]["availability_zone"])
	assert.EqualValues(t, 1, w.attributes("aws_launch_template")[0]["latest_version"])

	w.run("apply", "-auto-approve", "-var", "size=m5.xlarge", "-var", "workers=3")
	assert.Len(t, w.attributes("aws_instance"), 3)
	assert.EqualValues(t, 2, w.attributes("aws_launch_template")[0]["latest_version"], "a changed template has a new version")

	w.run("destroy", "-auto-approve")
	assert.Empty(t, w.attributes("aws_instance"))
}

// settled wants a plan that changes nothing.
func (w *workspace) settled() {
	w.t.Helper()
	_, err := w.try("plan", "-detailed-exitcode")
	assert.NoError(w.t, err, "what was applied stays as it is")
}

// attributes are those of a type's resources in the state.
func (w *workspace) attributes(typ string) []map[string]any {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
	require.NoError(w.t, err)
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct{ Attributes map[string]any }
		}
	}
	require.NoError(w.t, json.Unmarshal(data, &state))
	var all []map[string]any
	for _, r := range state.Resources {
		for _, in := range r.Instances {
			if r.Type == typ {
				all = append(all, in.Attributes)
			}
		}
	}
	return all
}

func TestTheSchemaRefuses(t *testing.T) {
	for name, bad := range map[string]string{
		"an attribute that there is not": strings.Replace(small, "instance_type = var.size\n}", "instance_typ = var.size\n}", 1),
		"a missing argument":             strings.Replace(small, `cidr_block        = "10.0.1.0/24"`, "", 1) + "\nresource \"aws_db_subnet_group\" \"x\" {}\n",
		"a wrong type":                   small + "\nresource \"aws_lb\" \"x\" {\n  idle_timeout = \"soon\"\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			w.write("main.tf", bad)
			w.run("init")
			out, err := w.try("validate")
			assert.Error(t, err, out)
		})
	}
}

// The shop's own Terraform, whose states the real provider wrote.
func TestShop(t *testing.T) {
	shop := filepath.Join("..", "..", "testdata", "shop")
	w := newWorkspace(t, filepath.Join(shop, "main.tf"))
	w.write("jobs.zip", "")
	w.write("terraform.tfvars", `
environment = "production"
zones       = ["us-east-1a", "us-east-1b", "us-east-1c"]
cidr        = "10.0.0.0/16"
ami         = "ami-1"
web         = { count = 6, size = "m5.large", max = 12 }
api         = { count = 4, size = "", cpu = 512, memory = 1024, image = "shop/api:1.4.2" }
worker      = { count = 3, size = "m5.large" }
database    = { engine_version = "15.6", class = "db.r6g.large", storage = 100, replicas = 2, multi_az = true, parameters = { max_connections = "400" } }
cache       = { engine_version = "7.1", node = "cache.r6g.large", nodes = 3, failover = true }
jobs        = { runtime = "python3.12", memory = 512, concurrency = 10 }
config      = { LOG_LEVEL = "info" }
flags       = { new_checkout = "true" }
log_days    = 30
alarms      = true
db_password = "never-in-a-log"
`)
	w.run("init")
	w.run("apply", "-auto-approve")
	w.settled()
	assert.Len(t, w.attributes("aws_instance"), 3)
}
