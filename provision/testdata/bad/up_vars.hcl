# up: staging --var web_cuont=3 --var web_count=many --var zones=a,b --var labels={a=1} --var password={
environment "staging" {
  terraform {
    source    = "./stack"
    variables = { image = "shop:1" }
  }
}
