package parity

// documentType is the type, and the kind, of resources that are documents.
const documentType = "document"

// Document is configuration that the environment's own software reads, as a file holds it: feature flags, settings.
type Document struct {
	Name   string // by which it is paired with the other environment's
	Format string // as yaml
	Tier   string // whose configuration it is; "": nobody's in particular
	// Untyped says that the format knows texts only, so that "8080" may mean the number.
	Untyped bool
	Content Value // what is Secret in it holds the plain text, until the snapshot is sealed
}

// Resource returns the document as a Snapshot holds it: at the address document.NAME.
func (d Document) Resource() Resource {
	keys, items := []string{"content", "format"}, []Value{d.Content, Text(d.Format)}
	if d.Tier != "" {
		keys, items = append(keys, "tier"), append(items, Text(d.Tier))
	}
	if d.Untyped {
		keys, items = append(keys, "untyped"), append(items, Value{Kind: Bool, Text: "true"})
	}
	return NewResource(Declaration{Type: documentType, Name: d.Name}, Place{}, ObjectOf(keys, items))
}

// documentTier is the tier whose configuration a document is, "" of all else.
func (r *Resource) documentTier() string {
	if r.Type != documentType {
		return ""
	}
	return r.Attributes.Get("tier").Str()
}

func (r *Resource) untyped() bool { return r.Attributes.Get("untyped").Text == "true" }

// leaves counts the values in v that hold no others.
func leaves(v Value) int {
	if v.Kind != List && v.Kind != Object {
		return 1
	}
	n := 0
	for _, it := range v.Items() {
		n += leaves(it)
	}
	return n
}
