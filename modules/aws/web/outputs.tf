output "url" {
  description = "Where the balancer answers."
  value       = module.balancer.url
}

output "members" {
  description = "How many machines, at least."
  value       = module.machines.members
}

output "security_group_id" {
  description = "Security group of the machines."
  value       = module.machines.security_group_id
}

output "role_name" {
  description = "Role of the machines, for what else they may do."
  value       = module.machines.role_name
}

output "dimensions" {
  description = "Dimensions of metrics: of the balancer's and of the machines'."
  value       = { balancer = module.balancer.dimensions, machines = module.machines.dimensions }
}
