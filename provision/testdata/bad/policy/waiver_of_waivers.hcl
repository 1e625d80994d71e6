waive "management/waiver-*" {
  reason  = "they are renewed next week"
  owner   = "ada"
  expires = "2027-01-31"
}

ignore {
  rule   = "management/ignore-unused"
  reason = "this is for all environments"
}

# What is wrong with waivers is not waived by these, but all else is.
waive "management/*" {
  reason  = "built by another team"
  owner   = "ada"
  expires = "2027-01-31"
}
