package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// GetRepositoryPolicy returns a repository's policy. Without one it fails with
// [types.RepositoryPolicyNotFoundException].
func (c *Client) GetRepositoryPolicy(ctx context.Context, params *GetRepositoryPolicyInput, optFns ...func(*Options)) (*GetRepositoryPolicyOutput, error) {
	return invoke[GetRepositoryPolicyOutput](ctx, c, "GetRepositoryPolicy", params, optFns)
}

// GetRepositoryPolicyInput is the request of [Client.GetRepositoryPolicy].
type GetRepositoryPolicyInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// GetRepositoryPolicyOutput is the response of [Client.GetRepositoryPolicy].
type GetRepositoryPolicyOutput struct {
	// RegistryId is the twelve-digit account of the registry.
	RegistryId *string

	// RepositoryName is the repository that has the policy.
	RepositoryName *string

	// PolicyText is the policy as JSON in the service's own layout: compare it
	// as JSON, not as text.
	PolicyText *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
