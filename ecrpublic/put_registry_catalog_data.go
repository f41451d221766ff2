package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

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
