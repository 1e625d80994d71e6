package document

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/maquette/maquette/parity"
)

const blank = " \t\f"

// parseProperties reads what java.util.Properties loads, in UTF-8. Of a key that comes twice Java takes the last one;
// here it is an error.
func parseProperties(data []byte) (parity.Value, error) {
	lines := strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	var o object
	for i := 0; i < len(lines); i++ {
		line := strings.TrimLeft(lines[i], blank)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		number, column := i+1, len(lines[i])-len(line)+1
		var whole strings.Builder
		for continued(line) {
			whole.WriteString(line[:len(line)-1])
			if i++; i == len(lines) {
				line = ""
				break
			}
			line = strings.TrimLeft(lines[i], blank)
		}
		whole.WriteString(line)
		rawKey, rawValue := divide(whole.String())
		key, okKey := unescape(rawKey)
		value, okValue := unescape(rawValue)
		if !okKey || !okValue {
			return parity.Value{}, errorAt(number, column, `Write \uXXXX with four hexadecimal digits, or \\u for the letters.`, `a \u without four hexadecimal digits`)
		}
		if !o.add(key, parity.Text(value)) {
			return parity.Value{}, duplicate(number, column, key)
		}
	}
	return o.value(), nil
}

// continued reports whether a line ends in a backslash that is not escaped itself.
func continued(line string) bool {
	return (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
}

// divide cuts a line at the first blank, = or : that is not escaped.
func divide(line string) (key, value string) {
	end := 0
	for end < len(line) && !strings.ContainsAny(line[end:end+1], blank+"=:") {
		if line[end] == '\\' {
			end++
		}
		end++
	}
	end = min(end, len(line))
	rest := strings.TrimLeft(line[end:], blank)
	if rest != "" && (rest[0] == '=' || rest[0] == ':') {
		rest = strings.TrimLeft(rest[1:], blank)
	}
	return line[:end], rest
}

// unescape is false where an escape is cut short.
func unescape(text string) (string, bool) {
	if !strings.Contains(text, `\`) {
		return text, true
	}
	var b strings.Builder
	var units []uint16 // of \u escapes that touch: characters may have two
	flush := func() {
		b.WriteString(string(utf16.Decode(units)))
		units = units[:0]
	}
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			flush()
			b.WriteByte(text[i])
			continue
		}
		i++
		if text[i] == 'u' {
			if i+5 > len(text) {
				return "", false
			}
			unit, err := strconv.ParseUint(text[i+1:i+5], 16, 16)
			if err != nil {
				return "", false
			}
			units = append(units, uint16(unit))
			i += 4
			continue
		}
		flush()
		switch c := text[i]; c {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'f':
			b.WriteByte('\f')
		default:
			b.WriteByte(c)
		}
	}
	flush()
	return b.String(), true
}
