package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/local/wire"
)

// platformProgram finds the program that is the built-in platform, and that Terraform is run by.
func platformProgram() (string, error) {
	return companion(wire.Program, "runs Terraform and keeps services running")
}

// platform asks that program what lives of instances of a home. It implements provision.Platform.
type platform struct{ home string }

var _ provision.Platform = platform{}

func (p platform) Sweep(ctx context.Context, instance, id string) (gone, left []provision.Leftover, err error) {
	reply, err := p.ask(ctx, wire.Sweep, wire.Request{Instance: instance, ID: id})
	return reply.Gone, reply.Left, err
}

func (p platform) Strays(ctx context.Context, known []string) (map[string][]provision.Leftover, error) {
	reply, err := p.ask(ctx, wire.Strays, wire.Request{Known: known})
	return reply.Strays, err
}

// services returns the services and then the balancers of instances, in order of name.
func (p platform) services(ctx context.Context, instances ...string) (map[string][]wire.ServiceStatus, error) {
	reply, err := p.ask(ctx, wire.Services, wire.Request{Instances: instances})
	return reply.Services, err
}

func (p platform) ask(ctx context.Context, question string, req wire.Request) (wire.Reply, error) {
	var reply wire.Reply
	program, err := platformProgram()
	if err != nil {
		return reply, err
	}
	req.Home = p.home
	var out, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, program, question)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	// What this process may be told of its part is not for that one.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "MAQUETTE_") })
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	in, err := cmd.StdinPipe() // open until Wait returns, or we are no more
	if err != nil {
		return reply, err
	}
	if err := cmd.Start(); err != nil {
		return reply, err
	}
	_ = json.NewEncoder(in).Encode(req) // what does not get it says so
	ended := cmd.Wait()
	if err := json.Unmarshal(out.Bytes(), &reply); err != nil {
		if ctx.Err() != nil {
			return reply, ctx.Err()
		}
		line, _, _ := strings.Cut(strings.TrimSpace(complaints.String()), "\n")
		return reply, fmt.Errorf("%s said nothing that can be read: %w\n  %s", wire.Program, errors.Join(ended, err), line)
	}
	if reply.Error != "" {
		return reply, errors.New(reply.Error)
	}
	return reply, nil
}
