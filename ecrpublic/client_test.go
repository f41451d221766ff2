package ecrpublic_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// eachWay runs a test with direct calls and with calls through a stack.
func eachWay(t *testing.T, test func(t *testing.T, options ...func(*ecrpublic.Options))) {
	for way, options := range waysToRun {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			test(t, options...)
		})
	}
}

// fixedSigner always signs with the same time.
type fixedSigner struct{ *v4.Signer }

func (s fixedSigner) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, hash, service, region string, _ time.Time, optFns ...func(*v4.SignerOptions)) error {
	return s.Signer.SignHTTP(ctx, c, r, hash, service, region, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), optFns...)
}

// TestBothWaysSendTheSame sends every request vector both ways and compares what
// reaches the transport, the signature included.
func TestBothWaysSendTheSame(t *testing.T) {
	t.Parallel()
	for _, v := range recorded(t, "requests.json") {
		if v.Missing != nil {
			continue
		}
		sent := map[string]*script{}
		for way, options := range waysToRun {
			sent[way] = &script{answers: []answer{{Status: 200}}}
			client := scripted(sent[way], append(options, func(o *ecrpublic.Options) {
				o.HTTPSignerV4, o.AppID = fixedSigner{v4.NewSigner()}, "app"
				// The invocation ID is random and signed, so it must be removed.
				o.HTTPSignerV4 = withoutInvocationID{o.HTTPSignerV4}
			})...)
			_, err := callOperation(client, v.Operation, v.Input)
			require.NoError(t, err)
		}
		plain, stack := sent["plain"], sent["stack"]
		require.Len(t, plain.requests, 1)
		require.Len(t, stack.requests, 1)
		assert.Equal(t, stack.bodies[0], plain.bodies[0], v.ID)
		assert.Equal(t, stack.requests[0].Header, plain.requests[0].Header, v.ID)
		assert.Equal(t, stack.requests[0].URL, plain.requests[0].URL, v.ID)
		assert.Equal(t, stack.requests[0].ContentLength, plain.requests[0].ContentLength, v.ID)
	}
}

type withoutInvocationID struct{ ecrpublic.HTTPSignerV4 }

func (s withoutInvocationID) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, hash, service, region string, at time.Time, optFns ...func(*v4.SignerOptions)) error {
	if r.Header.Get("Amz-Sdk-Invocation-Id") == "" {
		return errors.New("no invocation id")
	}
	r.Header.Set("Amz-Sdk-Invocation-Id", "fixed")
	return s.HTTPSignerV4.SignHTTP(ctx, c, r, hash, service, region, at, optFns...)
}

func TestResponseMetadata(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{
			{Status: 503},
			{Status: 200, Headers: map[string]string{"X-Amzn-Requestid": "request-2", "X-Amz-Id-2": "host", "X-Extra": "x"}},
		}}
		out, err := scripted(s, append(options, ecrpublic.WithoutDelay)...).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		m := out.ResponseMetadata
		assert.Equal(t, "request-2", m.RequestId)
		assert.Equal(t, "host", m.HostId)
		assert.Equal(t, 200, m.HTTPStatusCode)
		assert.Equal(t, "x", m.HTTPHeaders.Get("X-Extra"))
		assert.Equal(t, 1, m.RetryAttempts)

		id, ok := awsmiddleware.GetRequestIDMetadata(out.ResultMetadata)
		assert.True(t, ok)
		assert.Equal(t, "request-2", id)
		results, ok := retry.GetAttemptResults(out.ResultMetadata)
		assert.True(t, ok)
		assert.Len(t, results.Results, 2)
		_, ok = awsmiddleware.GetResponseAt(out.ResultMetadata)
		assert.True(t, ok)

		out, err = scripted(&script{answers: []answer{{Status: 200}}}, options...).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		assert.Zero(t, out.ResponseMetadata.RetryAttempts)
		results, _ = retry.GetAttemptResults(out.ResultMetadata)
		assert.Len(t, results.Results, 1)
	})
}

func TestErrorsKeepTheResponse(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{
			Status: 400, Headers: map[string]string{"X-Amzn-Requestid": "request-1", "X-Extra": "x"},
			Body: `{"__type":"RepositoryNotFoundException","message":"gone"}`,
		}}}
		_, err := scripted(s, options...).DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("r")})
		var notFound *types.RepositoryNotFoundException
		require.ErrorAs(t, err, &notFound)
		assert.Equal(t, "RepositoryNotFoundException: gone", notFound.Error())
		var operation *smithy.OperationError
		require.ErrorAs(t, err, &operation)
		assert.Equal(t, "DescribeImages", operation.Operation())
		assert.Equal(t, ecrpublic.ServiceID, operation.Service())
		var response *awshttp.ResponseError
		require.ErrorAs(t, err, &response)
		assert.Equal(t, "request-1", response.ServiceRequestID())
		assert.Equal(t, "x", response.HTTPResponse().Header.Get("X-Extra"))
	})
}

