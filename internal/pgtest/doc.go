// Package pgtest starts a real PostgreSQL for tests: one of the binaries on this machine, in a temporary directory, on a
// loopback port and a Unix socket, with a password. It dies with the test process, however that ends.
package pgtest
