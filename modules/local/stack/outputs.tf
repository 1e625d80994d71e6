locals {
  urls = { for name, balancer in merge(maquette_balancer.tier, maquette_balancer.front) : name => balancer.url }
}

output "url" {
  description = "Where the first tier of kind web answers, in order of name; empty without one."
  value       = try([for name, url in local.urls : url if var.tiers[name].kind == "web"][0], "")
}

output "urls" {
  description = "Where each tier that is behind a balancer answers."
  value       = local.urls
}

output "members" {
  description = "How many members each tier has."
  value       = { for name, service in merge(maquette_service.tier, maquette_service.front) : name => service.members }
}

output "release" {
  description = "The commit that is checked out; empty where no release is."
  value       = local.commit == null ? "" : local.commit
}

output "database_url" {
  description = "URL of the environment's database; empty without one."
  value       = local.database == null ? "" : local.database
  sensitive   = true
}