// Standard is a custom retryer with the same type name as AWS's.
type Standard struct{ aws.NopRetryer }

// TestEachClientHasItsOwnUserAgent creates clients with different headers, one after
// the other.
func TestEachClientHasItsOwnUserAgent(t *testing.T) {
	userAgent := func(optFns ...func(*ecrpublic.Options)) string {
		s := &script{answers: []answer{{Status: 200}}}
		_, err := scripted(s, optFns...).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		return s.requests[0].Header.Get("User-Agent")
	}
	usual := userAgent()
	assert.Contains(t, usual, " m/E")
	assert.NotContains(t, userAgent(func(o *ecrpublic.Options) { o.Retryer = &Standard{} }), " m/")
	assert.Contains(t, userAgent(func(o *ecrpublic.Options) { o.AppID = "one" }), " app/one ")
	assert.Contains(t, userAgent(func(o *ecrpublic.Options) { o.AppID = "two" }), " app/two ")
	t.Setenv("AWS_EXECUTION_ENV", "somewhere")
	assert.Contains(t, userAgent(), " exec-env/somewhere")
	t.Setenv("AWS_EXECUTION_ENV", "")
	assert.Equal(t, usual, userAgent())
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 200}}}
		client := scripted(s, append(options, func(o *ecrpublic.Options) { o.AppID = "my app" })...)
		_, err := client.DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		p := ecrpublic.NewDescribeRegistriesPaginator(client, nil)
		_, err = p.NextPage(t.Context())
		require.NoError(t, err)
		assert.Regexp(t, `^aws-sdk-go-v2/\S+ .*api/ecrpublic#\d+\.\d+\.\d+ app/my-app m/E$`, s.requests[0].Header.Get("User-Agent"))
		assert.Regexp(t, ` m/(C,E|E,C)$`, s.requests[1].Header.Get("User-Agent"), "a paginator says so")
	})
}

func TestUnsignedRequests(t *testing.T) {
	t.Parallel()
	for _, credentials := range []aws.CredentialsProvider{nil, aws.AnonymousCredentials{}} {
		eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			s := &script{answers: []answer{{Status: 200}}}
			client := ecrpublic.New(ecrpublic.Options{HTTPClient: s, Credentials: credentials}, options...)
			_, err := client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			assert.Empty(t, s.requests[0].Header.Get("Authorization"))
		})
	}
}

func TestCredentialErrors(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 200}}}
		client := ecrpublic.New(ecrpublic.Options{HTTPClient: s, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{}, assert.AnError
		})}, options...)
		_, err := client.DescribeRegistries(t.Context(), nil)
		require.ErrorIs(t, err, assert.AnError)
		assert.Empty(t, s.requests)
	})
}

func TestSigningOverrides(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 200}}}
	_, err := scripted(s, ecrpublic.WithSigV4SigningName("other"), ecrpublic.WithSigV4SigningRegion("eu-west-3")).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "eu-west-3/other/aws4_request", scopeOf(s.requests[0]))
}

func TestCopiedOptionsAreIndependent(t *testing.T) {
	t.Parallel()
	client := scripted(&script{}, ecrpublic.WithAPIOptions(func(*middleware.Stack) error { return nil }))
	options := client.Options()
	options.APIOptions[0] = nil
	options.Region = "changed"
	assert.NotNil(t, client.Options().APIOptions[0])
	assert.Empty(t, client.Options().Region)
}

func TestOutputsEndWithTheirMetadata(t *testing.T) {
	t.Parallel()
	client := reflect.TypeFor[ecrpublic.API]()
	require.Equal(t, 23, client.NumMethod())
	for method := range client.Methods() {
		out := method.Type.Out(0).Elem()
		assert.Equal(t, reflect.TypeFor[types.ResponseMetadata](), out.Field(out.NumField()-2).Type, out.Name())
		assert.Equal(t, reflect.TypeFor[middleware.Metadata](), out.Field(out.NumField()-1).Type, out.Name())
		assert.False(t, strings.Contains(string(out.Field(out.NumField()-1).Tag), "required"))
	}
}
