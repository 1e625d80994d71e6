// Package local is the built-in platform: Maquette's own Terraform provider, which makes environments out of processes
// of this machine, and what those processes run.
//
// One binary, maquette-terraform, plays all parts. Attach and Serve are the provider, in the shim around Terraform or as a
// process that Terraform starts. Supervise is a supervisor or a balancer, that the provider starts and that outlives it.
// Platform looks at what is really there, whatever Terraform's state knows. The maquette that users run has none of this
// in it: it asks, and Answer answers (see wire).
//
// Nothing is believed for its process number. Each process carries in its environment whose it is (MAQUETTE_MARK,
// MAQUETTE_UNIT, MAQUETTE_NONCE), and is asked for that before it is signalled or trusted. Secrets go from process to
// process by pipes, never by arguments or files.
package local
