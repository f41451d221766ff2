package types

// Layer says whether a blob, by its digest, is in a repository.
type Layer struct {
	// LayerDigest is the requested digest, such as "sha256:9f86…".
	LayerDigest *string

	// LayerAvailability is AVAILABLE when an image may refer to the layer and
	// UNAVAILABLE when it must be uploaded first.
	LayerAvailability LayerAvailability

	// LayerSize is in bytes; nil when the layer is unavailable.
	LayerSize *int64

	// MediaType is the media type given by the first image that refers to the
	// layer; nil before there is such an image.
	MediaType *string
}

// LayerFailure says why one digest of a batch could not be checked.
type LayerFailure struct {
	// LayerDigest is the digest as it was sent.
	LayerDigest *string

	// FailureCode says whether the digest is malformed or missing.
	FailureCode LayerFailureCode

	// FailureReason is a message for humans; match on FailureCode.
	FailureReason *string
}
