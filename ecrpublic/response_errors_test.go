package ecrpublic_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func TestErrorResponsesHaveAnExactLimit(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		body := `{"__type":"RepositoryNotFoundException","message":"gone"}`
		body += strings.Repeat(" ", limit-len(body))
		_, err := scripted(&script{answers: []answer{{Status: 400, Body: body}}}, options...).DescribeRegistries(t.Context(), nil)
		var api smithy.APIError
		require.ErrorAs(t, err, &api)
		assert.Equal(t, "gone", api.ErrorMessage())

		// Without a Content-Length, the size is known only after reading.
		_, err = ecrpublic.New(ecrpublic.Options{HTTPClient: unmeasured{answer{Status: 400, Body: body + " "}}, Credentials: testCredentials}, options...).DescribeRegistries(t.Context(), nil)
		require.ErrorContains(t, err, "exceeds 160 MiB")
	})
}

// unmeasured is a transport whose responses have no Content-Length.
type unmeasured struct{ answer answer }

func (u unmeasured) Do(*http.Request) (*http.Response, error) {
	r, err := u.answer.Response()
	r.ContentLength = -1
	return r, err
}

// TestContextEndsWhileAResponseIsRead checks the error's types, of which programs may look
// for any.
func TestContextEndsWhileAResponseIsRead(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 503} {
		eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			ctx, cancel := context.WithCancel(t.Context())
			attempts := 0
			client := ecrpublic.New(ecrpublic.Options{Credentials: testCredentials, HTTPClient: doFunc(func(*http.Request) (*http.Response, error) {
				attempts++
				response, err := answer{Status: status}.Response()
				response.Body = io.NopCloser(iotest.ErrReader(context.Canceled))
				cancel()
				return response, err
			})}, options...)
			_, err := client.DescribeRegistries(ctx, nil)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorAs(t, err, new(*smithy.CanceledError))
			require.ErrorAs(t, err, new(*smithy.DeserializationError))
			response, ok := errors.AsType[*awshttp.ResponseError](err)
			require.True(t, ok)
			assert.Equal(t, status, response.HTTPStatusCode())
			assert.Equal(t, 1, attempts)
		})
	}
}

// TestErrorsWithoutAText are those of a test server that calls http.Error with a status only.
func TestErrorsWithoutAText(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "\n", " \r\n\t"} {
		eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			_, err := scripted(&script{answers: []answer{{Status: 403, Body: body}}}, options...).DescribeRegistries(t.Context(), nil)
			var api *smithy.GenericAPIError
			require.ErrorAs(t, err, &api)
			assert.Equal(t, smithy.GenericAPIError{Code: "UnknownError", Message: "UnknownError"}, *api)
			assert.NotErrorIs(t, err, io.ErrUnexpectedEOF)
		})
	}
}

func TestErrorsBesideAResponseAreReturned(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused by a middleware")
	refuse := middleware.DeserializeMiddlewareFunc("Refuse", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		require.NoError(t, err)
		return out, metadata, refused
	})
	out, err := scripted(&script{answers: []answer{{Status: 200}}}, ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		return s.Deserialize.Add(refuse, middleware.After)
	})).DescribeRegistries(t.Context(), nil)
	require.ErrorIs(t, err, refused)
	require.Nil(t, out)
}

func TestForeignResponsesAreRefused(t *testing.T) {
	t.Parallel()
	foreign := middleware.DeserializeMiddlewareFunc("Foreign", func(context.Context, middleware.DeserializeInput, middleware.DeserializeHandler) (out middleware.DeserializeOutput, metadata middleware.Metadata, err error) {
		out.RawResponse = "no HTTP response"
		return out, metadata, nil
	})
	out, err := scripted(&script{answers: []answer{{Status: 200}}}, ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		return s.Deserialize.Add(foreign, middleware.After)
	})).DescribeRegistries(t.Context(), nil)
	require.ErrorAs(t, err, new(*smithy.DeserializationError))
	require.Nil(t, out)
}

// TestWhatIsNotTheServiceIsNamed calls other services and invalid addresses.
func TestWhatIsNotTheServiceIsNamed(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		_, err := scripted(&script{answers: []answer{{Status: 200, Body: " <html>a login page"}}}, options...).DescribeRegistries(t.Context(), nil)
		require.ErrorContains(t, err, `in a body that begins with "<html>a login page"`)
		_, err = scripted(&script{answers: []answer{{Status: 200, Body: "TOKENEXAMPLE"}}}, options...).GetAuthorizationToken(t.Context(), nil)
		require.ErrorContains(t, err, `in a body that begins with "[REDACTED]"`)
		for endpoint, want := range map[string]string{
			"127.0.0.1:5000":                        `parse endpoint "127.0.0.1:5000": first path segment in URL cannot contain colon; it must be a URL such as`,
			"user:PASSWORDEXAMPLE@127.0.0.1:5000":   `endpoint "127.0.0.1:5000" needs a scheme and a host`,
			"http://u:PASSWORDEXAMPLE@example:port": `parse endpoint "example:port": `,
		} {
			_, err := scripted(new(script), append(options, func(o *ecrpublic.Options) { o.BaseEndpoint = &endpoint })...).DescribeRegistries(t.Context(), nil)
			require.ErrorContains(t, err, want)
			assert.NotContains(t, err.Error(), "PASSWORDEXAMPLE")
		}
	})
}
