package types

import "github.com/aws/smithy-go"

// InvalidParameterException reports a member that breaks a constraint of the
// service. The message names the member; retrying does not help.
type InvalidParameterException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *InvalidParameterException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *InvalidParameterException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *InvalidParameterException) ErrorCode() string {
	return (*exception)(e).code("InvalidParameterException")
}

// ErrorFault returns smithy.FaultClient.
func (e *InvalidParameterException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// InvalidTagParameterException reports a resource tag with a bad, repeated or
// reserved key or value.
type InvalidTagParameterException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *InvalidTagParameterException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *InvalidTagParameterException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *InvalidTagParameterException) ErrorCode() string {
	return (*exception)(e).code("InvalidTagParameterException")
}

// ErrorFault returns smithy.FaultClient.
func (e *InvalidTagParameterException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// LimitExceededException reports an exhausted quota. It is not a throttle:
// waiting does not help, so this client does not retry it.
type LimitExceededException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *LimitExceededException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *LimitExceededException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *LimitExceededException) ErrorCode() string {
	return (*exception)(e).code("LimitExceededException")
}

// ErrorFault returns smithy.FaultClient.
func (e *LimitExceededException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// RegistryNotFoundException reports a registry id or alias that does not
// exist.
type RegistryNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *RegistryNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *RegistryNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *RegistryNotFoundException) ErrorCode() string {
	return (*exception)(e).code("RegistryNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *RegistryNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// ServerException reports a failure inside the service. Clients retry it.
type ServerException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *ServerException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *ServerException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *ServerException) ErrorCode() string { return (*exception)(e).code("ServerException") }

// ErrorFault returns smithy.FaultServer.
func (e *ServerException) ErrorFault() smithy.ErrorFault { return smithy.FaultServer }

// TooManyTagsException reports a repository that would have more than 50
// tags.
type TooManyTagsException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *TooManyTagsException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *TooManyTagsException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *TooManyTagsException) ErrorCode() string {
	return (*exception)(e).code("TooManyTagsException")
}

// ErrorFault returns smithy.FaultClient.
func (e *TooManyTagsException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// UnsupportedCommandException reports a region that does not serve the
// operation. ECR Public works in us-east-1, where this client goes by
// default.
type UnsupportedCommandException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *UnsupportedCommandException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *UnsupportedCommandException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *UnsupportedCommandException) ErrorCode() string {
	return (*exception)(e).code("UnsupportedCommandException")
}

// ErrorFault returns smithy.FaultClient.
func (e *UnsupportedCommandException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }
