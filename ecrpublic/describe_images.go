package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// DescribeImages lists the images of a repository, one page at a time, or
// describes those that are asked for. If one of them is missing the whole call
// fails with [types.ImageNotFoundException]. The order is not documented.
// Package paginators iterates over all pages.
func (c *Client) DescribeImages(ctx context.Context, params *DescribeImagesInput, optFns ...func(*Options)) (*DescribeImagesOutput, error) {
	return invoke[DescribeImagesOutput](ctx, c, "DescribeImages", params, optFns)
}

// DescribeImagesInput is the request of [Client.DescribeImages].
type DescribeImagesInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// ImageIds asks for 1 to 100 images, and then MaxResults and NextToken
	// must be nil; nil lists every image.
	ImageIds []types.ImageIdentifier

	// MaxResults bounds a page, 1 to 1,000; nil means up to 100. A page may be
	// shorter and still not be the last.
	MaxResults *int32

	// NextToken goes on after an earlier page; nil starts at the beginning.
	NextToken *string

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// DescribeImagesOutput is the response of [Client.DescribeImages].
type DescribeImagesOutput struct {
	// ImageDetails has one entry for each image.
	ImageDetails []types.ImageDetail

	// NextToken asks for the next page; nil on the last one.
	NextToken *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
