environment "production" {
}

environment "staging" {
  model_of = env.name
  aliases  = [upper("stage")]
}

environment "try" {
  model_of = ["production"]
  aliases  = "try"
}

environment "dev" {
  model_of = production
  aliases  = [""]
}
