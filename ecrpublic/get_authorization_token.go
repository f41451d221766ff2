package ecrpublic

import (
	"context"

	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/types"
)

// GetAuthorizationToken returns a login for the registry hosts that is valid
// for twelve hours and has the caller's permissions. It needs the IAM
// permissions ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken.
// Package ecrpublic/login makes credentials of it.
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
