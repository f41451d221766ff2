package ecrpublic_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/types"
)

// eachWay runs a test over the plain path and over a stack.
func eachWay(t *testing.T, test func(t *testing.T, options ...func(*ecrpublic.Options))) {
	for way, options := range waysToRun {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			test(t, options...)
		})
	}
}

// fixedSigner signs as if the time stood still.
type fixedSigner struct{ *v4.Signer }

func (s fixedSigner) SignHTTP(ctx context.Context, c aws.Credentials, r *http.Request, hash, service, region string, _ time.Time, optFns ...func(*v4.SignerOptions)) error {
	return s.Signer.SignHTTP(ctx, c, r, hash, service, region, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), optFns...)
}

// TestBothWaysSendTheSame sends every request vector both ways and compares what
// reaches the transport, the signature included.
func TestBothWaysSendTheSame(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			ID, Operation string
			Input         json.RawMessage
			Missing       []string `json:"missing_members"`
		}
	}
	readVectors(t, "requests.json", &file)
	for _, v := range file.Vectors {
		if v.Missing != nil {
			continue
		}
		sent := map[string]*script{}
		for way, options := range waysToRun {
			sent[way] = &script{answers: []answer{{Status: 200}}}
			client := scripted(sent[way], append(options, func(o *ecrpublic.Options) {
				o.HTTPSignerV4, o.AppID = fixedSigner{v4.NewSigner()}, "app"
				// The invocation ID is random and signed, so it has to go.
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

func TestClockSkewIsCorrectedAndRemembered(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		ahead := time.Now().Add(time.Hour)
		date := map[string]string{"Date": ahead.UTC().Format(http.TimeFormat)}
		s := &script{answers: []answer{
			{Status: 403, Headers: date, Body: `{"__type":"InvalidSignatureException","message":"Signature expired"}`},
			{Status: 200, Headers: date},
			{Status: 200, Headers: date},
		}}
		client := scripted(s, append(options, ecrpublic.WithoutDelay)...)
		for range 2 {
			_, err := client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
		}
		require.Len(t, s.requests, 3)
		signed := func(i int) time.Time {
			at, err := time.Parse("20060102T150405Z", s.requests[i].Header.Get("X-Amz-Date"))
			require.NoError(t, err)
			return at
		}
		assert.WithinDuration(t, time.Now(), signed(0), time.Minute)
		assert.WithinDuration(t, ahead, signed(1), time.Minute)
		assert.WithinDuration(t, ahead, signed(2), time.Minute, "the next call begins with what the last one learned")
	})
}

func TestClockSkewCorrectionCanBeDisabled(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{
			Status: 403, Headers: map[string]string{"Date": time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)},
			Body: `{"__type":"InvalidSignatureException"}`,
		}}}
		_, err := scripted(s, append(options, func(o *ecrpublic.Options) { o.DisableClockSkewCorrection = true })...).DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		assert.Len(t, s.requests, 1)
	})
}

func TestAttemptsTellTheirNumber(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 500}}}
		_, err := scripted(s, append(options, ecrpublic.WithoutDelay)...).DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		require.Len(t, s.requests, 3)
		id := s.requests[0].Header.Get("Amz-Sdk-Invocation-Id")
		assert.NotEmpty(t, id)
		for i, r := range s.requests {
			assert.Equal(t, fmt.Sprintf("attempt=%d; max=3", i+1), r.Header.Get("Amz-Sdk-Request"))
			assert.Equal(t, id, r.Header.Get("Amz-Sdk-Invocation-Id"))
			assert.Equal(t, "{}", string(s.bodies[i]))
		}
		var exhausted *retry.MaxAttemptsError
		require.ErrorAs(t, err, &exhausted)
	})
}

func TestRetryMaxAttempts(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 500}}}
		client := scripted(s, append(options, ecrpublic.WithoutDelay, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 5 })...)
		_, err := client.DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		assert.Len(t, s.requests, 5, "of the client")
		_, err = client.DescribeRegistries(t.Context(), nil, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 1 })
		require.Error(t, err)
		assert.Len(t, s.requests, 6, "of the call")
	})
}

