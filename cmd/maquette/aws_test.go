package main

import (
	"encoding/gob"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live/wire"
	"github.com/maquette/maquette/parity/source"
)

// fakeAWS stands in for maquette-aws in scripts: the account holds what the state of
// the shop that the tag State names does. The profile says what goes wrong.
func fakeAWS() {
	if len(os.Args) > 1 && os.Args[1] == "sources" {
		fmt.Println(os.Args[1:])
		os.Exit(0)
	}
	var req wire.Request
	if err := gob.NewDecoder(os.Stdin).Decode(&req); err != nil {
		panic(err)
	}
	enc := gob.NewEncoder(os.Stdout)
	say := func(m wire.Message) {
		if err := enc.Encode(m); err != nil {
			panic(err)
		}
	}
	u, err := url.Parse(req.Source)
	if err != nil {
		panic(err)
	}
	say(wire.Message{Progress: &wire.Progress{Calls: 1, Done: 0, Of: 2}})
	profile := u.Query().Get("profile")
	switch profile {
	case "crash":
		fmt.Fprintln(os.Stderr, "fatal: out of luck")
		os.Exit(3)
	case "none":
		say(wire.Message{Error: "reading " + req.Source + ": no credentials"})
		os.Exit(0)
	}
	f, err := os.Open(filepath.Join(os.Getenv("SHOP"), u.Query().Get("tag.State")+".tfstate"))
	if err != nil {
		panic(err)
	}
	defer f.Close()
	snap, err := source.Read(req.Source, f)
	if err != nil {
		panic(err)
	}
	if profile == "denied" {
		snap.Incomplete = append(snap.Incomplete, parity.Gap{Source: req.Source, Service: "sqs", Call: "ListQueues", Account: "123456789012", Region: u.Host, Reason: "sqs ListQueues in account 123456789012, " + u.Host + ": access is denied"})
	}
	if req.Known != nil {
		snap.Resources[0].Unmanaged = true
		snap.Gone = []string{fmt.Sprintf("of_%d_known", len(req.Known.Resources))}
	}
	if req.MaxCalls > 0 {
		snap.Incomplete = append(snap.Incomplete, parity.Gap{Source: req.Source, Reason: fmt.Sprintf("stopped after %d calls, at %v a second", req.MaxCalls, req.Rate)})
	}
	types := map[string]bool{}
	for _, r := range snap.Resources {
		types[r.Type] = true
	}
	snap.Shows = sortedKeys(types)
	say(wire.Message{Result: &wire.Result{Snapshot: wire.Pack(snap)}})
	os.Exit(0)
}
