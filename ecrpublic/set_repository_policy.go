package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// SetRepositoryPolicy sets or replaces a repository's policy. Anyone may pull
// from a public repository whatever its policy says; the policy grants pushing
// and managing.
func (c *Client) SetRepositoryPolicy(ctx context.Context, params *SetRepositoryPolicyInput, optFns ...func(*Options)) (*SetRepositoryPolicyOutput, error) {
	return invoke[SetRepositoryPolicyOutput](ctx, c, "SetRepositoryPolicy", params, optFns)
}

// SetRepositoryPolicyInput is the request of [Client.SetRepositoryPolicy].
type SetRepositoryPolicyInput struct {
	// RepositoryName is the repository, without the registry's alias.
	// Required.
	RepositoryName *string `ecr:"required"`

	// PolicyText is an IAM policy without a Resource element, up to 10,240
	// characters of JSON. Required.
	PolicyText *string `ecr:"required"`

	// Force accepts a policy that would keep the caller from setting another
	// one.
	Force bool

	// RegistryId is the twelve-digit account of the registry; nil means the
	// caller's own.
	RegistryId *string
}

// SetRepositoryPolicyOutput is the response of [Client.SetRepositoryPolicy].
type SetRepositoryPolicyOutput struct {
	// RegistryId is the twelve-digit account of the registry.
	RegistryId *string

	// RepositoryName is the repository that has the policy.
	RepositoryName *string

	// PolicyText is the policy in the service's own layout: compare it as
	// JSON, not as text.
	PolicyText *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}
