package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// TagResource adds labels to a repository. An existing key gets the new
// value; other keys stay. More than 50 labels in total fail with
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

func (o *TagResourceOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// UntagResource removes labels from a repository. Missing keys are ignored; an
// invalid key fails with [types.InvalidTagParameterException].
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

func (o *UntagResourceOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

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

func (o *ListTagsForResourceOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}
