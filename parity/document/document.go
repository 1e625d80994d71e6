// Package document reads configuration files, as applications have them, into values that parity compares: JSON, YAML,
// TOML, dotenv, Java properties and HCL. Nothing in them is expanded, included or evaluated. The package does no I/O.
package document

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/maquette/maquette/parity"
)

// What a document may be at most. Parsers recurse, and an alias of YAML's stands for any number of values.
const (
	Limit       = 4 << 20 // bytes
	maxNesting  = 100
	maxExpanded = 4 * Limit // bytes of keys and scalars, and one for each value, with all aliases written out
)

// Error says where reading a document failed, and what to do about it. It repeats no value of the document's, which may
// be secret.
type Error struct {
	Name         string // as the user knows the document
	Line, Column int    // from 1, the column in characters; 0: not known
	Err          error
	Hint         string
}

func (e *Error) Error() string {
	at := e.Name
	if e.Line > 0 {
		at += fmt.Sprintf(":%d", e.Line)
		if e.Column > 0 {
			at += fmt.Sprintf(":%d", e.Column)
		}
	}
	text := fmt.Sprintf("reading %s: %v", at, e.Err)
	if e.Hint != "" {
		text += "\n  " + e.Hint
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// errorAt is an error at a place of a document, which Parse gives its name.
func errorAt(line, column int, hint, format string, args ...any) *Error {
	return &Error{Line: line, Column: column, Hint: hint, Err: fmt.Errorf(format, args...)}
}

// duplicate is the error of a key that stands a second time in one map.
func duplicate(line, column int, key string) *Error {
	return errorAt(line, column, "Parsers take one of the two, and not all the same one: remove the other.", "the key %s is there twice", clip(key))
}

func tooDeep(line, column int) *Error {
	return errorAt(line, column, "Configuration never comes near; look whether the file was generated wrongly.", "it nests more than %d levels deep", maxNesting)
}

type parser func(data []byte) (parity.Value, error)

var parsers = map[string]parser{
	"json": parseJSON, "yaml": parseYAML, "toml": parseTOML, "dotenv": parseDotenv, "properties": parseProperties, "hcl": parseHCL,
}

var extensions = map[string]string{
	".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".env": "dotenv", ".properties": "properties",
	".hcl": "hcl", ".tfvars": "hcl",
}

// Formats are the formats that are read, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(parsers)) }

// FormatOf tells a file's format by its name, as flags.yaml, .env or .env.production; "" where the name does not say.
func FormatOf(name string) string {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	if format := extensions[path.Ext(base)]; format != "" {
		return format
	}
	if strings.HasPrefix(base, ".env.") {
		return "dotenv"
	}
	return ""
}

// Untyped reports whether a format knows texts only: whether "8080" is a number is for the application to say.
func Untyped(format string) bool { return format == "dotenv" || format == "properties" }

// Parse reads a document, which is a map or a list. Keys that hold null are left out: null and absent are one. Errors
// are of type *Error, and call the document by name.
func Parse(name, format string, data []byte) (parity.Value, error) {
	v, err := parse(format, data)
	if err == nil {
		return v, nil
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = &Error{Err: err}
	}
	e.Name = name
	return parity.Value{}, e
}

func parse(format string, data []byte) (parity.Value, error) {
	read := parsers[format]
	if read == nil {
		return parity.Value{}, errorAt(0, 0, "", "%q is no format; one of: %s", format, strings.Join(Formats(), ", "))
	}
	data, err := text(data)
	if err != nil {
		return parity.Value{}, err
	}
	v, err := read(data)
	switch {
	case err != nil:
		return v, err
	case v.Kind == parity.Null: // comments, and nothing else
		return parity.ObjectOf(nil, nil), nil
	case v.Kind != parity.Object && v.Kind != parity.List:
		return v, errorAt(0, 0, "Look whether this is the file that is meant, and of the format that is meant.", "as %s it is one value, without keys", format)
	case v.Get("sops").Get("mac").Kind == parity.String || v.Get("sops_mac").Kind == parity.String:
		return v, errorAt(0, 0, `Give what decrypts it in place of the file: command = ["sops", "--decrypt", "FILE"]`, "it is encrypted by sops")
	}
	return v, nil
}

// text checks that data is text, and takes the byte order mark off.
func text(data []byte) ([]byte, error) {
	const wanted = "A document is text in UTF-8."
	switch {
	case len(data) > Limit:
		return nil, errorAt(0, 0, "Name the part that is configuration, or a command that prints it.", "it has more than %d MiB", Limit>>20)
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, errorAt(0, 0, "Convert it: iconv -f UTF-16 -t UTF-8 FILE", "it is UTF-16 text")
	case bytes.HasPrefix(data, []byte("$ANSIBLE_VAULT")):
		return nil, errorAt(0, 0, `Give what decrypts it in place of the file: command = ["ansible-vault", "view", "FILE"]`, "it is encrypted by ansible-vault")
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errorAt(0, 0, "A file that was cut short, or a command that failed, looks the same. If it is meant, write {} or a comment.", "it is empty")
	}
	if !utf8.Valid(data) {
		at := 0
		for at < len(data) {
			r, size := utf8.DecodeRune(data[at:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			at += size
		}
		line, column := position(data, at)
		return nil, errorAt(line, column, wanted, "it is no UTF-8 here")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if at := bytes.IndexByte(data, 0); at >= 0 {
		line, column := position(data, at)
		return nil, errorAt(line, column, wanted, "it holds a zero byte")
	}
	return data, nil
}

// position is the line and column of an offset, from 1.
func position(data []byte, offset int) (line, column int) {
	before := data[:min(max(offset, 0), len(data))]
	line = bytes.Count(before, []byte("\n")) + 1
	return line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// clip bounds what an error repeats of a key.
func clip(key string) string {
	if len(key) > 60 {
		key = strings.ToValidUTF8(key[:60], "") + "…"
	}
	return fmt.Sprintf("%q", key)
}

// object collects a map's keys. Null is kept out, and known all the same: a key must not come twice.
type object struct {
	keys  []string
	items []parity.Value
	seen  map[string]bool
}

// add returns false where the key is there already.
func (o *object) add(key string, v parity.Value) bool {
	if o.seen[key] {
		return false
	}
	if o.seen == nil {
		o.seen = map[string]bool{}
	}
	o.seen[key] = true
	if v.Kind != parity.Null {
		o.keys, o.items = append(o.keys, key), append(o.items, v)
	}
	return true
}

func (o *object) value() parity.Value { return parity.ObjectOf(o.keys, o.items) }
