package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// GetRegistryCatalogData returns what the public gallery shows of the caller's
// registry.
func (c *Client) GetRegistryCatalogData(ctx context.Context, params *GetRegistryCatalogDataInput, optFns ...func(*Options)) (*GetRegistryCatalogDataOutput, error) {
	return invoke[GetRegistryCatalogDataOutput](ctx, c, "GetRegistryCatalogData", params, optFns)
}

// GetRegistryCatalogDataInput is the request of [Client.GetRegistryCatalogData]. It has no members.
type GetRegistryCatalogDataInput struct{}

// GetRegistryCatalogDataOutput is the response of [Client.GetRegistryCatalogData].
type GetRegistryCatalogDataOutput struct {
	// RegistryCatalogData may be nil or have only nil members if nothing was ever
	// put.
	RegistryCatalogData *types.RegistryCatalogData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *GetRegistryCatalogDataOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// PutRegistryCatalogData sets what the public gallery shows of the caller's
// registry.
func (c *Client) PutRegistryCatalogData(ctx context.Context, params *PutRegistryCatalogDataInput, optFns ...func(*Options)) (*PutRegistryCatalogDataOutput, error) {
	return invoke[PutRegistryCatalogDataOutput](ctx, c, "PutRegistryCatalogData", params, optFns)
}

// PutRegistryCatalogDataInput is the request of [Client.PutRegistryCatalogData].
type PutRegistryCatalogDataInput struct {
	// DisplayName is the author's name, up to 100 characters; the gallery
	// shows it for verified accounts.
	DisplayName *string
}

// PutRegistryCatalogDataOutput is the response of [Client.PutRegistryCatalogData].
type PutRegistryCatalogDataOutput struct {
	// RegistryCatalogData is what was stored.
	RegistryCatalogData *types.RegistryCatalogData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *PutRegistryCatalogDataOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// GetRepositoryCatalogData returns what the public gallery shows of a repository. If
// nothing was ever put, the service may return
// [types.RepositoryCatalogDataNotFoundException] instead of an empty output.
func (c *Client) GetRepositoryCatalogData(ctx context.Context, params *GetRepositoryCatalogDataInput, optFns ...func(*Options)) (*GetRepositoryCatalogDataOutput, error) {
	return invoke[GetRepositoryCatalogDataOutput](ctx, c, "GetRepositoryCatalogData", params, optFns)
}

// GetRepositoryCatalogDataInput is the request of [Client.GetRepositoryCatalogData].
type GetRepositoryCatalogDataInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// GetRepositoryCatalogDataOutput is the response of [Client.GetRepositoryCatalogData].
type GetRepositoryCatalogDataOutput struct {
	// CatalogData may be nil or have only nil members if nothing was ever put.
	CatalogData *types.RepositoryCatalogData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *GetRepositoryCatalogDataOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// PutRepositoryCatalogData replaces what the public gallery shows of a
// repository.
func (c *Client) PutRepositoryCatalogData(ctx context.Context, params *PutRepositoryCatalogDataInput, optFns ...func(*Options)) (*PutRepositoryCatalogDataOutput, error) {
	return invoke[PutRepositoryCatalogDataOutput](ctx, c, "PutRepositoryCatalogData", params, optFns)
}

// PutRepositoryCatalogDataInput is the request of [Client.PutRepositoryCatalogData].
type PutRepositoryCatalogDataInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// CatalogData is the new content. Whether the service keeps members that
	// are nil is not documented, so send all of them. Required.
	CatalogData *types.RepositoryCatalogDataInput `ecr:"required"`

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// PutRepositoryCatalogDataOutput is the response of [Client.PutRepositoryCatalogData].
type PutRepositoryCatalogDataOutput struct {
	// CatalogData is what was stored, with the logo's address in place of its
	// bytes.
	CatalogData *types.RepositoryCatalogData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *PutRepositoryCatalogDataOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}
