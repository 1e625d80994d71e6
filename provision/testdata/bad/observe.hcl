environment "production" {
  observe {
  }
}

environment "staging" {
  observe {
    terraform {
    }
    state {
      path = "x.tfstate"
    }
    snapshot {
      file = 3 + "x"
    }
    aws {
      tags = ["production"]
    }
    gcp {
      project = "x"
    }
  }
  observe {
    state {
      file = "x.tfstate"
    }
  }
}
