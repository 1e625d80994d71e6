// Package provision turns environment definitions (HCL) into environments that exist: it decodes and validates
// definitions, does the arithmetic of scale models, and holds the lifecycle of instances: plan, up, down, extend, reap,
// rollback.
//
// It is data in, data out. What touches the world (Terraform, the registry, the machine) stands behind interfaces that
// are declared here, with only the methods that the lifecycle calls, and implemented in packages of their own.
package provision
