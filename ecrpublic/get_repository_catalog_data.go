package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// GetRepositoryCatalogData returns what the public gallery shows of a
// repository. Where nothing was ever put, the service may answer with
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
	// CatalogData has no members set, and may be nil, when nothing was ever put.
	CatalogData *types.RepositoryCatalogData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
