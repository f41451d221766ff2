package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// DeleteRepository deletes a repository with its policy, catalog data and tags.
// One that holds images fails with [types.RepositoryNotEmptyException] unless
// Force is set.
func (c *Client) DeleteRepository(ctx context.Context, params *DeleteRepositoryInput, optFns ...func(*Options)) (*DeleteRepositoryOutput, error) {
	return invoke[DeleteRepositoryOutput](ctx, c, "DeleteRepository", params, optFns)
}

// DeleteRepositoryInput is the request of [Client.DeleteRepository].
type DeleteRepositoryInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// Force deletes the images as well.
	Force bool

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// DeleteRepositoryOutput is the response of [Client.DeleteRepository].
type DeleteRepositoryOutput struct {
	// Repository is the repository as it was.
	Repository *types.Repository

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
