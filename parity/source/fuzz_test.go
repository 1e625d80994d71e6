package source_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclparse"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/catalog"
	"github.com/maquette/maquette/parity/source"
)

// fuzz checks what holds for every input: reading does not panic; what was
// read can be sealed, saved, read again, and compared with itself.
func fuzz(f *testing.F, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	cat, diags := catalog.Load(hclparse.NewParser())
	if diags.HasErrors() {
		f.Fatal(diags)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := source.Read("fuzz", bytes.NewReader(data))
		if err != nil {
			if s != nil {
				t.Fatal("a snapshot beside an error")
			}
			return
		}
		s.Seal(cat)
		var out bytes.Buffer
		if err := source.Write(&out, s); err != nil {
			t.Fatalf("writing: %v", err)
		}
		saved, err := source.Read("saved", bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("reading what was written: %v\n%s", err, out.Bytes())
		}
		if len(saved.Resources) != len(s.Resources) {
			t.Fatalf("%d resources saved, %d read again", len(s.Resources), len(saved.Resources))
		}
		again, err := source.Read("fuzz", bytes.NewReader(data))
		if err != nil {
			t.Fatalf("reading twice: %v", err)
		}
		parity.Compare(s, again, cat, parity.DefaultOptions())
		parity.Compare(saved, again, cat, parity.DefaultOptions())
	})
}

// cutOut is a fixture with only those resources whose text holds a word, small
// enough to mutate.
func cutOut(f *testing.F, path, head, tail string, words ...string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	var kept []string
	for _, block := range strings.Split(string(data), "\n    {\n")[1:] {
		end := strings.Index(block, "\n    }")
		if end < 0 {
			continue
		}
		block = "{" + block[:end] + "}"
		for _, w := range words {
			if strings.Contains(block, w) && len(block) < 6000 {
				kept = append(kept, block)
				break
			}
		}
	}
	if len(kept) == 0 {
		f.Fatalf("nothing of %s is left", path)
	}
	return head + strings.Join(kept, ",") + tail
}

func FuzzState(f *testing.F) {
	const head, tail = `{"version":4,"terraform_version":"1.11.4","resources":[`, `]}`
	fuzz(f,
		cutOut(f, shop+"production.tfstate", head, tail, `"aws_lb"`, `"aws_vpc"`),
		cutOut(f, shop+"production.tfstate", head, tail, `"aws_iam_role"`, `"aws_ecs_task_definition"`),
		cutOut(f, shop+"staging-drift.tfstate", head, tail, `"aws_db_instance"`),
		cutOut(f, "testdata/any.tfstate", head, tail, `"parts"`, `"in"`),
		stateOf(`{"module":"module.a[\"b\"]","mode":"managed","type":"a_b","name":"c","instances":[{"index_key":"k","attributes":{"x":{"type":["map","string"],"value":{"y":"z"}}},"sensitive_attributes":[[{"type":"get_attr","value":"x"},{"type":"index","value":{"value":"y","type":"string"}}]]}]}`),
		stateOf(`{"mode":"data","type":"a_b","name":"c","instances":[{"attributes":{"id":"data-1"}}]}`, `{"mode":"managed","type":"a_b","name":"c","instances":[{"deposed":"00","status":"tainted","attributes":{"json":"{\"a\":[1]}"}}]}`),
	)
}

func FuzzPlan(f *testing.F) {
	fuzz(f,
		`{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":{"resources":[{"address":"aws_instance.w[0]","mode":"managed","type":"aws_instance","name":"w","index":0,"values":{"ami":"ami-1","root_block_device":[{}]},"sensitive_values":{"root_block_device":[{}]}}],"child_modules":[{"address":"module.m","resources":[{"address":"module.m.aws_lb.l","mode":"managed","type":"aws_lb","name":"l","values":{"name":"x"}}]}]}},`+
			`"resource_changes":[{"address":"aws_instance.w[0]","change":{"actions":["create"],"after_unknown":{"id":true,"subnet_id":true,"root_block_device":[{"id":true}]},"after_sensitive":{"user_data":true}}}],`+
			`"configuration":{"provider_config":{"aws":{"full_name":"registry.terraform.io/hashicorp/aws","version_constraint":"5.45.0"}},"root_module":{"resources":[{"address":"aws_instance.w","expressions":{"subnet_id":{"references":["aws_subnet.s[0].id","aws_subnet.s[0]","aws_subnet.s"]}}}],"module_calls":{"m":{"source":"./m","module":{"resources":[{"address":"aws_lb.l","expressions":{"name":{"references":["var.x"]}}}]}}}}},"errored":false,"complete":true}`,
		`{"format_version":"1.0","values":{"root_module":{"resources":[{"address":"a_b.c","mode":"managed","type":"a_b","name":"c","values":{"p":"s","l":["a"]},"sensitive_values":{"p":true,"l":[true]}},{"mode":"data","type":"a_d","name":"e","values":{"id":"x-1"}}]}}}`,
		`{"format_version":"1.2","planned_values":{"root_module":{}},"prior_state":{"values":{"root_module":{"resources":[{"mode":"data","type":"a_d","name":"e","values":{"id":"x-1"}}]}}},"complete":false}`,
	)
}

func FuzzSnapshot(f *testing.F) {
	fuzz(f,
		`{"schema":"maquette/snapshot/v1","environment":"production","terraform_version":"1.11.4","sources":["x"],"providers":{"p":"1.0.0"},"modules":{"module.m":{"source":"./m","version":"1"}},"externals":[{"address":"data.a.b","names":["n-1"]}],"incomplete":[{"source":"s","reason":"r"}],"resources":[`+
			`{"module":"module.m","type":"aws_db_instance","name":"d","key":0,"provider":"registry.terraform.io/hashicorp/aws","schema_version":1,"tainted":true,"attributes":{"engine_version":"15.6","password":{"$secret":true},"arn":{"$unknown":true}}},`+
			`{"type":"aws_iam_role","name":"r","key":"k","planned":true,"attributes":{"assume_role_policy":{"$json":{"Statement":[{"Action":"x"}]}}}}]}`,
		`{"schema":"maquette/snapshot/v1","resources":[{"type":"aws_lb","name":"l","deposed":true,"attributes":{}}]}`,
	)
}
