package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

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
