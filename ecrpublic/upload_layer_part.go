package ecrpublic

import (
	"context"
	"io"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// UploadLayerPart sends the next bytes of a layer. Parts go in order, each at
// most PartSize bytes and each but the last at least 5 MiB. A part in the wrong
// place fails with [types.InvalidLayerPartException], which says where to go
// on; after a lost response that may mean that the part had arrived.
func (c *Client) UploadLayerPart(ctx context.Context, params *UploadLayerPartInput, optFns ...func(*Options)) (*UploadLayerPartOutput, error) {
	return invoke[UploadLayerPartOutput](ctx, c, "UploadLayerPart", params, optFns)
}

// UploadLayerPartInput is the request of [Client.UploadLayerPart].
type UploadLayerPartInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// UploadId is what [Client.InitiateLayerUpload] returned. Required.
	UploadId *string `ecr:"required"`

	// PartFirstByte is the position of the part's first byte in the layer,
	// counted from 0. Required.
	PartFirstByte *int64 `ecr:"required"`

	// PartLastByte is the position of the part's last byte, which the part
	// includes. Required.
	PartLastByte *int64 `ecr:"required"`

	// LayerPartBlob is the part, up to 20 MiB. Required unless LayerPartReader
	// is set. Do not change it before the call returns.
	LayerPartBlob []byte `ecr:"required"`

	// LayerPartReader supplies the part instead of LayerPartBlob; setting both
	// is an error. A seekable reader is streamed from its current position to
	// its end in bounded memory and rewound for a retry, and has to yield the
	// same bytes each time; any other is read into memory first. It is not
	// closed.
	LayerPartReader io.Reader `ecr:"layerPartBlob"`

	// RegistryId is the account or an alias of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// UploadLayerPartOutput is the response of [Client.UploadLayerPart].
type UploadLayerPartOutput struct {
	// RegistryId is the twelve-digit account of the registry.
	RegistryId *string

	// RepositoryName is the repository of the upload.
	RepositoryName *string

	// UploadId is the upload that took the part.
	UploadId *string

	// LastByteReceived is the position of the last byte that the upload now
	// holds; the next part begins right after it.
	LastByteReceived *int64

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
