package document

import (
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
	"github.com/maquette/maquette/parity"
)

var variable = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// parseDotenv reads NAME=value lines, as shells and the libraries that are called dotenv do: "export " before a name,
// comments, values in quotes, which may go on over lines. ${NAME} in a value stays as it is: what it stands for depends
// on where the file is used.
func parseDotenv(data []byte) (parity.Value, error) {
	var o object
	whole := string(data)
	rest := whole
	for rest != "" {
		at := len(whole) - len(rest)
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		text := strings.TrimLeft(line, " \t\r")
		if text == "" || text[0] == '#' {
			continue
		}
		at += len(line) - len(text)
		place := func(offset int) (int, int) { return position(data, at+offset) }
		name, value, found := strings.Cut(text, "=")
		if stripped, ok := strings.CutPrefix(name, "export"); ok && stripped != "" && strings.ContainsAny(stripped[:1], " \t") {
			name = strings.TrimLeft(stripped, " \t")
		}
		name = strings.TrimSpace(name)
		if !found {
			l, c := place(0)
			return parity.Value{}, errorAt(l, c, "Write NAME=value, or make it a comment with #. A value of several lines stands in quotes.", "the line has no =")
		}
		if !variable.MatchString(name) {
			l, c := place(0)
			return parity.Value{}, errorAt(l, c, "A name has letters, digits and _, and does not begin with a digit.", "what stands before = is no name")
		}
		begin := len(text) - len(strings.TrimLeft(value, " \t\r"))
		value = text[begin:]
		if value != "" && strings.ContainsAny(value[:1], "\"'`") {
			quoted := whole[at+begin:]
			content, length := unquote(quoted)
			if length < 0 {
				l, c := place(begin)
				return parity.Value{}, errorAt(l, c, "Close it, or escape the quote with \\.", "the quote %c is not closed", quoted[0])
			}
			var tail string
			tail, rest, _ = strings.Cut(quoted[length:], "\n")
			if tail := strings.TrimSpace(tail); tail != "" && tail[0] != '#' {
				l, c := place(begin + length)
				return parity.Value{}, errorAt(l, c, "Put the whole value in quotes.", "something follows the closing quote")
			}
			value = content
		} else {
			if i := strings.Index(value, " #"); i >= 0 {
				value = value[:i]
			} else if strings.HasPrefix(value, "#") {
				value = "" // NAME= # comment
			}
			value = strings.TrimSpace(value)
		}
		if !o.add(name, parity.Text(value)) {
			l, c := place(0)
			return parity.Value{}, duplicate(l, c, name)
		}
	}
	return o.value(), nil
}

// unquote returns what stands in the quotes that text begins with, and the length with them: -1 where they are not
// closed. Only double quotes know escapes; what is none of them stays, with its backslash.
func unquote(text string) (content string, length int) {
	quote := text[0]
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case c == quote:
			return b.String(), i + 1
		case c == '\\' && quote == '"' && i+1 < len(text):
			i++
			switch e := text[i]; e {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case 't':
				b.WriteByte('\t')
			case '"', '\\', '$', '`':
				b.WriteByte(e)
			default:
				b.WriteByte('\\')
				b.WriteByte(e)
			}
		case c == '\r' && i+1 < len(text) && text[i+1] == '\n':
		default:
			b.WriteByte(c)
		}
	}
	return "", -1
}
