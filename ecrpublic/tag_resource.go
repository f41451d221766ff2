package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// TagResource adds labels to a repository. A key that is there gets the new
// value; keys that are not named stay. More than 50 in all fail with
// [types.TooManyTagsException].
func (c *Client) TagResource(ctx context.Context, params *TagResourceInput, optFns ...func(*Options)) (*TagResourceOutput, error) {
	return invoke[TagResourceOutput](ctx, c, "TagResource", params, optFns)
}

// TagResourceInput is the request of [Client.TagResource].
type TagResourceInput struct {
	// ResourceArn is the ARN of a repository, the only kind of resource that
	// has tags. Required.
	ResourceArn *string `ecr:"required"`

	// Tags are the labels to set. Required.
	Tags []types.Tag `ecr:"required"`
}

// TagResourceOutput is the response of [Client.TagResource].
type TagResourceOutput struct {
	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
