package types

// ImageFailureCode says why an identifier of a batch was not processed. The service
// may add values that are not listed here.
type ImageFailureCode string

// Values of [ImageFailureCode].
const (
	// The digest is malformed.
	ImageFailureCodeInvalidImageDigest ImageFailureCode = "InvalidImageDigest"
	// The tag is malformed.
	ImageFailureCodeInvalidImageTag ImageFailureCode = "InvalidImageTag"
	// Digest and tag name different images.
	ImageFailureCodeImageTagDoesNotMatchDigest ImageFailureCode = "ImageTagDoesNotMatchDigest"
	// There is no such image; for a deletion, treat it as success.
	ImageFailureCodeImageNotFound ImageFailureCode = "ImageNotFound"
	// The identifier is empty.
	ImageFailureCodeMissingDigestAndTag ImageFailureCode = "MissingDigestAndTag"
	// An index refers to the image; delete the index first.
	ImageFailureCodeImageReferencedByManifestList ImageFailureCode = "ImageReferencedByManifestList"
	// Part of the model, but public repositories have no KMS key.
	ImageFailureCodeKmsError ImageFailureCode = "KmsError"
)

// Values returns the values known when this package was written, in the
// order of the service's model. The slice is the caller's own.
func (ImageFailureCode) Values() []ImageFailureCode {
	return []ImageFailureCode{
		ImageFailureCodeInvalidImageDigest,
		ImageFailureCodeInvalidImageTag,
		ImageFailureCodeImageTagDoesNotMatchDigest,
		ImageFailureCodeImageNotFound,
		ImageFailureCodeMissingDigestAndTag,
		ImageFailureCodeImageReferencedByManifestList,
		ImageFailureCodeKmsError,
	}
}

// LayerAvailability says whether images may refer to a layer. The service may add
// values that are not listed here.
type LayerAvailability string

// Values of [LayerAvailability].
const (
	// The layer is in the repository.
	LayerAvailabilityAvailable LayerAvailability = "AVAILABLE"
	// The layer must be uploaded first.
	LayerAvailabilityUnavailable LayerAvailability = "UNAVAILABLE"
)

// Values returns the values known when this package was written, in the
// order of the service's model. The slice is the caller's own.
func (LayerAvailability) Values() []LayerAvailability {
	return []LayerAvailability{LayerAvailabilityAvailable, LayerAvailabilityUnavailable}
}

// LayerFailureCode says why a layer digest could not be checked. The service may add
// values that are not listed here.
type LayerFailureCode string

// Values of [LayerFailureCode].
const (
	// The digest is malformed.
	LayerFailureCodeInvalidLayerDigest LayerFailureCode = "InvalidLayerDigest"
	// The digest is empty.
	LayerFailureCodeMissingLayerDigest LayerFailureCode = "MissingLayerDigest"
)

// Values returns the values known when this package was written, in the
// order of the service's model. The slice is the caller's own.
func (LayerFailureCode) Values() []LayerFailureCode {
	return []LayerFailureCode{LayerFailureCodeInvalidLayerDigest, LayerFailureCodeMissingLayerDigest}
}

// RegistryAliasStatus is the state of a requested alias. The service may add values
// that are not listed here.
type RegistryAliasStatus string

// Values of [RegistryAliasStatus].
const (
	// The alias can be used.
	RegistryAliasStatusActive RegistryAliasStatus = "ACTIVE"
	// AWS has not decided yet.
	RegistryAliasStatusPending RegistryAliasStatus = "PENDING"
	// AWS declined the alias.
	RegistryAliasStatusRejected RegistryAliasStatus = "REJECTED"
)

// Values returns the values known when this package was written, in the
// order of the service's model. The slice is the caller's own.
func (RegistryAliasStatus) Values() []RegistryAliasStatus {
	return []RegistryAliasStatus{RegistryAliasStatusActive, RegistryAliasStatusPending, RegistryAliasStatusRejected}
}
