// Command schemaflags condenses the output of `terraform providers schema
// -json` to what Maquette's catalogue needs of it: a line for each resource
// type with the attribute paths that are computed, sets, maps or sensitive.
//
//	go run ./internal/schemaflags SCHEMA.json.gz OUT.txt.gz
package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
)

type block struct {
	Attributes map[string]struct {
		Type      json.RawMessage
		Computed  bool
		Optional  bool
		Required  bool
		Sensitive bool
		Nested    *struct {
			Mode       string `json:"nesting_mode"`
			Attributes map[string]json.RawMessage
		} `json:"nested_type"`
	}
	Blocks map[string]struct {
		Mode  string `json:"nesting_mode"`
		Block block
	} `json:"block_types"`
}

type flags map[string][]string // flag letter -> paths

func (f flags) add(letter, path string) { f[letter] = append(f[letter], path) }

// addType notes the sets and maps inside an attribute's cty type.
func (f flags) addType(path string, raw json.RawMessage) {
	var t []json.RawMessage
	if json.Unmarshal(raw, &t) != nil || len(t) != 2 {
		return
	}
	switch kind := strings.Trim(string(t[0]), `"`); kind {
	case "set":
		f.add("s", path)
		f.addType(path, t[1])
	case "list":
		f.addType(path, t[1])
	case "map":
		f.add("m", path)
		f.addType(path, t[1])
	case "object":
		var fields map[string]json.RawMessage
		if json.Unmarshal(t[1], &fields) == nil {
			for name, ft := range fields {
				f.addType(path+"."+name, ft)
			}
		}
	}
}

func (f flags) walk(prefix string, b block) {
	for name, a := range b.Attributes {
		path := prefix + name
		switch {
		case a.Computed && !a.Optional && !a.Required:
			f.add("c", path)
		case a.Computed:
			f.add("o", path)
		}
		if a.Sensitive {
			f.add("x", path)
		}
		if a.Nested != nil && a.Nested.Mode == "set" {
			f.add("s", path)
		}
		f.addType(path, a.Type)
	}
	for name, sub := range b.Blocks {
		if sub.Mode == "set" {
			f.add("s", prefix+name)
		}
		f.walk(prefix+name+".", sub.Block)
	}
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: schemaflags SCHEMA.json.gz OUT.txt.gz")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(in, out string) error {
	f, err := os.Open(in)
	if err != nil {
		return err
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("reading %s: %w", in, err)
	}
	var doc struct {
		Providers map[string]struct {
			Resources map[string]struct{ Block block } `json:"resource_schemas"`
		} `json:"provider_schemas"`
	}
	if err := json.NewDecoder(zr).Decode(&doc); err != nil {
		return fmt.Errorf("reading %s: %w", in, err)
	}
	var lines []string
	for _, p := range doc.Providers {
		for name, r := range p.Resources {
			fl := flags{}
			fl.walk("", r.Block)
			line := name
			for _, letter := range []string{"c", "o", "s", "m", "x"} {
				if paths := fl[letter]; len(paths) > 0 {
					sort.Strings(paths)
					line += "\t" + letter + "=" + strings.Join(paths, ",")
				}
			}
			lines = append(lines, line)
		}
	}
	sort.Strings(lines)
	o, err := os.Create(out)
	if err != nil {
		return err
	}
	zw, err := gzip.NewWriterLevel(o, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := zw.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		return err
	}
	if err := zw.Close(); err != nil {
		return err
	}
	return o.Close()
}
