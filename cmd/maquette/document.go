package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/document"
	"github.com/maquette/maquette/provision"
	"github.com/maquette/maquette/provision/probe"
)

// layDocuments reads an environment's documents and lays them beside what else is known of it.
func (o *observer) layDocuments(ctx context.Context, env *provision.Environment, beside *parity.Snapshot) error {
	for _, doc := range env.Documents {
		at := fmt.Sprintf("%s:%d", o.project.shown(doc.Range.Filename), doc.Range.Start.Line)
		own := doc.Secrets
		doc.Secrets = o.defs.DocumentSecrets(doc.Name)
		snap, unmatched, err := readDocument(ctx, doc, o.project.shown(doc.Place()))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("observing %s, document %s as %s says: %w", env.Name, doc.Name, at, o.project.tell(nil, err))
		}
		for _, pattern := range unmatched {
			if slices.Contains(own, pattern) {
				o.note(fmt.Sprintf("secrets of document %s (%s): no key of it matches %q", doc.Name, at, pattern))
			}
		}
		if err := beside.Merge(snap); err != nil {
			return fmt.Errorf("observing %s: %w", env.Name, err)
		}
	}
	return nil
}

// note keeps what is to be told when all is read: two environments are read at once.
func (o *observer) note(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.notes = append(o.notes, text)
}

// tellNotes tells what was noted while reading, in one order.
func (o *observer) tellNotes() {
	slices.Sort(o.notes)
	for _, text := range o.notes {
		fmt.Fprintln(o.project.err, "note: "+text)
	}
	o.notes = nil
}

// readDocument reads a document as a snapshot of it alone. It returns the patterns of secrets that match nothing, too.
func readDocument(ctx context.Context, doc provision.Document, name string) (*parity.Snapshot, []string, error) {
	var data []byte
	var err error
	if doc.File != "" {
		data, err = readBounded(ctx, doc.File, name)
	} else {
		name = "the output of " + name
		if data, err = (probe.Prober{}).Document(ctx, doc); err != nil && ctx.Err() == nil {
			err = fmt.Errorf("running %w", err)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	content, err := document.Parse(name, doc.Format, data)
	if err != nil {
		return nil, nil, err
	}
	content, unmatched := document.Hide(content, doc.Secrets)
	d := parity.Document{Name: doc.Name, Format: doc.Format, Tier: doc.Tier, Untyped: document.Untyped(doc.Format), Content: content}
	return &parity.Snapshot{Sources: []string{name}, Resources: []parity.Resource{d.Resource()}}, unmatched, nil
}

// readBounded reads a file, and no more of it than a document may have and one byte, of which the parser complains.
func readBounded(ctx context.Context, file, name string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(cancellable{ctx, f}, document.Limit+1))
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("reading %s: %w", name, reason(err))
	}
	return data, err
}

// documentFlag is one --document: NAME=BASELINE,CANDIDATE.
type documentFlag struct {
	name  string
	files [2]string // of the baseline and of the candidate
}

// documents turns the flags into documents of both sides.
func (o *parityOptions) documents(cmd *cobra.Command) ([]documentFlag, error) {
	var flags []documentFlag
	seen := map[string]bool{}
	for _, text := range o.documentFlags {
		name, files, _ := strings.Cut(text, "=")
		base, cand, found := strings.Cut(files, ",")
		switch {
		case !provision.IsDocumentName(name) || !found || base == "" || cand == "" || strings.Contains(cand, ","):
			return nil, usage(cmd, "--document: %q is not of the form NAME=BASELINE_FILE,CANDIDATE_FILE, as flags=production/flags.yaml,staging/flags.yaml", text)
		case seen[name]:
			return nil, usage(cmd, "--document: there are two of the name %q", name)
		}
		seen[name] = true
		for _, file := range []string{base, cand} {
			if document.FormatOf(filepath.ToSlash(file)) == "" {
				return nil, usage(cmd, "--document: the name of %s does not say its format; there are %s. In a definition it can be given: document %q { format = … }", file, oneOf(document.Formats()), name)
			}
		}
		flags = append(flags, documentFlag{name, [2]string{base, cand}})
	}
	for _, pattern := range o.secrets {
		if err := document.CheckPattern(pattern); err != nil {
			return nil, usage(cmd, "--secret: %v", err)
		}
		if len(flags) == 0 {
			return nil, usage(cmd, "--secret is about the documents of --document, and there is none")
		}
	}
	return flags, nil
}

// lay reads the documents of the command line, and lays each beside its side.
func (o *parityOptions) lay(ctx context.Context, flags []documentFlag, sides ...*parity.Snapshot) error {
	matched := map[string]bool{}
	for _, flag := range flags {
		for side, file := range flag.files {
			doc := provision.Document{Name: flag.name, File: file, Format: document.FormatOf(filepath.ToSlash(file)), Secrets: o.secrets}
			snap, unmatched, err := readDocument(ctx, doc, file)
			if err != nil {
				return err
			}
			for _, pattern := range o.secrets {
				matched[pattern] = matched[pattern] || !slices.Contains(unmatched, pattern)
			}
			if err := sides[side].Merge(snap); err != nil {
				return err
			}
		}
	}
	for _, pattern := range o.secrets {
		if !matched[pattern] {
			return errors.New("--secret: no key of a document matches " + pattern + ": what it is to hide would be shown\n  Keys are written as in a report's paths, without lists: payments.*.key")
		}
	}
	return nil
}

// sidesOfDocuments are environments of which nothing but documents is given. Their names are the words in which the
// files' paths differ, where those are usual names of environments: prod/flags.yaml, staging/flags.yaml.
func sidesOfDocuments(flags []documentFlag) (base, cand *parity.Snapshot) {
	names := [2]string{}
	for _, flag := range flags {
		for side, file := range flag.files {
			if names[side] == "" {
				names[side] = parity.NamedIn(file, flag.files[1-side])
			}
		}
	}
	return &parity.Snapshot{Environment: names[0]}, &parity.Snapshot{Environment: names[1]}
}
