package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// CompleteLayerUpload turns an upload's parts into a layer of the repository
// and closes the upload. [types.LayerAlreadyExistsException] means that the
// layer was there before; [types.InvalidLayerException] that the bytes have
// another digest; [types.LayerPartTooSmallException] that a part before the
// last was under 5 MiB.
func (c *Client) CompleteLayerUpload(ctx context.Context, params *CompleteLayerUploadInput, optFns ...func(*Options)) (*CompleteLayerUploadOutput, error) {
	return invoke[CompleteLayerUploadOutput](ctx, c, "CompleteLayerUpload", params, optFns)
}

// CompleteLayerUploadInput is the request of [Client.CompleteLayerUpload].
type CompleteLayerUploadInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// UploadId is what [Client.InitiateLayerUpload] returned. Required.
	UploadId *string `ecr:"required"`

	// LayerDigests are 1 to 100 digests of which one has to match the bytes.
	// Send the sha256: the service does not check other algorithms. Required.
	LayerDigests []string `ecr:"required"`

	// RegistryId is the account or an alias of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// CompleteLayerUploadOutput is the response of [Client.CompleteLayerUpload].
type CompleteLayerUploadOutput struct {
	// RegistryId is the twelve-digit account of the registry.
	RegistryId *string

	// RepositoryName is the repository that holds the layer.
	RepositoryName *string

	// UploadId is the upload that is now closed.
	UploadId *string

	// LayerDigest is the sha256 that the service computed.
	LayerDigest *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
