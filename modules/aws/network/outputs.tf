output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "cidr" {
  description = "Addresses of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "zones" {
  description = "The availability zones, in the order of the subnets."
  value       = local.zones
}

output "public_subnet_ids" {
  description = "Subnets that the internet reaches, one in each zone: for balancers and NAT gateways."
  value       = aws_subnet.public[*].id
}

output "private_subnet_ids" {
  description = "Subnets that it does not reach, one in each zone: for everything else."
  value       = aws_subnet.private[*].id

  depends_on = [aws_route.private, aws_route_table_association.private] # what starts there needs the way out
}

output "internal_domain" {
  description = "Domain of the names inside."
  value       = aws_route53_zone.internal.name
}

output "internal_zone_id" {
  description = "The private hosted zone of that domain."
  value       = aws_route53_zone.internal.zone_id
}
