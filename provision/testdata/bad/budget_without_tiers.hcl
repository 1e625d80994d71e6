environment "production" {
  observe {
    state {
      file = "production.tfstate"
    }
  }
}

environment "staging" {
  model_of = "production"
  scale {
    budget = 12
  }
}
