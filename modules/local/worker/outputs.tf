output "members" {
  description = "How many processes."
  value       = maquette_service.this.members
}
