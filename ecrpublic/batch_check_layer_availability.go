package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// BatchCheckLayerAvailability tells which layers a repository already holds, so
// that a push sends only the others. A well-formed digest that is not there is
// a Layer marked UNAVAILABLE, not a failure. It fails with
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
