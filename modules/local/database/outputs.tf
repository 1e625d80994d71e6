output "name" {
  description = "Name of the database."
  value       = maquette_database.this.name
}

output "engine_version" {
  description = "PostgreSQL's version."
  value       = maquette_database.this.engine_version
}

output "url" {
  description = "URL of the database."
  value       = maquette_database.this.url
  sensitive   = true
}
