environment "dev" {
  model_of = "staging"
}

environment "staging" {
  model_of = "try"
}

environment "try" {
  model_of = "dev"
}

environment "load" {
  model_of = "try"
}
