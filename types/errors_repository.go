package types

import "github.com/aws/smithy-go"

// RepositoryAlreadyExistsException reports a repository name that is taken in
// the caller's registry.
type RepositoryAlreadyExistsException struct {
	// Message is the service's explanation; nil when it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryAlreadyExistsException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" when there is none.
func (e *RepositoryAlreadyExistsException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryAlreadyExistsException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "RepositoryAlreadyExistsException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryAlreadyExistsException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// RepositoryCatalogDataNotFoundException reports a repository without catalog
// data. It is part of the model; the service was seen answering with empty
// data instead.
type RepositoryCatalogDataNotFoundException struct {
	// Message is the service's explanation; nil when it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryCatalogDataNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" when there is none.
func (e *RepositoryCatalogDataNotFoundException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryCatalogDataNotFoundException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "RepositoryCatalogDataNotFoundException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryCatalogDataNotFoundException) ErrorFault() smithy.ErrorFault {
	return smithy.FaultClient
}

// RepositoryNotEmptyException reports a repository that still holds images
// and was to be deleted without force.
type RepositoryNotEmptyException struct {
	// Message is the service's explanation; nil when it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryNotEmptyException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" when there is none.
func (e *RepositoryNotEmptyException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryNotEmptyException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "RepositoryNotEmptyException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryNotEmptyException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// RepositoryNotFoundException reports a repository that does not exist. Right
// after a creation it can appear once in a while, because the service is
// eventually consistent.
type RepositoryNotFoundException struct {
	// Message is the service's explanation; nil when it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" when there is none.
func (e *RepositoryNotFoundException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryNotFoundException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "RepositoryNotFoundException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// RepositoryPolicyNotFoundException reports a repository that has no policy.
type RepositoryPolicyNotFoundException struct {
	// Message is the service's explanation; nil when it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RepositoryPolicyNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" when there is none.
func (e *RepositoryPolicyNotFoundException) ErrorMessage() string { return text(e.Message) }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RepositoryPolicyNotFoundException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "RepositoryPolicyNotFoundException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault returns smithy.FaultClient.
func (e *RepositoryPolicyNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }
