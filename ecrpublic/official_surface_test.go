package ecrpublic_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// TestMiddlewareMayPassOnAnyContext passes on an unrelated context in every phase.
func TestMiddlewareMayPassOnAnyContext(t *testing.T) {
	t.Parallel()
	own := context.Background()
	for phase, add := range map[string]func(*middleware.Stack) error{
		"initialize": func(s *middleware.Stack) error {
			return s.Initialize.Add(middleware.InitializeMiddlewareFunc("own", func(_ context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				return next.HandleInitialize(own, in)
			}), middleware.Before)
		},
		"serialize": func(s *middleware.Stack) error {
			return s.Serialize.Add(middleware.SerializeMiddlewareFunc("own", func(_ context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
				return next.HandleSerialize(own, in)
			}), middleware.Before)
		},
		"build": func(s *middleware.Stack) error {
			return s.Build.Add(middleware.BuildMiddlewareFunc("own", func(_ context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
				return next.HandleBuild(own, in)
			}), middleware.After)
		},
		"deserialize": func(s *middleware.Stack) error {
			return s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("own", func(_ context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				return next.HandleDeserialize(own, in)
			}), middleware.After)
		},
	} {
		s := &script{answers: []answer{{Status: 500}, {Status: 200, Body: `{"nextToken":"next"}`}}}
		out, err := scripted(s, ecrpublic.WithoutDelay, ecrpublic.WithAPIOptions(add)).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err, phase)
		assert.Equal(t, "next", *out.NextToken, phase)
		assert.Len(t, s.requests, 2, phase)
		assert.Contains(t, s.requests[1].Header.Get("Authorization"), "Signature=", phase)
	}
	for _, id := range []string{"ResolveAuthScheme", "GetIdentity", "ResolveEndpointV2", "ComputePayloadHash", "Signing"} {
		after := finalizeAfter(id, own)
		_, err := scripted(&script{answers: []answer{{Status: 200}}}, after).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err, "after %s", id)
	}
}

// finalizeAfter passes on a context that contains only the payload's hash, after a given
// step of an attempt.
func finalizeAfter(id string, own context.Context) func(*ecrpublic.Options) {
	return ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc("own", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			return next.HandleFinalize(v4.SetPayloadHash(own, v4.GetPayloadHash(ctx)), in)
		}), id, middleware.After)
	})
}

func TestSignerOutsideOfACall(t *testing.T) {
	t.Parallel()
	options := ecrpublic.New(ecrpublic.Options{Credentials: testCredentials}).Options()
	scheme := options.AuthSchemes[0]
	identity, err := scheme.IdentityResolver(options).GetIdentity(t.Context(), smithy.Properties{})
	require.NoError(t, err)
	request := smithyhttp.NewStackRequest().(*smithyhttp.Request)
	request.Method, request.URL.Scheme, request.URL.Host = http.MethodGet, "https", "example.test"
	var properties smithy.Properties
	smithyhttp.SetSigV4SigningName(&properties, "ecr-public")
	require.Error(t, scheme.Signer().SignRequest(t.Context(), request, identity, properties), "no region")
	smithyhttp.SetSigV4SigningRegion(&properties, "us-east-1")
	require.NoError(t, scheme.Signer().SignRequest(v4.SetPayloadHash(t.Context(), "UNSIGNED-PAYLOAD"), request, identity, properties))
	assert.Contains(t, request.Header.Get("Authorization"), "/us-east-1/ecr-public/aws4_request")
}

func TestErrorOfAnAPIOptionIsReturnedAsItIs(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	_, err := scripted(new(script)).DescribeRegistries(t.Context(), nil, ecrpublic.WithAPIOptions(func(*middleware.Stack) error { return stop }))
	assert.Same(t, stop, err)
}

func TestNilContextPanicsAsInTheOfficialClient(t *testing.T) {
	t.Parallel()
	var none context.Context
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		client := scripted(&script{answers: []answer{{Status: 200}}}, options...)
		assert.PanicsWithValue(t, "cannot create context from nil parent", func() { _, _ = client.DescribeRegistries(none, nil) })
	})
}

