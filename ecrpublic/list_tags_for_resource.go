package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// ListTagsForResource returns all labels of a repository.
func (c *Client) ListTagsForResource(ctx context.Context, params *ListTagsForResourceInput, optFns ...func(*Options)) (*ListTagsForResourceOutput, error) {
	return invoke[ListTagsForResourceOutput](ctx, c, "ListTagsForResource", params, optFns)
}

// ListTagsForResourceInput is the request of [Client.ListTagsForResource].
type ListTagsForResourceInput struct {
	// ResourceArn is the ARN of a repository, the only kind of resource that
	// has tags. Required.
	ResourceArn *string `ecr:"required"`
}

// ListTagsForResourceOutput is the response of [Client.ListTagsForResource].
type ListTagsForResourceOutput struct {
	// Tags are at most 50 labels, in no documented order.
	Tags []types.Tag

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
