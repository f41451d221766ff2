package types

import "github.com/aws/smithy-go"

// EmptyUploadException reports an upload that was completed before any part was
// sent.
type EmptyUploadException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *EmptyUploadException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *EmptyUploadException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *EmptyUploadException) ErrorCode() string {
	return (*exception)(e).code("EmptyUploadException")
}

// ErrorFault returns smithy.FaultClient.
func (e *EmptyUploadException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// InvalidLayerException reports that the uploaded bytes have none of the
// digests they were announced with. The upload is lost; start a new one.
type InvalidLayerException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *InvalidLayerException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *InvalidLayerException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *InvalidLayerException) ErrorCode() string {
	return (*exception)(e).code("InvalidLayerException")
}

// ErrorFault returns smithy.FaultClient.
func (e *InvalidLayerException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// InvalidLayerPartException reports a part that does not follow the bytes received
// so far, or whose length differs from its positions. Continue after
// LastValidByteReceived.
type InvalidLayerPartException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`

	// LastValidByteReceived is the position of the last byte that the upload
	// holds, counted from 0; nil when it holds none.
	LastValidByteReceived *int64

	// RegistryId is the registry of the upload.
	RegistryId *string

	// RepositoryName is the repository of the upload.
	RepositoryName *string

	// UploadId is the upload that refused the part.
	UploadId *string
}

// Error returns code and message.
func (e *InvalidLayerPartException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *InvalidLayerPartException) ErrorMessage() string {
	return (&exception{Message: e.Message}).text()
}

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *InvalidLayerPartException) ErrorCode() string {
	if e == nil || e.ErrorCodeOverride == nil {
		return "InvalidLayerPartException"
	}
	return *e.ErrorCodeOverride
}

// ErrorFault returns smithy.FaultClient.
func (e *InvalidLayerPartException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// LayerAlreadyExistsException reports a layer that the repository already
// holds. A push may treat it as success.
type LayerAlreadyExistsException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *LayerAlreadyExistsException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *LayerAlreadyExistsException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *LayerAlreadyExistsException) ErrorCode() string {
	return (*exception)(e).code("LayerAlreadyExistsException")
}

// ErrorFault returns smithy.FaultClient.
func (e *LayerAlreadyExistsException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// LayerPartTooSmallException reports, on completion, a part other than the
// last that is smaller than 5 MiB.
type LayerPartTooSmallException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *LayerPartTooSmallException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *LayerPartTooSmallException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *LayerPartTooSmallException) ErrorCode() string {
	return (*exception)(e).code("LayerPartTooSmallException")
}

// ErrorFault returns smithy.FaultClient.
func (e *LayerPartTooSmallException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// LayersNotFoundException reports a manifest that refers to layers missing
// from the repository. Upload them first.
type LayersNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *LayersNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *LayersNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *LayersNotFoundException) ErrorCode() string {
	return (*exception)(e).code("LayersNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *LayersNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// UploadNotFoundException reports an upload that does not exist, belongs to
// another repository, was completed, or expired.
type UploadNotFoundException struct {
	// Message is the service's explanation; nil if it gave none.
	Message *string

	// ErrorCodeOverride is the code if it differs from the type's name.
	ErrorCodeOverride *string `ecr:"-"`
}

// Error returns code and message.
func (e *UploadNotFoundException) Error() string { return describe(e) }

// ErrorMessage returns the message, or "" if there is none.
func (e *UploadNotFoundException) ErrorMessage() string { return (*exception)(e).text() }

// ErrorCode returns the code; a nil receiver has the code of its type.
func (e *UploadNotFoundException) ErrorCode() string {
	return (*exception)(e).code("UploadNotFoundException")
}

// ErrorFault returns smithy.FaultClient.
func (e *UploadNotFoundException) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }
