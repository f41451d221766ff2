package login_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/types"
)

// fakeClient answers GetAuthorizationToken; call counts from 1.
type fakeClient struct {
	answer func(ctx context.Context, call int) (*ecrpublic.GetAuthorizationTokenOutput, error)
	calls  atomic.Int32
}

func (f *fakeClient) GetAuthorizationToken(ctx context.Context, _ *ecrpublic.GetAuthorizationTokenInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.GetAuthorizationTokenOutput, error) {
	return f.answer(ctx, int(f.calls.Add(1)))
}

// always answers the same.
func always(out *ecrpublic.GetAuthorizationTokenOutput, err error) *fakeClient {
	return &fakeClient{answer: func(context.Context, int) (*ecrpublic.GetAuthorizationTokenOutput, error) { return out, err }}
}

// token is the service's answer for a password.
func token(password string, expires time.Time) *ecrpublic.GetAuthorizationTokenOutput {
	return &ecrpublic.GetAuthorizationTokenOutput{AuthorizationData: &types.AuthorizationData{
		AuthorizationToken: aws.String(base64.StdEncoding.EncodeToString([]byte("AWS:" + password))),
		ExpiresAt:          &expires,
	}}
}

func apiError(code, message string) error {
	return &smithy.OperationError{
		ServiceID: "ECR PUBLIC", OperationName: "GetAuthorizationToken",
		Err: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusBadRequest}},
			Err:      &smithy.GenericAPIError{Code: code, Message: message},
		},
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	got, err := login.Get(t.Context(), always(token("eyJwYXlsb2FkIjoi", expires), nil))
	require.NoError(t, err)
	assert.Equal(t, login.Credentials{Username: "AWS", Password: "eyJwYXlsb2FkIjoi", ExpiresAt: expires}, got)
}

func TestRegistryHosts(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"public.ecr.aws", "ecr-public.aws.com"}, login.RegistryHosts())
	login.RegistryHosts()[0] = "changed"
	assert.Equal(t, "public.ecr.aws", login.RegistryHosts()[0])
}

// Private ECR answers with a list, so programs index it; here it is one pointer
// that may be nil.
func TestMissingAuthorizationDataIsAnErrorNotAPanic(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, out := range map[string]*ecrpublic.GetAuthorizationTokenOutput{
		"no output":  nil,
		"no data":    {},
		"empty data": {AuthorizationData: &types.AuthorizationData{}},
		"no token":   {AuthorizationData: &types.AuthorizationData{ExpiresAt: &now}},
		"no expiry":  {AuthorizationData: &types.AuthorizationData{AuthorizationToken: aws.String("QVdTOnNlY3JldA==")}},
	} {
		got, err := login.Get(t.Context(), always(out, nil))
		require.ErrorIs(t, err, login.ErrMalformed, name)
		assert.Zero(t, got, name)
	}
}

// Splitting at the colon and taking the second part panics without one, and cuts
// a password that has one.
func TestTokenWithoutOrWithManyColons(t *testing.T) {
	t.Parallel()
	for _, plain := range []string{"", "secret", ":", ":secret", "AWS:"} {
		out := token("", time.Now())
		out.AuthorizationData.AuthorizationToken = aws.String(base64.StdEncoding.EncodeToString([]byte(plain)))
		_, err := login.Get(t.Context(), always(out, nil))
		require.ErrorIs(t, err, login.ErrMalformed, plain)
		assert.NotContains(t, err.Error(), "secret")
	}
	got, err := login.Get(t.Context(), always(token("se:cr:et", time.Now()), nil))
	require.NoError(t, err)
	assert.Equal(t, "se:cr:et", got.Password)
}

// One program decodes the token as URL-safe base64, which fails for some tokens.
func TestTokenIsStandardBase64(t *testing.T) {
	t.Parallel()
	const password = "~~?>>>"
	out := token(password, time.Now())
	require.True(t, strings.ContainsAny(*out.AuthorizationData.AuthorizationToken, "+/"))
	got, err := login.Get(t.Context(), always(out, nil))
	require.NoError(t, err)
	assert.Equal(t, password, got.Password)
}

func TestMalformedTokenIsNotInTheError(t *testing.T) {
	t.Parallel()
	out := token("", time.Now())
	out.AuthorizationData.AuthorizationToken = aws.String("QVdTOnNlY3JldA==!")
	_, err := login.Get(t.Context(), always(out, nil))
	require.ErrorIs(t, err, login.ErrMalformed)
	assert.NotContains(t, err.Error(), "QVdTOnNlY3JldA")
	assert.NotContains(t, err.Error(), "secret")
}

// A second permission is needed, but the service names only one at a time.
func TestDenialExplainsBothPermissions(t *testing.T) {
	t.Parallel()
	cause := apiError("AccessDeniedException", "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: sts:GetServiceBearerToken")
	_, err := login.Get(t.Context(), always(nil, cause))
	require.ErrorIs(t, err, cause)
	assert.True(t, ecrpublic.IsAccessDenied(err))
	assert.ErrorContains(t, err, "ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken")
}

func TestOtherErrorsAreNotExplainedAsDenials(t *testing.T) {
	t.Parallel()
	for _, cause := range []error{
		apiError("ThrottlingException", "Rate exceeded"),
		errors.New("not authorized to perform: sts:GetServiceBearerToken"),
		context.Canceled,
	} {
		_, err := login.Get(t.Context(), always(nil, cause))
		require.ErrorIs(t, err, cause)
		assert.NotContains(t, err.Error(), "IAM permissions")
	}
}

func TestGetWithoutClient(t *testing.T) {
	t.Parallel()
	_, err := login.Get(t.Context(), nil)
	require.ErrorContains(t, err, "no client")
}
