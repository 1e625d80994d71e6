environment "staging" {
  model_of = "production"
}
