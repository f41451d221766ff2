package types

import "time"

// ImageIdentifier names an image by digest, by tag, or by both, which must then
// belong together.
type ImageIdentifier struct {
	// ImageDigest is the sha256 of the manifest, such as "sha256:9f86…".
	ImageDigest *string

	// ImageTag is a tag, 1 to 300 characters.
	ImageTag *string
}

// Image is a manifest as PutImage stored it.
type Image struct {
	// RegistryId is the twelve-digit account that owns the registry.
	RegistryId *string

	// RepositoryName is the repository the image is in, without the alias.
	RepositoryName *string

	// ImageId holds the digest and, when the image was put with one, the tag.
	ImageId *ImageIdentifier

	// ImageManifest is the manifest, byte for byte as it was sent.
	ImageManifest *string

	// ImageManifestMediaType is the manifest's media type.
	ImageManifestMediaType *string
}

// ImageDetail describes one image of a repository.
type ImageDetail struct {
	// RegistryId is the twelve-digit account that owns the registry.
	RegistryId *string

	// RepositoryName is the repository the image is in, without the alias.
	RepositoryName *string

	// ImageDigest is the sha256 of the manifest.
	ImageDigest *string

	// ImageTags are the tags that point at the image, in no documented order;
	// nil when it is untagged.
	ImageTags []string

	// ImageSizeInBytes is the sum of the compressed layers; for an index, the
	// largest of the images that it refers to.
	ImageSizeInBytes *int64

	// ImagePushedAt is when the manifest was first put; adding a tag later does
	// not change it.
	ImagePushedAt *time.Time

	// ImageManifestMediaType distinguishes an image from an index.
	ImageManifestMediaType *string

	// ArtifactMediaType is the media type of the manifest's config; nil for an
	// index.
	ArtifactMediaType *string
}

// ImageTagDetail describes one tag and the image it points at.
type ImageTagDetail struct {
	// ImageTag is the tag.
	ImageTag *string

	// CreatedAt is when the tag was last set, which can be later than the push
	// of the image.
	CreatedAt *time.Time

	// ImageDetail is the image that the tag points at.
	ImageDetail *ReferencedImageDetail
}

// ReferencedImageDetail describes the image behind a tag.
type ReferencedImageDetail struct {
	// ImageDigest is the sha256 of the manifest.
	ImageDigest *string

	// ImageSizeInBytes is the sum of the compressed layers; for an index, the
	// largest of the images that it refers to.
	ImageSizeInBytes *int64

	// ImagePushedAt is when the manifest was first put.
	ImagePushedAt *time.Time

	// ImageManifestMediaType distinguishes an image from an index.
	ImageManifestMediaType *string

	// ArtifactMediaType is the media type of the manifest's config; nil for an
	// index.
	ArtifactMediaType *string
}

// ImageFailure says why one identifier of a batch was not processed. The call itself
// succeeded, so check for failures even when the error is nil.
type ImageFailure struct {
	// ImageId is the identifier as it was sent.
	ImageId *ImageIdentifier

	// FailureCode says why; new codes may be added.
	FailureCode ImageFailureCode

	// FailureReason is a message for humans; match on FailureCode.
	FailureReason *string
}
