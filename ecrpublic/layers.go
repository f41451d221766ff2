package ecrpublic

import (
	"context"
	"io"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// BatchCheckLayerAvailability reports which layers a repository already has, so
// that a push sends only the missing ones. A well-formed digest that is not there
// is a Layer marked UNAVAILABLE, not a failure. It fails with
// [types.RepositoryNotFoundException] or [types.RegistryNotFoundException].
func (c *Client) BatchCheckLayerAvailability(ctx context.Context, params *BatchCheckLayerAvailabilityInput, optFns ...func(*Options)) (*BatchCheckLayerAvailabilityOutput, error) {
	return invoke[BatchCheckLayerAvailabilityOutput](ctx, c, "BatchCheckLayerAvailability", params, optFns)
}

// BatchCheckLayerAvailabilityInput is the request of [Client.BatchCheckLayerAvailability].
type BatchCheckLayerAvailabilityInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// LayerDigests are 1 to 100 digests. Required.
	LayerDigests []string `ecr:"required"`

	// RegistryId is the account or an alias of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// BatchCheckLayerAvailabilityOutput is the response of [Client.BatchCheckLayerAvailability].
type BatchCheckLayerAvailabilityOutput struct {
	// Layers has an entry for each well-formed digest.
	Layers []types.Layer

	// Failures has an entry for each digest that could not be checked.
	Failures []types.LayerFailure

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *BatchCheckLayerAvailabilityOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// InitiateLayerUpload opens an upload for one layer. Send its bytes with
// [Client.UploadLayerPart] and close it with [Client.CompleteLayerUpload]; an upload
// that is not completed expires. An unknown alias is a
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
	// UploadId identifies the upload in the following calls.
	UploadId *string

	// PartSize is the number of bytes that the service expects in each part
	// but the last.
	PartSize *int64

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *InitiateLayerUploadOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// UploadLayerPart sends the next bytes of a layer. Send parts in order, each of at
// most PartSize bytes and each but the last of at least 5 MiB. A part in the wrong
// place fails with [types.InvalidLayerPartException], which says where to continue;
// after a lost response it may mean that the part had arrived.
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

	// LayerPartReader supplies the part instead of LayerPartBlob; setting both is an
	// error. A seekable reader is streamed from its current position to its end in
	// bounded memory and rewound for a retry, and must return the same bytes each
	// time; any other is read into memory first. It is not closed.
	LayerPartReader io.Reader `ecr:"layerPartBlob" json:"-"`

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

	// UploadId is the upload that received the part.
	UploadId *string

	// LastByteReceived is the position of the last byte that the upload now
	// holds; the next part begins right after it.
	LastByteReceived *int64

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *UploadLayerPartOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// CompleteLayerUpload turns an upload's parts into a layer of the repository
// and closes the upload. [types.LayerAlreadyExistsException] means that the
// layer existed already; [types.InvalidLayerException] that the bytes have a
// different digest; [types.LayerPartTooSmallException] that a part before the
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

	// LayerDigests are 1 to 100 digests, one of which must match the bytes. Send
	// the sha256: the service does not check other algorithms. Required.
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

func (o *CompleteLayerUploadOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}
