// Package types holds the shapes that requests and responses of Amazon ECR
// Public share, its enumerations and its exceptions.
//
// Names and field types are those of the official Go package, so a program can
// change its import path and nothing else.
//
// # Absent and empty
//
// A nil pointer or slice means that the member was absent, on the wire and in a
// response alike; an empty slice that is not nil is sent as an empty list.
//
// # Enumerations
//
// An enumeration is a string type: the service may add values that have no constant
// here, so a switch needs a default.
//
// # Exceptions
//
// An exception is what the service returns instead of an output. Match it by its
// type with errors.As, or with IsNotFound and the others of package ecrpublic; a
// test that stands in for the service returns a pointer to one.
//
// # Struct tags
//
// The struct tag "ecr" states what cannot be derived from a field's name:
// that a member is required, that its wire name does not follow from the Go
// name, or, with "-", that the field never travels.
package types
