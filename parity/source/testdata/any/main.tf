# Every form of address and of sensitive value, in the provider that Terraform has built in.
variable "secret" {
  type      = string
  sensitive = true
  default   = "c4nary-Any-v4lue"
}

locals {
  keys = ["plain", "quo\"te", "back\\slash", "$${tpl}", "%%{tpl}", "ünï", "new\nline", "zero\u200bwidth", "emoji 😀", "dot.ted[0]", ""]
}

resource "terraform_data" "each" {
  for_each = toset(local.keys)
  input    = { (each.key) = 1 }
}

resource "terraform_data" "count" {
  count = 11
  input = count.index
}

resource "terraform_data" "parts" {
  input = {
    a = var.secret
    b = [1, var.secret, "plain"]
    c = { "k.e\"y" = var.secret, plain = "x", deep = [{ x = var.secret }, { x = "y" }] }
  }
}

resource "terraform_data" "whole" {
  input = var.secret
}

resource "terraform_data" "ref" {
  input = terraform_data.count[0].id
}

module "mod" {
  source   = "./m"
  for_each = toset(["a.b", "c\"d"])
  secret   = var.secret
}

module "counted" {
  source = "./m"
  count  = 2
  secret = "counted"
}
