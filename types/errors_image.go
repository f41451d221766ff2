package types

import "github.com/aws/smithy-go"

// ImageAlreadyExistsException reports that the repository already has the
// image with the same digest and tag. A push may treat it as success.
type ImageAlreadyExistsException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *ImageAlreadyExistsException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *ImageAlreadyExistsException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *ImageAlreadyExistsException) ErrorCode() string {
	return (*exception)(e).code("ImageAlreadyExistsException")
}

// ErrorFault returns smithy.FaultClient.
func (e *ImageAlreadyExistsException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// ImageDigestDoesNotMatchException reports a manifest whose sha256 is not the
// digest it was sent with.
type ImageDigestDoesNotMatchException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *ImageDigestDoesNotMatchException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *ImageDigestDoesNotMatchException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *ImageDigestDoesNotMatchException) ErrorCode() string {
	return (*exception)(e).code("ImageDigestDoesNotMatchException")
}

// ErrorFault returns smithy.FaultClient.
func (e *ImageDigestDoesNotMatchException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// ImageNotFoundException reports that a requested image does not exist. One
// missing image fails the whole call.
type ImageNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *ImageNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *ImageNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *ImageNotFoundException) ErrorCode() string {
	return (*exception)(e).code("ImageNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *ImageNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// ImageTagAlreadyExistsException reports a tag that must not be moved. It is
// part of the model but not expected, because ECR Public has no immutable
// tags.
type ImageTagAlreadyExistsException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *ImageTagAlreadyExistsException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *ImageTagAlreadyExistsException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *ImageTagAlreadyExistsException) ErrorCode() string {
	return (*exception)(e).code("ImageTagAlreadyExistsException")
}

// ErrorFault returns smithy.FaultClient.
func (e *ImageTagAlreadyExistsException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// ReferencedImagesNotFoundException reports an index whose children are
// missing from the repository. Put them first.
type ReferencedImagesNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *ReferencedImagesNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *ReferencedImagesNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *ReferencedImagesNotFoundException) ErrorCode() string {
	return (*exception)(e).code("ReferencedImagesNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *ReferencedImagesNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }
