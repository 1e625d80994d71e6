environment "production" {
  aliases = ["prod"]
}

environment "staging" {
  model_of = "production"
  scale {
    budget = 12
  }
}
