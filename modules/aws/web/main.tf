module "balancer" {
  source = "../balancer"

  name                = var.name
  vpc_id              = var.vpc_id
  vpc_cidr            = var.vpc_cidr
  subnet_ids          = var.balancer_subnet_ids
  internal            = var.internal
  ingress_cidrs       = var.ingress_cidrs
  target_type         = "instance"
  port                = var.port
  health_path         = var.health_path
  certificate_arn     = var.certificate_arn
  host                = var.host
  zone_id             = var.zone_id
  deletion_protection = var.deletion_protection
}

module "machines" {
  source = "../worker"

  name        = var.name
  vpc_id      = var.vpc_id
  subnet_ids  = var.subnet_ids
  ami         = var.ami
  size        = var.size
  members     = var.members
  max_members = var.max_members
  user_data   = var.user_data
  port        = var.port
  balancer = {
    security_group_id = module.balancer.security_group_id
    target_group_arn  = module.balancer.target_group_arn
  }
  security_group_ids = var.security_group_ids
  secret_arns        = var.secret_arns
  root_device        = var.root_device
  disk               = var.disk
}
