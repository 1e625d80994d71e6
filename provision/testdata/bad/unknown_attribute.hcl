environment "staging" {
  model = "production"
  modelof = "production"
  alias = ["stage"]
  owner = "me"
}

environment "production" {
}
