package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// SetRepositoryPolicy sets or replaces a repository's policy. Anyone may pull
// from a public repository whatever its policy says; the policy grants
// permissions to push and manage.
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

func (o *SetRepositoryPolicyOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

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

func (o *GetRepositoryPolicyOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

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

func (o *DeleteRepositoryPolicyOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}
