package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// DescribeRepositories lists the repositories of a registry, one page at a
// time, or describes those that are asked for. If one of them is missing the
// whole call fails with [types.RepositoryNotFoundException]. The order is not
// documented. Package paginators iterates over all pages.
func (c *Client) DescribeRepositories(ctx context.Context, params *DescribeRepositoriesInput, optFns ...func(*Options)) (*DescribeRepositoriesOutput, error) {
	return invoke[DescribeRepositoriesOutput](ctx, c, "DescribeRepositories", params, optFns)
}

// DescribeRepositoriesInput is the request of [Client.DescribeRepositories].
type DescribeRepositoriesInput struct {
	// RepositoryNames asks for 1 to 100 repositories, and then MaxResults and
	// NextToken must be nil; nil lists every repository.
	RepositoryNames []string

	// MaxResults bounds a page, 1 to 1,000; nil means up to 100. A page may be
	// shorter and still not be the last.
	MaxResults *int32

	// NextToken goes on after an earlier page; nil starts at the beginning.
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
