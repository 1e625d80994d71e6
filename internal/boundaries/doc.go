// Package boundaries holds the shape of the code: its test fails when a package imports what it may not.
package boundaries
