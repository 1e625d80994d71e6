// Package parity judges whether one environment is a true scale model of
// another.
//
// It is data in, data out: Snapshots of a baseline (usually production) and a
// candidate (usually staging) become a Report. The steps are Seal (what is
// secret is taken out), environment names, units (interchangeable instances
// are members of one), pairing, canonical comparison, and judging by rules.
// What attributes mean comes from package catalog, reading from package
// source, rendering from package report. The package does no I/O, and nothing
// in it depends on the clock, the machine or the order of a map.
package parity
