name = "shop"

enviroment "production" {
}

tier "web" {
  members = 2
}

environment {
}

environment "a" "b" {
}
