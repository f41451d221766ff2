package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// DescribeImageTags lists the tags of a repository, one page at a time, each
// with the image it points at. The order is not documented. Package paginators
// iterates over all pages.
func (c *Client) DescribeImageTags(ctx context.Context, params *DescribeImageTagsInput, optFns ...func(*Options)) (*DescribeImageTagsOutput, error) {
	return invoke[DescribeImageTagsOutput](ctx, c, "DescribeImageTags", params, optFns)
}

// DescribeImageTagsInput is the request of [Client.DescribeImageTags].
type DescribeImageTagsInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// MaxResults bounds a page, 1 to 1,000; nil means up to 100. A page may be
	// shorter and still not be the last.
	MaxResults *int32

	// NextToken goes on after an earlier page; nil starts at the beginning.
	NextToken *string

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// DescribeImageTagsOutput is the response of [Client.DescribeImageTags].
type DescribeImageTagsOutput struct {
	// ImageTagDetails has one entry for each tag.
	ImageTagDetails []types.ImageTagDetail

	// NextToken asks for the next page; nil on the last one.
	NextToken *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
