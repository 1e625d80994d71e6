package source_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/internal/stategen"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/source"
)

// generatedState is a large state that internal/stategen makes.
func generatedState(t testing.TB, copies int) []byte {
	var state bytes.Buffer
	_, err := stategen.Generate(readFile(t, shop+"production.tfstate"), stategen.Options{Copies: copies}, &state, io.Discard)
	require.NoError(t, err)
	return state.Bytes()
}

// shownOf writes a state as `terraform show -json` does, and planOf as that of a plan which changes nothing but one in a
// hundred resources, which it makes.
func shownOf(t testing.TB, state []byte) []byte {
	var b bytes.Buffer
	b.WriteString(`{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":`)
	shownModules(&b, shownResources(t, state))
	b.WriteString(`}}`)
	return b.Bytes()
}

func planOf(t testing.TB, state []byte) []byte {
	resources := shownResources(t, state)
	var b bytes.Buffer
	b.WriteString(`{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"root_module":`)
	shownModules(&b, resources)
	b.WriteString(`},"resource_changes":[`)
	for i, r := range resources {
		actions, unknown := `["no-op"]`, `{}`
		if i%100 == 0 {
			actions, unknown = `["create"]`, `{"id":true,"arn":true}`
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"address":%s,%s,"change":{"actions":%s,"before":%s,"after":%[4]s,"after_unknown":%[5]s,"before_sensitive":%[6]s,"after_sensitive":%[6]s}}`,
			r.address, r.head, actions, r.values, unknown, r.mask)
	}
	b.WriteString(`],"prior_state":{"format_version":"1.0","values":{"root_module":`)
	shownModules(&b, resources)
	b.WriteString(`}},"configuration":{"root_module":{"module_calls":{`)
	last, blocks := "", map[string]bool{}
	for _, r := range resources {
		if r.module != last {
			if last != "" {
				b.WriteString(`]}},`)
			}
			fmt.Fprintf(&b, `%q:{"source":"./m","module":{"resources":[`, strings.TrimPrefix(r.module, "module."))
			last = r.module
		} else if !blocks[r.module+r.block] {
			b.WriteByte(',')
		}
		if !blocks[r.module+r.block] {
			blocks[r.module+r.block] = true
			fmt.Fprintf(&b, `{"address":%q,"mode":"managed","expressions":{"name":{"references":["var.name"]},"arn":{"references":["aws_lb.web.arn","aws_lb.web"]}}}`, r.block)
		}
	}
	b.WriteString(`]}}}}},"complete":true}`)
	return b.Bytes()
}

// shownResource is one of the resources, in JSON.
type shownResource struct {
	module, block, address, head string
	values, mask                 []byte
}

func shownResources(t testing.TB, state []byte) []shownResource {
	var doc struct {
		Resources []struct {
			Module, Mode, Type, Name string
			Instances                []struct {
				Key        json.RawMessage `json:"index_key"`
				Attributes json.RawMessage
				Sensitive  [][]struct{ Value any } `json:"sensitive_attributes"`
			}
		}
	}
	require.NoError(t, json.Unmarshal(state, &doc))
	var out []shownResource
	for _, r := range doc.Resources {
		for _, inst := range r.Instances {
			dec := json.NewDecoder(bytes.NewReader(inst.Attributes))
			dec.UseNumber()
			var values map[string]any
			require.NoError(t, dec.Decode(&values))
			mask := maskOf(values).(map[string]any)
			for _, path := range inst.Sensitive {
				mask[path[0].Value.(string)] = true
			}
			s := shownResource{module: r.Module, block: r.Type + "." + r.Name}
			head := fmt.Sprintf(`"mode":%q,"type":%q,"name":%q,"provider_name":"registry.terraform.io/hashicorp/aws"`, r.Mode, r.Type, r.Name)
			address := strings.TrimPrefix(r.Module+"."+s.block, ".")
			if inst.Key != nil {
				head += `,"index":` + string(inst.Key)
				address += "[" + string(inst.Key) + "]"
			}
			s.head = head
			var err error
			s.address = string(mustJSON(t, address))
			var compact bytes.Buffer
			require.NoError(t, json.Compact(&compact, inst.Attributes))
			s.values = compact.Bytes()
			s.mask, err = json.Marshal(mask)
			require.NoError(t, err)
			out = append(out, s)
		}
	}
	return out
}

func mustJSON(t testing.TB, v any) []byte {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return b
}

// maskOf is what Terraform writes beside values of which nothing is sensitive.
func maskOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		mask := map[string]any{}
		for k, it := range v {
			if m := maskOf(it); m != false {
				mask[k] = m
			}
		}
		return mask
	case []any:
		mask := []any{}
		for _, it := range v {
			mask = append(mask, maskOf(it))
		}
		return mask
	}
	return false
}

// shownModules writes a root module with what has none, and a child for each module of the others, with the members in
// Terraform's order.
func shownModules(b *bytes.Buffer, resources []shownResource) {
	module := ""
	b.WriteString(`{"resources":[`)
	for i, r := range resources {
		switch {
		case r.module == module:
			if i > 0 {
				b.WriteByte(',')
			}
		case module == "":
			b.WriteString(`],"child_modules":[{"resources":[`)
		default:
			fmt.Fprintf(b, `],"address":%q},{"resources":[`, module)
		}
		module = r.module
		fmt.Fprintf(b, `{"address":%s,%s,"schema_version":0,"values":%s,"sensitive_values":%s,"depends_on":["aws_vpc.main"]}`, r.address, r.head, r.values, r.mask)
	}
	if module == "" {
		b.WriteString(`]}`)
		return
	}
	fmt.Fprintf(b, `],"address":%q}]}`, module)
}

var sizes = []struct {
	name   string
	copies int
}{{"1k", 17}, {"10k", 167}}

func benchmarkRead(b *testing.B, data func(state []byte) []byte) {
	for _, s := range sizes {
		b.Run(s.name, func(b *testing.B) {
			text := data(generatedState(b, s.copies))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if _, err := source.Read("generated", bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReadShown(b *testing.B) {
	benchmarkRead(b, func(state []byte) []byte { return shownOf(b, state) })
}

func BenchmarkReadPlan(b *testing.B) {
	benchmarkRead(b, func(state []byte) []byte { return planOf(b, state) })
}

func BenchmarkReadSnapshot(b *testing.B) {
	benchmarkRead(b, func(state []byte) []byte {
		var out bytes.Buffer
		require.NoError(b, source.Write(&out, sealedState(b, state)))
		return out.Bytes()
	})
}

func BenchmarkWriteSnapshot(b *testing.B) {
	for _, s := range sizes {
		b.Run(s.name, func(b *testing.B) {
			snap := sealedState(b, generatedState(b, s.copies))
			var out bytes.Buffer
			require.NoError(b, source.Write(&out, snap))
			b.SetBytes(int64(out.Len()))
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if err := source.Write(io.Discard, snap); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func sealedState(t testing.TB, state []byte) *parity.Snapshot {
	s, err := source.Read("generated", bytes.NewReader(state))
	require.NoError(t, err)
	s.Seal(loadCatalog(t))
	return s
}
