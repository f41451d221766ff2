package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// CreateRepository creates a repository in the caller's registry; the account's
// first one also creates the registry and its alias. A taken name fails with
// [types.RepositoryAlreadyExistsException]. The repository may take a moment to
// be visible to other calls.
func (c *Client) CreateRepository(ctx context.Context, params *CreateRepositoryInput, optFns ...func(*Options)) (*CreateRepositoryOutput, error) {
	return invoke[CreateRepositoryOutput](ctx, c, "CreateRepository", params, optFns)
}

// CreateRepositoryInput is the request of [Client.CreateRepository].
type CreateRepositoryInput struct {
	// RepositoryName has 2 to 205 characters: lower-case words joined by
	// single '.', '_', '-' or '/'. Required.
	RepositoryName *string `ecr:"required"`

	// CatalogData is the repository's page in the public gallery; nil leaves
	// it empty.
	CatalogData *types.RepositoryCatalogDataInput

	// Tags are up to 50 labels, set together with the creation or not at all.
	Tags []types.Tag
}

// CreateRepositoryOutput is the response of [Client.CreateRepository].
type CreateRepositoryOutput struct {
	// Repository is the new repository.
	Repository *types.Repository

	// CatalogData is what was stored; empty when none was given.
	CatalogData *types.RepositoryCatalogData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
