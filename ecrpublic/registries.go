package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// DescribeRegistries describes the caller's own registry: a list of one, or an
// empty list before the account's first repository.
func (c *Client) DescribeRegistries(ctx context.Context, params *DescribeRegistriesInput, optFns ...func(*Options)) (*DescribeRegistriesOutput, error) {
	return invoke[DescribeRegistriesOutput](ctx, c, "DescribeRegistries", params, optFns)
}

// DescribeRegistriesInput is the request of [Client.DescribeRegistries].
type DescribeRegistriesInput struct {
	// MaxResults bounds a page, 1 to 1,000; nil means up to 100. A page may be
	// shorter and still not be the last.
	MaxResults *int32

	// NextToken continues after an earlier page; nil starts at the beginning.
	NextToken *string
}

// DescribeRegistriesOutput is the response of [Client.DescribeRegistries].
type DescribeRegistriesOutput struct {
	// Registries holds the caller's registry, if there is one.
	Registries []types.Registry

	// NextToken asks for the next page; nil on the last one.
	NextToken *string

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *DescribeRegistriesOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}

// GetAuthorizationToken returns a login for the registry hosts that is valid for
// twelve hours and has the caller's permissions. It needs the IAM permissions
// ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken. Package
// ecrpublic/login turns it into credentials.
func (c *Client) GetAuthorizationToken(ctx context.Context, params *GetAuthorizationTokenInput, optFns ...func(*Options)) (*GetAuthorizationTokenOutput, error) {
	return invoke[GetAuthorizationTokenOutput](ctx, c, "GetAuthorizationToken", params, optFns)
}

// GetAuthorizationTokenInput is the request of [Client.GetAuthorizationToken]. It has no members.
type GetAuthorizationTokenInput struct{}

// GetAuthorizationTokenOutput is the response of [Client.GetAuthorizationToken].
type GetAuthorizationTokenOutput struct {
	// AuthorizationData is the login: one object, not a list as in private
	// ECR.
	AuthorizationData *types.AuthorizationData

	// ResponseMetadata describes the HTTP exchange.
	ResponseMetadata types.ResponseMetadata `ecr:"-"`

	// ResultMetadata is what the middleware stack recorded, as in every AWS client.
	ResultMetadata middleware.Metadata `ecr:"-"`
}

func (o *GetAuthorizationTokenOutput) metadata() (*types.ResponseMetadata, *middleware.Metadata) {
	return &o.ResponseMetadata, &o.ResultMetadata
}
