# What the environment's own software reads: feature flags, settings. Documents are named in definitions, and compared by
# rules of their own (parity/diff_document.go).

resource "document" {
  kind = "document"
  aspects = {
    content = "setting"
    format  = "identity"
    tier    = "identity"
    untyped = "identity"
  }
}
