package provision

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/document"
)

// Document is configuration of the environment's own software, which parity compares beside its resources. One of File
// and Command is set.
type Document struct {
	Name    string // by which it is paired with the other environment's
	File    string
	Command []string          // whose output it is
	Dir     string            // of a command
	Env     map[string]string `json:"-"` // of a command, beside the caller's; may hold secrets
	Timeout time.Duration     // of a command; 30 s unless given
	Format  string            // one of document.Formats
	Secrets []string          // patterns of keys, see document.Hide
	Tier    string            // whose configuration it is; "": nobody's in particular
	Range   hcl.Range
}

// Place names where the document is from, as reports do. A command's arguments may be nobody's business.
func (d Document) Place() string {
	if d.File != "" {
		return d.File
	}
	return d.Command[0]
}

// DocumentSecrets are the patterns of all environments' documents of a name: what one environment calls a secret is none
// to show in another.
func (d *Definitions) DocumentSecrets(name string) []string {
	var patterns []string
	for _, env := range d.sorted() {
		for _, doc := range env.Documents {
			if doc.Name == name {
				patterns = append(patterns, doc.Secrets...)
			}
		}
	}
	slices.Sort(patterns)
	return slices.Compact(patterns)
}

// Builds reports whether anything builds the environment, so that there is a state of it.
func (d *Definitions) Builds(environment string) bool {
	env := d.Environments[environment]
	return env != nil && d.stackPlan(env).source != nil
}

var documentSchema = &hcl.BodySchema{Attributes: attributes("", "file command dir environment timeout format secrets tier")}

var documentName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// IsDocumentName reports whether a document can have the name.
func IsDocumentName(name string) bool { return documentName.MatchString(name) }

// document decodes a document of the environment's. It is false where it could not be read.
func (d *decoder) document(block *hcl.Block) (Document, bool) {
	before := len(d.diags)
	b := d.read(block, documentSchema)
	doc := Document{
		Name: block.Labels[0], File: d.path(b, "file"), Dir: b.dir, Timeout: 30 * time.Second,
		Format: d.text(b, "format"), Secrets: d.texts(b, "secrets"), Tier: d.text(b, "tier"), Range: block.DefRange,
	}
	if !IsDocumentName(doc.Name) {
		d.errorf(block.LabelRanges[0], "Bad name", "A document is paired with the other environment's by its name, which has letters, digits, dashes and underscores: \"flags\".")
	}
	switch {
	case b.has("file") && b.has("command"):
		d.errorf(b.at("command"), "File and command together", "A document is what is in a file, or what a command prints. Give one of the two.")
	case b.has("command"):
		d.documentCommand(b, &doc)
	case !b.has("file"):
		d.errorf(block.DefRange, "No document", "Say where the document is: file = \"flags.yaml\", or command = [\"./print-flags\"].")
	default:
		for _, name := range []string{"dir", "environment", "timeout"} {
			if b.has(name) {
				d.errorf(b.Attributes[name].NameRange, "No command", "%q is of a command, and has no effect on a file. Remove it.", name)
			}
		}
	}
	formats := document.Formats()
	switch {
	case doc.Format != "":
		if !slices.Contains(formats, doc.Format) {
			d.errorf(b.at("format"), "Unknown format", "There is no format %q; there are: %s.%s", doc.Format, enumerated(formats), suggest(doc.Format, formats))
		}
	case b.has("format"): // told
	case doc.File != "":
		if doc.Format = document.FormatOf(filepath.ToSlash(doc.File)); doc.Format == "" {
			d.errorf(b.at("file"), "Unknown format", "The name of the file does not say its format. Give it: format = \"yaml\". There are: %s.", enumerated(formats))
		}
	case b.has("command"):
		d.errorf(block.DefRange, "No format", "Say what the command prints: format = \"json\". There are: %s.", enumerated(formats))
	}
	for _, pattern := range doc.Secrets {
		if err := document.CheckPattern(pattern); err != nil {
			d.errorf(b.at("secrets"), "Bad pattern", "%s.", err)
		}
	}
	return doc, len(d.diags) == before
}

func (d *decoder) documentCommand(b body, doc *Document) {
	before := len(d.diags)
	doc.Command = d.texts(b, "command")
	switch {
	case len(d.diags) > before: // told
	case len(doc.Command) == 0 || slices.ContainsFunc(doc.Command, holdsNUL):
		d.errorf(b.at("command"), "Bad command", "A command is a list of the program and its arguments: [\"./print-flags\", \"production\"].")
	default:
		doc.Command[0] = programIn(b.dir, doc.Command[0])
	}
	if b.has("dir") {
		doc.Dir = d.path(b, "dir")
	}
	if b.has("timeout") {
		doc.Timeout = d.duration(b, "timeout")
	}
	value, ok := d.literal(b, "environment", cty.Map(cty.String))
	if !ok {
		return
	}
	doc.Env = map[string]string{}
	for name, v := range value.AsValueMap() {
		if name == "" || strings.ContainsAny(name, "=\x00") || v.IsNull() || holdsNUL(v.AsString()) {
			d.errorf(b.at("environment"), "Bad environment variable", "Environment variables have a name without \"=\" in it, and a text.")
			return
		}
		doc.Env[name] = v.AsString()
	}
}

// SecretNames are the names in Env whose values must not be printed, sorted.
func (d Document) SecretNames() []string {
	var names []string
	for name, value := range d.Env {
		if parity.SecretName(name) || parity.LooksSecret(value) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
