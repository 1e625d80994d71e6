environment "production" {
  terraform {
    source = "./broken"
  }
}
