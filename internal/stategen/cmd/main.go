// Command cmd writes a large pair of states to files, for measuring by hand:
//
//	go run ./internal/stategen/cmd -copies 167 -out pair testdata/shop/production.tfstate
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/maquette/maquette/internal/stategen"
)

func main() {
	log.SetFlags(0)
	copies := flag.Int("copies", 17, "copies of the template, of 60 instances each")
	changed := flag.Float64("changed", 1, "percent of the candidate's instances that differ")
	out := flag.String("out", "pair", "prefix of the files to write")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: cmd [flags] TEMPLATE.tfstate")
	}
	if err := run(flag.Arg(0), *out, stategen.Options{Copies: *copies, Changed: *changed}); err != nil {
		log.Fatal(err)
	}
}

func run(template, out string, o stategen.Options) error {
	data, err := os.ReadFile(template)
	if err != nil {
		return err
	}
	b, err := os.Create(out + ".production.tfstate")
	if err != nil {
		return err
	}
	defer b.Close()
	c, err := os.Create(out + ".staging.tfstate")
	if err != nil {
		return err
	}
	defer c.Close()
	changes, err := stategen.Generate(data, o, b, c)
	if err != nil {
		return err
	}
	for _, x := range changes {
		fmt.Printf("%s\t%s\t%s\t%s\n", x.Address, x.Attribute, x.Old, x.New)
	}
	if err := b.Close(); err != nil {
		return err
	}
	return c.Close()
}
