environment "production" {
  observe {
    document "no document" {
    }
    document "both" {
      file    = "flags.yaml"
      command = ["./print"]
    }
    document "file" {
      file        = "flags.yaml"
      dir         = "scripts"
      timeout     = "5s"
      environment = { A = "1" }
    }
    document "file" {
      file = "other.yaml"
    }
    document "unnamed-format" {
      file = "flags.txt"
    }
    document "format" {
      file   = "flags"
      format = "ymal"
    }
    document "command" {
      command = ["./print"]
    }
    document "nothing" {
      command = []
      format  = "json"
    }
    document "text" {
      command = "./print"
      format  = "json"
      timeout = "soon"
    }
    document "variables" {
      command     = ["./print"]
      format      = "json"
      environment = { "A=B" = "1" }
    }
    document "instance" {
      command = ["./print", env.name]
      format  = "json"
    }
    document "secrets" {
      file    = "flags.yaml"
      secrets = ["payments..key"]
      tier    = ""
    }
    document "words" {
      file  = "flags.yaml"
      files = ["flags.yaml"]
    }
    document {
      file = "flags.yaml"
    }
  }
}
