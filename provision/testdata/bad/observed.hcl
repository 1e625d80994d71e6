environment "staging" {
  terraform {
    source = "./elsewhere"
    variables = {
      ami = observed.production.aws_launch_template.web.image_id
    }
  }
}
