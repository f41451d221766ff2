package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// CreateRepository creates a repository in the caller's registry; the account's
// first one also creates the registry and its alias. A name in use fails with
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

	// Tags are up to 50 labels, set when the repository is created.
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

func (o *CreateRepositoryOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// DeleteRepository deletes a repository with its policy, catalog data and tags.
// If it still has images, the call fails with
// [types.RepositoryNotEmptyException] unless Force is set.
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

func (o *DeleteRepositoryOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// DescribeRepositories lists the repositories of a registry, one page at a
// time, or describes the requested ones. If one of them is missing, the whole
// call fails with [types.RepositoryNotFoundException]. The order is not
// documented. Package paginators iterates over all pages.
func (c *Client) DescribeRepositories(ctx context.Context, params *DescribeRepositoriesInput, optFns ...func(*Options)) (*DescribeRepositoriesOutput, error) {
	return invoke[DescribeRepositoriesOutput](ctx, c, "DescribeRepositories", params, optFns)
}

// DescribeRepositoriesInput is the request of [Client.DescribeRepositories].
type DescribeRepositoriesInput struct {
	// RepositoryNames selects 1 to 100 repositories, and then MaxResults and
	// NextToken must be nil; nil lists every repository.
	RepositoryNames []string

	// MaxResults bounds a page, 1 to 1,000; nil means up to 100. A page may be
	// shorter and still not be the last.
	MaxResults *int32

	// NextToken continues after an earlier page; nil starts at the beginning.
	NextToken *string

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// DescribeRepositoriesOutput is the response of [Client.DescribeRepositories].
type DescribeRepositoriesOutput struct {
	// Repositories has one entry for each repository.
	Repositories []types.Repository

	// NextToken asks for the next page; nil on the last one.
	NextToken *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *DescribeRepositoriesOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}
