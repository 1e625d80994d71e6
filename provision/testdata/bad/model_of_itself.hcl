environment "production" {
  model_of = "production"
}
