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
	// RegistryCatalogData has no members set, and may be nil, when nothing was ever
	// put.
	RegistryCatalogData *types.RegistryCatalogData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
