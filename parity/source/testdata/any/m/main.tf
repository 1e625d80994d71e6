variable "secret" {
  type = string
}

resource "terraform_data" "in" {
  input = { secret = var.secret, shown = true }
}

resource "terraform_data" "after" {
  input = terraform_data.in.id
}
