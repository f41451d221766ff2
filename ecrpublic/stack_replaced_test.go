package ecrpublic_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// signedHash is a signer that keeps the hash of the payload.
type signedHash struct{ hash string }

func (s *signedHash) SignHTTP(_ context.Context, _ aws.Credentials, _ *http.Request, hash, _, _ string, _ time.Time, _ ...func(*v4.SignerOptions)) error {
	s.hash = hash
	return nil
}

// TestSignatureIsOfTheBodyThatMiddlewareMade lets middleware send another body, or none.
func TestSignatureIsOfTheBodyThatMiddlewareMade(t *testing.T) {
	t.Parallel()
	without := func(request *smithyhttp.Request) (*smithyhttp.Request, error) { return request.SetStream(nil) }
	own := func(request *smithyhttp.Request) (*smithyhttp.Request, error) {
		return request.SetStream(strings.NewReader("mine"))
	}
	serializer := func(change func(*smithyhttp.Request) (*smithyhttp.Request, error)) middleware.SerializeMiddleware {
		return middleware.SerializeMiddlewareFunc("mine", func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
			if in.Request, err = change(in.Request.(*smithyhttp.Request)); err != nil {
				return out, metadata, err
			}
			return next.HandleSerialize(ctx, in)
		})
	}
	for name, c := range map[string]struct {
		change func(*middleware.Stack) error
		want   string
	}{
		"no serializer": {func(s *middleware.Stack) error { _, err := s.Serialize.Remove("OperationSerializer"); return err }, ""},
		"own serializer": {func(s *middleware.Stack) error {
			_, err := s.Serialize.Swap("OperationSerializer", serializer(own))
			return err
		}, "mine"},
		"other body":   {func(s *middleware.Stack) error { return s.Serialize.Add(serializer(own), middleware.After) }, "mine"},
		"body dropped": {func(s *middleware.Stack) error { return s.Serialize.Add(serializer(without), middleware.After) }, ""},
	} {
		s, signer := &script{answers: []answer{{Status: 200}}}, &signedHash{}
		_, err := scripted(s, ecrpublic.WithAPIOptions(c.change), func(o *ecrpublic.Options) { o.HTTPSignerV4 = signer }).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, string(s.bodies[0]), name)
		sum := sha256.Sum256([]byte(c.want))
		assert.Equal(t, hex.EncodeToString(sum[:]), signer.hash, name)
	}
}

// progress counts what is read of a body.
type progress struct {
	io.ReadSeeker
	bytes *int
}

func (p progress) Read(b []byte) (int, error) {
	n, err := p.ReadSeeker.Read(b)
	*p.bytes += n
	return n, err
}

// TestMiddlewareMayWrapTheBody shows the progress of an upload, as programs do.
func TestMiddlewareMayWrapTheBody(t *testing.T) {
	t.Parallel()
	var read int
	s := &script{answers: []answer{{Status: 503}, {Status: 200}}}
	_, err := scripted(s, ecrpublic.WithoutDelay, ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Build.Add(middleware.BuildMiddlewareFunc("progress", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (out middleware.BuildOutput, metadata middleware.Metadata, err error) {
			request := in.Request.(*smithyhttp.Request)
			if in.Request, err = request.SetStream(progress{request.GetStream().(io.ReadSeeker), &read}); err != nil {
				return out, metadata, err
			}
			return next.HandleBuild(ctx, in)
		}), middleware.After)
	})).UploadLayerPart(t.Context(), &ecrpublic.UploadLayerPartInput{
		RepositoryName: new("app"), UploadId: new("u"), PartFirstByte: new(int64(0)), PartLastByte: new(int64(99_999)), LayerPartReader: strings.NewReader(strings.Repeat("x", 100_000)),
	})
	require.NoError(t, err)
	require.Len(t, s.bodies, 2)
	assert.Equal(t, string(s.bodies[0]), string(s.bodies[1]))
	assert.EqualValues(t, len(s.bodies[0]), s.requests[0].ContentLength)
	assert.GreaterOrEqual(t, read, 2*len(s.bodies[0]))
}

// TestMiddlewareMayForgiveAnError makes a deletion of what is gone succeed. Its output is
// empty, also if a part of the response was decoded.
func TestMiddlewareMayForgiveAnError(t *testing.T) {
	t.Parallel()
	forgive := ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		return s.Finalize.Add(middleware.FinalizeMiddlewareFunc("forgive", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleFinalize(ctx, in)
			assert.Error(t, err)
			return out, metadata, nil
		}), middleware.After)
	})
	for _, a := range []answer{
		{Status: 400, Body: `{"__type":"RepositoryPolicyNotFoundException","message":"gone"}`},
		{Status: 200, Body: `{"registryId":"123456789012","policyText":7}`},
	} {
		out, err := scripted(&script{answers: []answer{a}}, forgive).DeleteRepositoryPolicy(t.Context(), &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: new("app")})
		require.NoError(t, err)
		assert.Equal(t, a.Status, out.ResponseMetadata.HTTPStatusCode)
		out.ResponseMetadata, out.ResultMetadata = types.ResponseMetadata{}, middleware.Metadata{}
		assert.Zero(t, *out)
	}
}

// TestMiddlewareMayWriteTheAddress marks the address as one that is not to be resolved, as
// programs from before EndpointResolverV2 do.
func TestMiddlewareMayWriteTheAddress(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 503}, {Status: 200}}}
	_, err := scripted(s, ecrpublic.WithoutDelay, ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Serialize.Add(middleware.SerializeMiddlewareFunc("address", func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
			u := in.Request.(*smithyhttp.Request).URL
			u.Scheme, u.Host = "http", "test-server"
			return next.HandleSerialize(awsmiddleware.SetRequiresLegacyEndpoints(ctx, true), in)
		}), middleware.Before)
	})).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	for _, r := range s.requests {
		assert.Equal(t, "http://test-server/", r.URL.String())
	}
	assert.Len(t, s.requests, 2)
}

// TestAddressIsResolvedWithinAnotherCall has the mark in its context, as that of a call by
// middleware of another client may have it.
func TestAddressIsResolvedWithinAnotherCall(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]func(*ecrpublic.Options){
		"direct": func(*ecrpublic.Options) {},
		"stack":  ecrpublic.WithAPIOptions(func(*middleware.Stack) error { return nil }),
	} {
		s := &script{answers: []answer{{Status: 200}}}
		_, err := scripted(s, way).DescribeRegistries(awsmiddleware.SetRequiresLegacyEndpoints(t.Context(), true), nil)
		require.NoError(t, err, name)
		assert.Equal(t, "https://api.ecr-public.us-east-1.amazonaws.com/", s.requests[0].URL.String(), name)
	}
}

// TestOutputHasNothingOfAnEarlierAttempt retries after a response that was decoded.
func TestOutputHasNothingOfAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 200, Body: `{"policyText":"{}"}`}, {Status: 200, Body: `{"repositoryName":"app"}`}}}
	failures := 1
	refuse := ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("refuse", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			if failures--; failures == 0 {
				err = &smithyhttp.RequestSendError{Err: io.ErrUnexpectedEOF}
			}
			return out, metadata, err
		}), middleware.Before)
	})
	out, err := scripted(s, ecrpublic.WithoutDelay, refuse).GetRepositoryPolicy(t.Context(), &ecrpublic.GetRepositoryPolicyInput{RepositoryName: new("app")})
	require.NoError(t, err)
	assert.Len(t, s.requests, 2)
	assert.Nil(t, out.PolicyText)
	assert.Equal(t, "app", aws.ToString(out.RepositoryName))
}
