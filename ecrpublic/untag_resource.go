package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// UntagResource removes labels from a repository. Keys that are not there are
// ignored; one that no label can have is a [types.InvalidTagParameterException].
func (c *Client) UntagResource(ctx context.Context, params *UntagResourceInput, optFns ...func(*Options)) (*UntagResourceOutput, error) {
	return invoke[UntagResourceOutput](ctx, c, "UntagResource", params, optFns)
}

// UntagResourceInput is the request of [Client.UntagResource].
type UntagResourceInput struct {
	// ResourceArn is the ARN of a repository, the only kind of resource that
	// has tags. Required.
	ResourceArn *string `ecr:"required"`

	// TagKeys are the keys to remove. Required.
	TagKeys []string `ecr:"required"`
}

// UntagResourceOutput is the response of [Client.UntagResource].
type UntagResourceOutput struct {
	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
