environment "a" {
  terraform {
    source = "./elsewhere"
    backend "remote" {
      hostname = "app.example.com"
      workspaces {
        name = "a"
      }
    }
  }
}

environment "b" {
  terraform {
    source = "./elsewhere"
    backend "" {
    }
  }
}

environment "c" {
  terraform {
    source = "./elsewhere"
    backend "pg" {
      conn_str = "postgres://app:${secret("DB_PASSWORD")}@db/states"
    }
  }
}

environment "d" {
  terraform {
    source = "./elsewhere"
    backend "s3" {
      key = "${output.name}"
    }
  }
}
