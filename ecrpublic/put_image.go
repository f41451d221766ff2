package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// PutImage stores a manifest whose layers, or for an index whose images, the
// repository already holds, and points a tag at it. A tag that pointed
// elsewhere moves. [types.ImageAlreadyExistsException] means that digest and
// tag were there before; [types.LayersNotFoundException] and
// [types.ReferencedImagesNotFoundException] name what is missing.
func (c *Client) PutImage(ctx context.Context, params *PutImageInput, optFns ...func(*Options)) (*PutImageOutput, error) {
	return invoke[PutImageOutput](ctx, c, "PutImage", params, optFns)
}

// PutImageInput is the request of [Client.PutImage].
type PutImageInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// ImageManifest is the manifest, up to 4 MiB; its digest is taken over
	// exactly these bytes. Required.
	ImageManifest *string `ecr:"required"`

	// ImageManifestMediaType may be nil when the manifest states its media
	// type.
	ImageManifestMediaType *string

	// ImageTag is the tag to set; nil stores the image untagged.
	ImageTag *string

	// ImageDigest, when set, has to be the manifest's sha256.
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
