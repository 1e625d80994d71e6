package catalog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

// Condensed from `terraform providers schema -json` of the AWS provider.
//
//go:generate go run ../../internal/schemaflags ../../testdata/schema/aws-5.45.0.schema.json.gz aws-5.45.0.flags.txt.gz
//go:embed aws-5.45.0.flags.txt.gz
var schemaData []byte

// flags holds, for each letter, the attribute paths with that flag, with a
// comma before and after each: c computed only, o optional and computed,
// s set, m map, x sensitive.
type flags map[byte]string

func (f flags) has(letter byte, path string) bool {
	paths := f[letter]
	return strings.Contains(paths, path) && strings.Contains(paths, ","+path+",")
}

// aspect gives what the schema alone tells of an attribute.
func (f flags) aspect(path string) (Aspect, bool) {
	switch {
	case f == nil:
	case f.has('x', path):
		return Aspect{Kind: Secret}, true
	case f.has('c', path):
		return Aspect{Kind: Identity}, true
	}
	return Aspect{}, false
}

var schemaFlags = sync.OnceValue(func() map[string]flags {
	zr, err := gzip.NewReader(bytes.NewReader(schemaData))
	if err != nil {
		panic(fmt.Sprintf("embedded schema flags: %v", err))
	}
	all := map[string]flags{}
	sc := bufio.NewScanner(zr)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		fields := strings.Split(sc.Text(), "\t")
		f := flags{}
		for _, field := range fields[1:] {
			f[field[0]] = "," + field[2:] + ","
		}
		all[fields[0]] = f
	}
	if err := sc.Err(); err != nil {
		panic(fmt.Sprintf("embedded schema flags: %v", err))
	}
	return all
})
