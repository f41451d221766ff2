package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// InitiateLayerUpload opens an upload for one layer. Send its bytes with
// [Client.UploadLayerPart] and close it with [Client.CompleteLayerUpload]; an
// upload that is left alone expires. An alias that nobody has is a
// [types.RegistryNotFoundException]. Package ecrpublic/imagepush pushes whole
// images.
func (c *Client) InitiateLayerUpload(ctx context.Context, params *InitiateLayerUploadInput, optFns ...func(*Options)) (*InitiateLayerUploadOutput, error) {
	return invoke[InitiateLayerUploadOutput](ctx, c, "InitiateLayerUpload", params, optFns)
}

// InitiateLayerUploadInput is the request of [Client.InitiateLayerUpload].
type InitiateLayerUploadInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// RegistryId is the account or an alias of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// InitiateLayerUploadOutput is the response of [Client.InitiateLayerUpload].
type InitiateLayerUploadOutput struct {
	// UploadId names the upload in the calls that follow.
	UploadId *string

	// PartSize is the number of bytes that the service expects in each part
	// but the last.
	PartSize *int64

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
