locals {
  urls = merge(
    { for name, web in module.web : name => web.url },
    { for name, service in module.service : name => service.url if local.tiers[name].called },
  )
}

output "url" {
  description = "Where the first tier of kind web answers, in order of name; empty without one."
  value       = local.first == "" ? "" : local.urls[local.first]
}

output "urls" {
  description = "Where each tier that is behind a balancer answers."
  value       = local.urls
}

output "members" {
  description = "How many members each tier has."
  value = merge(
    { for name, web in module.web : name => web.members },
    { for name, worker in module.worker : name => worker.members },
    { for name, service in module.service : name => service.members },
    { for name, function in module.function : name => function.members },
  )
}

output "release" {
  description = "What is released; empty where no release is."
  value       = var.release == null ? "" : var.release.ref
}

output "database_url" {
  description = "URL of the environment's database, without the password; empty without one."
  value       = local.database == null ? "" : module.database[0].url
  sensitive   = true
}
