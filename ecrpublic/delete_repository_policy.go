package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// DeleteRepositoryPolicy removes a repository's policy. Without one it fails
// with [types.RepositoryPolicyNotFoundException].
func (c *Client) DeleteRepositoryPolicy(ctx context.Context, params *DeleteRepositoryPolicyInput, optFns ...func(*Options)) (*DeleteRepositoryPolicyOutput, error) {
	return invoke[DeleteRepositoryPolicyOutput](ctx, c, "DeleteRepositoryPolicy", params, optFns)
}

// DeleteRepositoryPolicyInput is the request of [Client.DeleteRepositoryPolicy].
type DeleteRepositoryPolicyInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// DeleteRepositoryPolicyOutput is the response of [Client.DeleteRepositoryPolicy].
type DeleteRepositoryPolicyOutput struct {
	// RegistryId is the twelve-digit account of the registry.
	RegistryId *string

	// RepositoryName is the repository that had the policy.
	RepositoryName *string

	// PolicyText is the policy that was removed, as JSON in the service's own
	// layout.
	PolicyText *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
