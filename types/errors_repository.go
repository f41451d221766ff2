package types

import "github.com/aws/smithy-go"

// RepositoryAlreadyExistsException reports a repository name that is taken in
// the caller's registry.
type RepositoryAlreadyExistsException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryAlreadyExistsException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *RepositoryAlreadyExistsException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryAlreadyExistsException) ErrorCode() string {
	return (*exception)(e).code("RepositoryAlreadyExistsException")
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryAlreadyExistsException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// RepositoryCatalogDataNotFoundException reports a repository without catalog data.
// It is part of the model, but the service has been observed to return empty data
// instead.
type RepositoryCatalogDataNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryCatalogDataNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *RepositoryCatalogDataNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryCatalogDataNotFoundException) ErrorCode() string {
	return (*exception)(e).code("RepositoryCatalogDataNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryCatalogDataNotFoundException) ErrorFault() smithy.ErrorFault {
	return smithy.FaultClient
}

// RepositoryNotEmptyException reports a repository that still has images and is
// deleted only with Force.
type RepositoryNotEmptyException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryNotEmptyException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *RepositoryNotEmptyException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryNotEmptyException) ErrorCode() string {
	return (*exception)(e).code("RepositoryNotEmptyException")
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryNotEmptyException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// RepositoryNotFoundException reports a repository that does not exist. It can
// occur right after the repository was created, because the service is
// eventually consistent.
type RepositoryNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *RepositoryNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryNotFoundException) ErrorCode() string {
	return (*exception)(e).code("RepositoryNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// RepositoryPolicyNotFoundException reports a repository that has no policy.
type RepositoryPolicyNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryPolicyNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *RepositoryPolicyNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryPolicyNotFoundException) ErrorCode() string {
	return (*exception)(e).code("RepositoryPolicyNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryPolicyNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }
