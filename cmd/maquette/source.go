package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/maquette/maquette/internal/gcpace"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/source"
	"github.com/maquette/maquette/provision/terraform"
)

// memoryShare is how much of the size of what is read the heap may have before garbage is looked for
// harder, in percent: comparing two states of 100,000 instances holds 15 of that of both.
const memoryShare = 17

// observe reads a source that is no environment.
func (p *project) observe(ctx context.Context, name string) (*parity.Snapshot, error) {
	switch {
	case name == "":
		return nil, fmt.Errorf("a source has no name; give a file, a Terraform directory or - for standard input")
	case name == "-":
		return source.Read("standard input", cancellable{ctx, p.in})
	case strings.HasPrefix(name, awsScheme):
		return p.observeAWS(ctx, name)
	}
	info, err := os.Stat(name)
	if err == nil && !info.IsDir() {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, reason(err))
		}
		defer f.Close()
		gcpace.Raise(min(info.Size(), source.Limit) * memoryShare / 100)
		return source.Read(name, file{cancellable{ctx, f}, info.Size()})
	}
	dir := terraform.ParseDir(name)
	if err == nil {
		dir = terraform.Dir{Path: name}
	}
	if info, dirErr := os.Stat(dir.Path); dirErr != nil || !info.IsDir() {
		if err == nil {
			err = dirErr
		}
		return nil, fmt.Errorf("reading %s: %w\n  A source is a state or plan file, a snapshot, a Terraform directory (DIR or DIR#WORKSPACE), live AWS (aws://REGION), or - for standard input", name, reason(err))
	}
	dir.Binary = p.terraform
	return observeDir(ctx, name, dir)
}

// observeDir reads a Terraform working directory through Terraform.
func observeDir(ctx context.Context, name string, dir terraform.Dir) (*parity.Snapshot, error) {
	o, err := dir.Observe(ctx)
	if err != nil {
		return nil, err
	}
	snap, err := source.Read(name, bytes.NewReader(o.State))
	if err != nil {
		return nil, err
	}
	snap.Providers = o.Providers
	snap.Modules = map[string]parity.Module{}
	for path, m := range o.Modules {
		snap.Modules[path] = parity.Module{Source: m.Source, Version: m.Version}
	}
	if o.Workspace != "" && o.Workspace != "default" {
		snap.Environment = o.Workspace
	}
	return snap, nil
}

// reason strips from an error of the os package what the message says anyway.
func reason(err error) error {
	if pe, ok := err.(*os.PathError); ok {
		return pe.Err
	}
	return err
}

// cancellable stops reading when the user does.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// file is one whose size is known.
type file struct {
	cancellable
	size int64
}

func (f file) Size() int64 { return f.size }

// writeFile writes a file whole or not at all. Pipes and devices are written to, and links stay links.
func writeFile(name string, write func(io.Writer) error) error {
	old, err := os.Stat(name)
	if err == nil && !old.Mode().IsRegular() && !old.IsDir() {
		return writeThrough(name, write)
	}
	name = linked(name)
	// A new file may be read by whom the umask lets.
	tmp, err := os.OpenFile(filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, reason(err))
	}
	defer os.Remove(tmp.Name())
	if err := write(tmp); err != nil {
		tmp.Close()
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if old != nil {
		if err := tmp.Chmod(old.Mode().Perm()); err != nil {
			tmp.Close()
			return fmt.Errorf("writing %s: %w", name, reason(err))
		}
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", name, reason(err))
	}
	if err := os.Rename(tmp.Name(), name); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// writeBytes is writeFile of what is at hand.
func writeBytes(file string, data []byte) error {
	return writeFile(file, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// writeThrough writes to what is no file that could be replaced.
func writeThrough(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err == nil {
		err = errors.Join(write(f), f.Close())
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, reason(err))
	}
	return nil
}

// linked is the file that a link leads to, though it may not be there yet; any other name is its own.
func linked(name string) string {
	for range 40 { // as many as the system follows
		target, err := os.Readlink(name)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(name), target)
		}
		name = target
	}
	return name
}
