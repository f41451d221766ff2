package ecrpublic_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		var elsewhere http.Header
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { elsewhere = r.Header }))
		defer other.Close()
		first := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
		defer first.Close()
		for _, httpClient := range []ecrpublic.HTTPClient{nil, &http.Client{}} {
			client := ecrpublic.New(ecrpublic.Options{BaseEndpoint: &first.URL, Credentials: testCredentials, HTTPClient: httpClient}, options...)
			_, err := client.DescribeRegistries(t.Context(), nil)
			var response *smithyhttp.ResponseError
			require.ErrorAs(t, err, &response)
			assert.Equal(t, http.StatusTemporaryRedirect, response.HTTPStatusCode())
			assert.Nil(t, elsewhere)
		}
	})
}

func TestCanceledCalls(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 200}}}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := scripted(s, options...).DescribeRegistries(ctx, nil)
		require.ErrorIs(t, err, context.Canceled)
		assert.Empty(t, s.requests)

		slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}))
		defer slow.Close()
		ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err = ecrpublic.New(ecrpublic.Options{BaseEndpoint: &slow.URL, Credentials: testCredentials}, options...).DescribeRegistries(ctx, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded, "in the middle of a body")
	})
}

func TestResponsesAreBounded(t *testing.T) {
	t.Parallel()
	assertBounded(t, 200, 200<<20)
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) { assertBounded(t, 400, 2<<20, options...) })
}

// assertBounded gives a call an endless answer.
func assertBounded(t *testing.T, status, limit int, options ...func(*ecrpublic.Options)) {
	t.Helper()
	read := 0
	endless := transportFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(&endlessReader{&read})}, nil
	})
	_, err := ecrpublic.New(ecrpublic.Options{HTTPClient: endless, Credentials: testCredentials}, options...).DescribeRegistries(t.Context(), nil)
	require.ErrorContains(t, err, "larger than any the service sends")
	assert.Less(t, read, limit)
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		io.Copy(io.Discard, r.Body)
	}
	return f(r)
}

type endlessReader struct{ read *int }

func (r *endlessReader) Read(p []byte) (int, error) {
	copy(p, "   ")
	*r.read += len(p)
	return len(p), nil
}

func TestNothingSecretIsShown(t *testing.T) {
	t.Parallel()
	secrets := []string{"SECRETEXAMPLE", "SESSIONEXAMPLE", "TOKENEXAMPLE", "Signature="}
	var log lockedBuffer
	s := &script{answers: []answer{
		{Status: 200, Body: `{"authorizationData":{"authorizationToken":"TOKENEXAMPLE","expiresAt":1}}`},
		{Status: 400, Body: `{"__type":"AccessDeniedException","message":"no"}`},
	}}
	client := scripted(s, func(o *ecrpublic.Options) {
		o.ClientLogMode = aws.LogSigning | aws.LogRetries | aws.LogRequestWithBody | aws.LogResponseWithBody
		o.Logger = logging.NewStandardLogger(&log)
		o.Credentials = staticCredentials{aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE", SessionToken: "SESSIONEXAMPLE"}}
	})
	out, err := client.GetAuthorizationToken(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "TOKENEXAMPLE", *out.AuthorizationData.AuthorizationToken, "logging does not change what is returned")
	_, failed := client.GetAuthorizationToken(t.Context(), nil)
	require.Error(t, failed)

	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("values", "client", client, "options", client.Options(), "error", failed)
	shown := []string{log.String()}
	for _, v := range []any{client, *client, client.Options(), out, failed} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			shown = append(shown, fmt.Sprintf(verb, v))
		}
	}
	assert.Contains(t, shown[0], "X-Amz-Security-Token: REDACTED")
	assert.Contains(t, shown[0], `"authorizationToken":"REDACTED"`)
	for _, text := range shown {
		for _, secret := range secrets {
			assert.NotContains(t, text, secret)
		}
	}
}

type staticCredentials struct{ Value aws.Credentials }

func (c staticCredentials) Retrieve(context.Context) (aws.Credentials, error) { return c.Value, nil }

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
