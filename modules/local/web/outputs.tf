output "members" {
  description = "How many processes."
  value       = maquette_service.this.members
}

output "ports" {
  description = "The port of each member, on 127.0.0.1."
  value       = maquette_service.this.ports
}

output "url" {
  description = "Where the balancer answers."
  value       = maquette_balancer.this.url
}