func TestRetryModes(t *testing.T) {
	t.Parallel()
	for mode, feature := range map[aws.RetryMode]string{aws.RetryModeStandard: "m/E", aws.RetryModeAdaptive: "m/F"} {
		eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
			s := &script{answers: []answer{{Status: 429}, {Status: 200}}}
			client := ecrpublic.New(ecrpublic.Options{HTTPClient: s, Credentials: testCredentials, RetryMode: mode}, options...)
			_, err := client.DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			assert.Len(t, s.requests, 2)
			assert.Contains(t, s.requests[0].Header.Get("User-Agent"), feature)
		})
	}
}

func TestOwnRetryerDecides(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 400, Body: `{"__type":"LimitExceededException"}`}}}
		_, err := scripted(s, append(options, func(o *ecrpublic.Options) {
			o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
			})
		})...).DescribeRegistries(t.Context(), nil)
		require.Error(t, err)
		assert.Len(t, s.requests, 3)
	})
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

func TestLayerPartReader(t *testing.T) {
	t.Parallel()
	part := bytes.Repeat([]byte("0123456789"), 10_000)
	input := func() *ecrpublic.UploadLayerPartInput {
		return &ecrpublic.UploadLayerPartInput{
			RepositoryName: aws.String("r"), UploadId: aws.String("u"), PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(int64(len(part) - 1)),
		}
	}
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 500}, {Status: 200}}}
		client := scripted(s, append(options, ecrpublic.WithoutDelay)...)
		sent := func(in *ecrpublic.UploadLayerPartInput) string {
			s.requests, s.bodies = nil, nil
			_, err := client.UploadLayerPart(t.Context(), in)
			require.NoError(t, err)
			require.Len(t, s.bodies, 2)
			assert.Equal(t, s.bodies[0], s.bodies[1], "a retry sends the same")
			assert.EqualValues(t, len(s.bodies[0]), s.requests[0].ContentLength)
			got := new(ecrpublic.UploadLayerPartInput)
			require.NoError(t, codec.Unmarshal(s.bodies[1], got))
			return string(got.LayerPartBlob)
		}
		in := input()
		in.LayerPartBlob = part
		assert.Equal(t, string(part), sent(in))
		in = input()
		in.LayerPartReader = bytes.NewReader(part)
		assert.Equal(t, string(part), sent(in), "seekable")
		in.LayerPartReader = iotest.OneByteReader(bytes.NewReader(part))
		assert.Equal(t, string(part), sent(in), "not seekable")
		from := bytes.NewReader(append([]byte("skipped"), part...))
		from.Seek(7, io.SeekStart)
		in.LayerPartReader = from
		assert.Equal(t, string(part), sent(in), "from the current position")

		in.LayerPartBlob = part
		_, err := client.UploadLayerPart(t.Context(), in)
		require.ErrorContains(t, err, "set LayerPartBlob or LayerPartReader, not both")
		in.LayerPartBlob, in.LayerPartReader = nil, iotest.ErrReader(assert.AnError)
		_, err = client.UploadLayerPart(t.Context(), in)
		require.ErrorIs(t, err, assert.AnError)
	})
}

// changingReader yields other bytes each time it is rewound.
type changingReader struct {
	bytes.Reader
	passes int
}

func (r *changingReader) Seek(offset int64, whence int) (int64, error) {
	if whence == io.SeekStart {
		r.passes++
		r.Reset(bytes.Repeat([]byte{byte(r.passes)}, 10_000))
	}
	return r.Reader.Seek(offset, whence)
}

func TestReaderThatChangesIsAnError(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		s := &script{answers: []answer{{Status: 200}}}
		r := new(changingReader)
		r.Reset(make([]byte, 10_000))
		_, err := scripted(s, append(options, ecrpublic.WithoutDelay)...).UploadLayerPart(t.Context(), &ecrpublic.UploadLayerPartInput{
			RepositoryName: aws.String("r"), UploadId: aws.String("u"), PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(9_999), LayerPartReader: r,
		})
		require.ErrorIs(t, err, codec.ErrChanged)
		assert.Empty(t, s.requests)
	})
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
	for i := range client.NumMethod() {
		out := client.Method(i).Type.Out(0).Elem()
		assert.Equal(t, reflect.TypeFor[types.ResponseMetadata](), out.Field(out.NumField()-2).Type, out.Name())
		assert.Equal(t, reflect.TypeFor[middleware.Metadata](), out.Field(out.NumField()-1).Type, out.Name())
		assert.False(t, strings.Contains(string(out.Field(out.NumField()-1).Tag), "required"))
	}
}
