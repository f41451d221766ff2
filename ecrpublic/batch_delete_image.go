package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// BatchDeleteImage deletes images or tags. An identifier with a digest deletes
// the image and all its tags; one with a tag alone removes the tag, and the
// image too if it was the last tag. Images that an index refers to are refused:
// delete the index first. A nil error does not mean that anything was deleted:
// look at Failures. Package ecrpublic/housekeeping does the ordering, batching
// and checking.
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
	// ImageIds is what was deleted, one entry for each tag.
	ImageIds []types.ImageIdentifier

	// Failures has an entry for each identifier that was not deleted.
	Failures []types.ImageFailure

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
