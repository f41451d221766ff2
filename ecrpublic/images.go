package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// PutImage stores a manifest and points a tag at it, moving an existing tag.
// The repository must already have the layers of an image or the children of
// an index: [types.LayersNotFoundException] and
// [types.ReferencedImagesNotFoundException] name those missing.
// [types.ImageAlreadyExistsException] means that digest and tag existed
// already.
func (c *Client) PutImage(ctx context.Context, params *PutImageInput, optFns ...func(*Options)) (*PutImageOutput, error) {
	return invoke[PutImageOutput](ctx, c, "PutImage", params, optFns)
}

// PutImageInput is the request of [Client.PutImage].
type PutImageInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// ImageManifest is the manifest, up to 4 MiB; its digest is computed over
	// exactly these bytes. Required.
	ImageManifest *string `ecr:"required"`

	// ImageManifestMediaType may be nil when the manifest states its media
	// type.
	ImageManifestMediaType *string

	// ImageTag is the tag to set; nil stores the image untagged.
	ImageTag *string

	// ImageDigest, if set, must be the manifest's sha256.
	ImageDigest *string

	// RegistryId is the account or an alias of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// PutImageOutput is the response of [Client.PutImage].
type PutImageOutput struct {
	// Image is the stored image with its digest.
	Image *types.Image

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *PutImageOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// DescribeImages lists the images of a repository, one page at a time, or
// describes the requested ones. If one of them is missing, the whole call
// fails with [types.ImageNotFoundException]. The order is not documented.
// Package paginators iterates over all pages.
func (c *Client) DescribeImages(ctx context.Context, params *DescribeImagesInput, optFns ...func(*Options)) (*DescribeImagesOutput, error) {
	return invoke[DescribeImagesOutput](ctx, c, "DescribeImages", params, optFns)
}

// DescribeImagesInput is the request of [Client.DescribeImages].
type DescribeImagesInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// ImageIds selects 1 to 100 images, and then MaxResults and NextToken must
	// be nil; nil lists every image.
	ImageIds []types.ImageIdentifier

	// MaxResults bounds a page, 1 to 1,000; nil means up to 100. A page may be
	// shorter and still not be the last.
	MaxResults *int32

	// NextToken continues after an earlier page; nil starts at the beginning.
	NextToken *string

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// DescribeImagesOutput is the response of [Client.DescribeImages].
type DescribeImagesOutput struct {
	// ImageDetails has one entry for each image.
	ImageDetails []types.ImageDetail

	// NextToken asks for the next page; nil on the last one.
	NextToken *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *DescribeImagesOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// DescribeImageTags lists the tags of a repository, one page at a time, each
// with the image it points at. The order is not documented. Package paginators
// iterates over all pages.
func (c *Client) DescribeImageTags(ctx context.Context, params *DescribeImageTagsInput, optFns ...func(*Options)) (*DescribeImageTagsOutput, error) {
	return invoke[DescribeImageTagsOutput](ctx, c, "DescribeImageTags", params, optFns)
}

// DescribeImageTagsInput is the request of [Client.DescribeImageTags].
type DescribeImageTagsInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// MaxResults bounds a page, 1 to 1,000; nil means up to 100. A page may be
	// shorter and still not be the last.
	MaxResults *int32

	// NextToken continues after an earlier page; nil starts at the beginning.
	NextToken *string

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// DescribeImageTagsOutput is the response of [Client.DescribeImageTags].
type DescribeImageTagsOutput struct {
	// ImageTagDetails has one entry for each tag.
	ImageTagDetails []types.ImageTagDetail

	// NextToken asks for the next page; nil on the last one.
	NextToken *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *DescribeImageTagsOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// BatchDeleteImage deletes images or tags. An identifier with a digest deletes the
// image and all its tags; one with only a tag removes the tag, and the image too if
// it was the last tag. The service refuses to delete images that an index refers to:
// delete the index first. A nil error does not mean that anything was deleted: check
// Failures. Package ecrpublic/housekeeping orders, batches and checks deletions.
func (c *Client) BatchDeleteImage(ctx context.Context, params *BatchDeleteImageInput, optFns ...func(*Options)) (*BatchDeleteImageOutput, error) {
	return invoke[BatchDeleteImageOutput](ctx, c, "BatchDeleteImage", params, optFns)
}

// BatchDeleteImageInput is the request of [Client.BatchDeleteImage].
type BatchDeleteImageInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// ImageIds are 1 to 100 identifiers. Required.
	ImageIds []types.ImageIdentifier `ecr:"required"`

	// RegistryId is the account or an alias of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// BatchDeleteImageOutput is the response of [Client.BatchDeleteImage].
type BatchDeleteImageOutput struct {
	// ImageIds lists what was deleted, with one entry for each tag.
	ImageIds []types.ImageIdentifier

	// Failures has an entry for each identifier that was not deleted.
	Failures []types.ImageFailure

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *BatchDeleteImageOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}
