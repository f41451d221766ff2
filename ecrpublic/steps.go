package ecrpublic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	smithyauth "github.com/aws/smithy-go/auth"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// What middleware is anchored on, by the official client's names.
const authID, signID, serializeID, decodeID = "ResolveAuthScheme", "Signing", "OperationSerializer", "OperationDeserializer"

// stackSteps are the steps that keep nothing of a call or a client, so that one
// of each serves all.
type stackSteps struct {
	validate  middleware.InitializeMiddleware
	serialize middleware.SerializeMiddleware
	attempt   []middleware.FinalizeMiddleware
	response  []middleware.DeserializeMiddleware
}

var sharedSteps = sync.OnceValue(func() stackSteps {
	return stackSteps{validateStep(), serializeStep(), attemptSteps(), responseSteps()}
})

// validateStep checks the input that is about to be serialized.
func validateStep() middleware.InitializeMiddleware {
	return middleware.InitializeMiddlewareFunc("OperationInputValidation", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
		if err := callFrom(ctx).accepts(in.Parameters); err != nil {
			return out, metadata, err
		}
		if err := codec.Validate(in.Parameters); err != nil {
			return out, metadata, err
		}
		return next.HandleInitialize(ctx, in)
	})
}

// serializeStep writes the input into the request.
func serializeStep() middleware.SerializeMiddleware {
	return middleware.SerializeMiddlewareFunc(serializeID, func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
		c := callFrom(ctx)
		request, ok := in.Request.(*smithyhttp.Request)
		if !ok {
			return out, metadata, fmt.Errorf("unexpected transport type %T", in.Request)
		}
		if in.Request, err = c.writeRequest(ctx, request, in.Parameters); err != nil {
			return out, metadata, err
		}
		return next.HandleSerialize(ctx, in)
	})
}

func (c *call) writeRequest(ctx context.Context, request *smithyhttp.Request, in any) (*smithyhttp.Request, error) {
	_, span := tracing.StartSpan(ctx, serializeID)
	defer span.End()
	defer c.timer(ctx, metricSerialize)()
	if err := c.accepts(in); err != nil {
		return nil, err
	}
	if err := c.serialize(ctx, in); err != nil {
		return nil, err
	}
	request, err := request.SetStream(c.body)
	if err != nil {
		return nil, err
	}
	request.Method = http.MethodPost
	request.URL.Path = "/"
	for _, f := range c.requestFields() {
		request.Header.Set(f.name, f.value)
	}
	return request, nil
}

// attemptSteps run once for each attempt, between the retry loop and the
// transport.
func attemptSteps() []middleware.FinalizeMiddleware {
	return []middleware.FinalizeMiddleware{
		attemptStep(authID, (*call).chooseAuth),
		attemptStep("GetIdentity", (*call).getIdentity),
		attemptStep("ResolveEndpointV2", (*call).setAddress),
		attemptStep((*v4.ComputePayloadSHA256)(nil).ID(), (*call).hashPayload),
		attemptStep(signID, (*call).sign),
	}
}

func attemptStep(id string, do func(*call, context.Context, *smithyhttp.Request) (context.Context, error)) middleware.FinalizeMiddleware {
	return middleware.FinalizeMiddlewareFunc(id, func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
		c := callFrom(ctx)
		request, ok := in.Request.(*smithyhttp.Request)
		if !ok {
			return out, metadata, fmt.Errorf("unexpected transport type %T", in.Request)
		}
		if c.auth == nil && id != authID && id != (*v4.ComputePayloadSHA256)(nil).ID() {
			return out, metadata, errors.New("no resolved auth scheme")
		}
		_, span := tracing.StartSpan(ctx, id)
		ctx, err = do(c, ctx, request)
		span.End()
		if err != nil {
			return out, metadata, err
		}
		out, metadata, err = next.HandleFinalize(ctx, in)
		c.observe(metadata)
		return out, metadata, err
	})
}

func (c *call) chooseAuth(ctx context.Context, _ *smithyhttp.Request) (_ context.Context, err error) {
	c.auth, err = c.resolveAuth(ctx, c.operation)
	return ctx, err
}

func (c *call) nameScheme(o *metrics.RecordMetricOptions) {
	o.Properties.Set("auth.scheme_id", c.auth.scheme.SchemeID())
}

func (c *call) getIdentity(ctx context.Context, _ *smithyhttp.Request) (_ context.Context, err error) {
	resolver := c.auth.scheme.IdentityResolver(c.identities)
	if resolver == nil {
		return ctx, errors.New("no identity resolver")
	}
	defer c.timer(ctx, metricIdentity, c.nameScheme)()
	if c.auth.identity, err = resolver.GetIdentity(ctx, c.auth.option.IdentityProperties); err != nil {
		return ctx, fmt.Errorf("get identity: %w", err)
	}
	return ctx, nil
}

func (c *call) setAddress(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	done := c.timer(ctx, metricEndpoint)
	endpoint, err := c.endpoint(ctx)
	done()
	if err != nil {
		return ctx, err
	}
	request.URL.Scheme, request.URL.Host = endpoint.URI.Scheme, endpoint.URI.Host
	request.URL.Path, request.URL.RawPath = endpoint.URI.Path, endpoint.URI.RawPath
	for name := range endpoint.Headers {
		request.Header.Set(name, endpoint.Headers.Get(name))
	}
	options, _ := smithyauth.GetAuthOptions(&endpoint.Properties)
	for _, o := range options {
		c.auth.own().SetAll(&o.SignerProperties)
	}
	return ctx, nil
}

// hashPayload leaves a hash that a middleware of the caller's has set.
func (c *call) hashPayload(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	if v4.GetPayloadHash(ctx) != "" {
		return ctx, nil
	}
	if request.GetStream() == c.body { // as serialized, nobody replaced it
		hash, err := c.body.SHA256()
		if err != nil {
			return ctx, &v4.HashComputationError{Err: err}
		}
		return v4.SetPayloadHash(ctx, hash), c.body.Rewind()
	}
	hashed := ctx
	keep := middleware.FinalizeHandlerFunc(func(ctx context.Context, _ middleware.FinalizeInput) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
		hashed = ctx
		return out, metadata, nil
	})
	_, _, err := new(v4.ComputePayloadSHA256).HandleFinalize(ctx, middleware.FinalizeInput{Request: request}, keep)
	return hashed, err
}

func (c *call) sign(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	//lint:ignore SA1019 middleware of the caller's, and our own options, still set it
	if name := awsmiddleware.GetSigningName(ctx); name != "" {
		smithyhttp.SetSigV4SigningName(c.auth.own(), name)
	}
	//lint:ignore SA1019 middleware of the caller's, and our own options, still set it
	if region := awsmiddleware.GetSigningRegion(ctx); region != "" {
		smithyhttp.SetSigV4SigningRegion(c.auth.own(), region)
	}
	signer := c.auth.scheme.Signer()
	if signer == nil {
		return ctx, errors.New("no signer")
	}
	defer c.timer(ctx, metricSign, c.nameScheme)()
	if err := signer.SignRequest(ctx, request, c.auth.identity, c.auth.signing); err != nil {
		return ctx, fmt.Errorf("sign request: %w", err)
	}
	return ctx, nil
}
