# up: production
environment "production" {
  observe {
    state {
      file = "production.tfstate"
    }
  }
}
