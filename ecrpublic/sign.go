package ecrpublic

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// hashPayload puts the hash of the body into the context, where signers look for it,
// unless a middleware has put one there.
func (c *call) hashPayload(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	if v4.GetPayloadHash(ctx) != "" {
		return ctx, nil
	}
	if c.direct == nil && request.GetStream() != c.body { // directly, the send attaches the body
		return hashStream(ctx, request)
	}
	_, span := c.startSpan(ctx, "ComputePayloadSHA256")
	defer span.End()
	hash, err := c.body.SHA256()
	if err != nil {
		return ctx, &v4.HashComputationError{Err: err}
	}
	return v4.SetPayloadHash(ctx, hash), nil
}

// hashStream hashes what a middleware has put in the place of the call's body.
func hashStream(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	hashed := ctx
	keep := middleware.FinalizeHandlerFunc(func(ctx context.Context, _ middleware.FinalizeInput) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
		hashed = ctx
		return out, metadata, nil
	})
	_, _, err := new(v4.ComputePayloadSHA256).HandleFinalize(ctx, middleware.FinalizeInput{Request: request}, keep)
	return hashed, err
}

// overrideSigning applies what [WithSigV4SigningName] and [WithSigV4SigningRegion],
// or middleware, have put into the context.
func (c *call) overrideSigning(ctx context.Context, _ *smithyhttp.Request) (context.Context, error) {
	//lint:ignore SA1019 middleware of the caller's, and our own options, still set it
	if name := awsmiddleware.GetSigningName(ctx); name != "" {
		smithyhttp.SetSigV4SigningName(c.auth.writable(), name)
	}
	//lint:ignore SA1019 middleware of the caller's, and our own options, still set it
	if region := awsmiddleware.GetSigningRegion(ctx); region != "" {
		smithyhttp.SetSigV4SigningRegion(c.auth.writable(), region)
	}
	return ctx, nil
}

func (c *call) sign(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	_, span := c.startSpan(ctx, "SignRequest")
	defer span.End()
	if c.auth.scheme == nil {
		return ctx, errNoScheme
	}
	if c.auth.identity == nil {
		return ctx, errors.New("no identity") // a middleware took the step out
	}
	signer := c.auth.scheme.Signer()
	if signer == nil {
		return ctx, errors.New("no signer")
	}
	var skew time.Duration
	if !c.options.DisableClockSkewCorrection {
		skew = c.skew
	}
	defer c.authTimer(ctx, metricSign)()
	defer signWithoutZone(request)()
	var err error
	if own, ok := signer.(*sigV4Signer); ok { // without another copy of the properties
		err = own.signAt(ctx, request, c.auth.identity, &c.auth.signing, skew)
	} else {
		if skew != 0 {
			c.auth.writable().Set(skewKey{}, skew)
		}
		err = signer.SignRequest(ctx, request, c.auth.identity, c.auth.signing)
	}
	if err != nil {
		return ctx, fmt.Errorf("sign request: %w", err)
	}
	return ctx, nil
}

// signWithoutZone lets a signer see the Host header as net/http writes it: without the
// zone of an IPv6 address. The returned function restores the request.
func signWithoutZone(request *smithyhttp.Request) (undo func()) {
	literal, after, zoned := strings.Cut(request.URL.Host, "%")
	if !zoned || request.Host != "" {
		return func() {}
	}
	_, port, _ := strings.Cut(after, "]")
	request.Host = literal + "]" + port
	return func() { request.Host = "" }
}

// skewKey is the signing property that says how far the service's clock is ahead, a
// time.Duration.
type skewKey struct{}

// sigV4Scheme implements signature version 4 with the signer and the logger of
// some options.
type sigV4Scheme struct{ signer sigV4Signer }

func newSigV4Scheme(o *Options) *sigV4Scheme {
	return &sigV4Scheme{sigV4Signer{o.HTTPSignerV4, o.Logger, o.ClientLogMode.IsSigning()}}
}

// hasOwnScheme reports whether the schemes are a client's defaults.
func hasOwnScheme(schemes []smithyhttp.AuthScheme) bool {
	if len(schemes) != 1 {
		return false
	}
	_, own := schemes[0].(*sigV4Scheme)
	return own
}

func (*sigV4Scheme) SchemeID() string { return smithyauth.SchemeIDSigV4 }

func (*sigV4Scheme) IdentityResolver(o smithyauth.IdentityResolverOptions) smithyauth.IdentityResolver {
	return o.GetIdentityResolver(smithyauth.SchemeIDSigV4)
}

func (s *sigV4Scheme) Signer() smithyhttp.Signer { return &s.signer }

type sigV4Signer struct {
	signer HTTPSignerV4
	logger logging.Logger
	logs   bool
}

func (s *sigV4Signer) SignRequest(ctx context.Context, request *smithyhttp.Request, identity smithyauth.Identity, properties smithy.Properties) error {
	skew, _ := properties.Get(skewKey{}).(time.Duration)
	return s.signAt(ctx, request, identity, &properties, skew)
}

// signAt signs by a clock that is skew ahead. It takes the payload's hash from the
// context, as all signers of AWS do.
func (s *sigV4Signer) signAt(ctx context.Context, request *smithyhttp.Request, identity smithyauth.Identity, properties *smithy.Properties, skew time.Duration) error {
	id, ok := identity.(*credentialsIdentity)
	if !ok {
		return fmt.Errorf("unexpected identity type %T", identity)
	}
	name, named := smithyhttp.GetSigV4SigningName(properties)
	region, located := smithyhttp.GetSigV4SigningRegion(properties)
	if !named || !located {
		return errors.New("sigv4 signing name and region are required")
	}
	var options []func(*v4.SignerOptions)
	if escaped, _ := smithyhttp.GetDisableDoubleEncoding(properties); escaped {
		options = append(options, func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	}
	if s.logs {
		logger := redactingLogger{logging.WithContext(ctx, s.logger), redactor{newSecret(id.SessionToken)}}
		options = append(options, func(o *v4.SignerOptions) { o.LogSigning, o.Logger = true, logger })
	}
	return s.signer.SignHTTP(ctx, id.Credentials, request.Request, v4.GetPayloadHash(ctx), name, region, time.Now().Add(skew), options...)
}
