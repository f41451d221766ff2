// Package types defines the structs, enumerations and exceptions of Amazon ECR
// Public. They mirror aws-sdk-go-v2/service/ecrpublic/types.
//
// # Absent and empty
//
// A nil pointer or slice means that a member is absent. A slice that is empty but
// not nil is sent as an empty list.
//
// # Enumerations
//
// An enumeration is a string type. The service may add values that have no
// constant here, so a switch needs a default.
//
// # Exceptions
//
// An exception is an error response of the service. Match it with errors.As, or
// with a function of package ecrpublic such as IsNotFound. A fake client should
// return it as a pointer.
//
// # Struct tags
//
// Tags named "ecr" are internal to this module; ignore them.
package types
