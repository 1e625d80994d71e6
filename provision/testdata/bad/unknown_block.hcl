environment "production" {
  teir "web" {
    members = 2
  }
  terrafrom {
    source = "./stack"
  }
  scale = "1/4"
  aliases {
  }
}
