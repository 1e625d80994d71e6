package provision

// scope is what expressions see.
type scope struct{}
