// Package faults holds the test that kills Maquette and Terraform at random moments, with real processes: whatever was
// killed, the registry tells the truth afterwards, doctor mends what can be mended, nothing is left over and no state is
// lost. `go test ./internal/faults` does a few kills, `make faults` a hundred and more.
package faults
