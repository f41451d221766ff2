// Package types defines the structs that requests and responses of Amazon ECR
// Public share, and the service's enumerations and exceptions.
//
// Names and field types are those of the official Go package, so migrating a
// program only changes its import path.
//
// # Absent and empty
//
// A nil pointer or slice means that the member is absent from the request or
// response. A slice that is empty but not nil is sent as an empty list.
//
// # Enumerations
//
// An enumeration is a string type. The service may add values that have no
// constant here, so a switch needs a default.
//
// # Exceptions
//
// An exception is an error response of the service. Match it by its type with
// errors.As, or by a function of package ecrpublic, such as IsNotFound. A fake
// of the service returns a pointer to one.
//
// # Struct tags
//
// The struct tag "ecr" states what cannot be derived from a field's name: that
// a member is required, that its wire name does not follow from the Go name,
// or, with "-", that the field is never sent.
package types