// TestHTTPClientIsUsedAsItIs changes an http.Client between two calls.
func TestHTTPClientIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		answers := func(token string) http.RoundTripper {
			return roundTripper(func(*http.Request) (*http.Response, error) {
				return answer{Status: 200, Body: fmt.Sprintf(`{"nextToken":%q}`, token)}.Response()
			})
		}
		standard := &http.Client{Transport: answers("first")}
		client := ecrpublic.New(ecrpublic.Options{HTTPClient: standard, Credentials: testCredentials}, options...)
		for _, token := range []string{"first", "second"} {
			standard.Transport = answers(token)
			out, err := client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			assert.Equal(t, token, *out.NextToken)
		}
		assert.Same(t, standard, client.Options().HTTPClient)
		assert.Nil(t, standard.CheckRedirect)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestClientsOfAConfigurationShareConnections checks that AWS's own HTTP client is used as
// it is as well: with the dialer that a program gave it, and with its open connections.
func TestClientsOfAConfigurationShareConnections(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	defer server.Close()
	var dialed []string
	cfg := aws.Config{
		Credentials: testCredentials, BaseEndpoint: aws.String("http://ecr-public.test"),
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(transport *http.Transport) {
			transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				dialed = append(dialed, address)
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			}
		}),
	}
	for range 3 {
		_, err := ecrpublic.NewFromConfig(cfg).DescribeRegistries(t.Context(), nil, func(*ecrpublic.Options) {})
		require.NoError(t, err)
	}
	assert.Equal(t, []string{"ecr-public.test:80"}, dialed)
}

func TestRetryModeIsTheOneInEffect(t *testing.T) {
	t.Parallel()
	for given, want := range map[aws.RetryMode]aws.RetryMode{"": aws.RetryModeStandard, aws.RetryModeStandard: aws.RetryModeStandard, aws.RetryModeAdaptive: aws.RetryModeAdaptive} {
		assert.Equal(t, want, ecrpublic.NewFromConfig(aws.Config{RetryMode: given}).Options().RetryMode)
	}
	own := aws.Config{Retryer: func() aws.Retryer { return aws.NopRetryer{} }}
	assert.Empty(t, ecrpublic.NewFromConfig(own).Options().RetryMode, "with a Retryer of the caller's")
}

func TestDefaultReadTimeoutOfTheSDKs(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "false": false, "": false} {
		t.Setenv("AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026", value)
		_, set := ecrpublic.NewFromConfig(aws.Config{}).Options().HTTPClient.(*awshttp.BuildableClient).GetReadTimeout()
		assert.Equal(t, want, set, value)
	}
}

// TestResponseLogShowsWhatCame logs the responses of a real server.
func TestResponseLogShowsWhatCame(t *testing.T) {
	t.Parallel()
	const body = `{"nextToken":"next"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Custom", "kept")
		_, err := io.WriteString(w, body)
		assert.NoError(t, err)
	}))
	defer server.Close()
	for mode, shown := range map[aws.ClientLogMode]string{aws.LogResponse: "X-Custom: kept", aws.LogResponseWithBody: "\r\n\r\n" + body} {
		var log bytes.Buffer
		client := ecrpublic.New(ecrpublic.Options{BaseEndpoint: &server.URL, Logger: logging.NewStandardLogger(&log), ClientLogMode: mode})
		out, err := client.DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, "next", *out.NextToken)
		assert.Contains(t, log.String(), fmt.Sprintf("\r\nContent-Length: %d\r\n", len(body)))
		assert.Contains(t, log.String(), "\r\nX-Custom: kept\r\n")
		assert.NotContains(t, log.String(), "Connection:")
		assert.True(t, strings.HasSuffix(strings.TrimRight(log.String(), "\r\n"), shown), log.String())
	}
}
