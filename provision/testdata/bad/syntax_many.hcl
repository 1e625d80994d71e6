environment "production" {
  model_of =
}

environment staging" {
}
