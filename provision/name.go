package provision

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/maquette/maquette/internal/lazyregexp"
)

// maxName bounds names, so that NAME.localhost and what a platform adds to them stay DNS labels of at most 63.
const maxName = 40

var (
	nameForm   = lazyregexp.New(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	notInNames = lazyregexp.New(`[^a-z0-9]+`)
)

// isName reports whether a text can name an environment or an instance: as a DNS label, it stands in host names.
func isName(text string) bool {
	return len(text) <= maxName && nameForm.MatchString(text)
}

// slug makes a text fit for a DNS label. The same text gives the same slug, and one that is cut or has nothing left ends
// in a digest of the text, so that two long branches do not share a name.
func slug(text string) string {
	return fit(label(text), text)
}

// label is a text in the letters of names, as long as it is.
func label(text string) string {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(text), "-"), "-")
	if name == "" {
		return "x" + digest(text)
	}
	return name
}

// fit cuts a name to its greatest length, and marks it with the digest of the text that it stands for.
func fit(name, text string) string {
	if len(name) <= maxName {
		return name
	}
	mark := digest(text)
	return strings.TrimRight(name[:maxName-1-len(mark)], "-") + "-" + mark
}

// nameAfter joins an environment's name and what tells its instances apart.
func nameAfter(environment, what string) string {
	return fit(label(environment)+"-"+label(what), environment+"-"+what)
}

// wouldDo proposes a name for one that is none, as the end of a message.
func wouldDo(text string) string {
	if !strings.ContainsFunc(strings.ToLower(text), func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }) {
		return ""
	}
	return fmt.Sprintf(" %q would do.", slug(text))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:4])
}
