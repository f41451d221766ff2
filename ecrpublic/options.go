package ecrpublic

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	smithyauth "github.com/aws/smithy-go/auth"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// HTTPClient sends a request and returns its response; *http.Client is one. An
// *http.Client, and AWS's own, follows no redirect here, because a request is signed
// for one host. Any other client must ensure that itself.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// HTTPSignerV4 adds an AWS Signature Version 4 to a request.
type HTTPSignerV4 interface {
	SignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request, payloadHash string, service string, region string, signingTime time.Time, optFns ...func(*v4.SignerOptions)) error
}

// Options configures a [Client], or, through the functional options of an
// operation, a single call. The zero value of every field works, except that
// requests are not signed without Credentials.
type Options struct {
	// APIOptions change the middleware stack of every call. Calls without any use a
	// faster path.
	APIOptions []func(*middleware.Stack) error

	// AppID is added to the User-Agent header; empty adds nothing.
	AppID string

	// BaseEndpoint replaces the service's address, for an emulator or a proxy:
	// scheme and host are required, a path is kept, and anything else of a URL is
	// dropped. Nil uses the endpoint rules.
	BaseEndpoint *string

	// ClientLogMode selects what is logged to Logger, without secrets. 0 logs
	// nothing.
	ClientLogMode aws.ClientLogMode

	// Credentials sign the requests. Nil, or aws.AnonymousCredentials, sends
	// them unsigned, which ECR Public refuses.
	Credentials aws.CredentialsProvider

	// DefaultsMode sets timeouts and retries as a group; empty means legacy. Set it
	// in aws.Config or in the Options passed to New; functional options have no
	// effect on it.
	DefaultsMode aws.DefaultsMode

	// DisableClockSkewCorrection signs by the local clock even if the service's
	// clock is known to differ.
	DisableClockSkewCorrection bool

	// EndpointOptions select FIPS or dual-stack addresses.
	EndpointOptions EndpointResolverOptions

	// EndpointResolverV2 computes the address of a call; nil means
	// [NewDefaultEndpointResolverV2].
	EndpointResolverV2 EndpointResolverV2

	// HTTPSignerV4 signs requests; nil means the signer of aws-sdk-go-v2.
	HTTPSignerV4 HTTPSignerV4

	// Logger receives what ClientLogMode selects; nil discards it.
	Logger logging.Logger

	// MeterProvider receives the client's metrics; nil records none.
	MeterProvider metrics.MeterProvider

	// Region is the region to call and sign for. ECR Public exists only in
	// us-east-1, so an empty region means us-east-1, and so does any other region of
	// the commercial partition unless BaseEndpoint or EndpointResolverV2 is set.
	// Regions of other partitions are kept.
	Region string

	// UseConfiguredRegion uses Region literally, even where the service does not
	// exist. An empty Region is then an error, unless BaseEndpoint or
	// EndpointResolverV2 gives the address.
	UseConfiguredRegion bool

	// RetryMaxAttempts is the maximum number of attempts of a call, including
	// the first; 0 leaves it to the Retryer (3).
	RetryMaxAttempts int

	// RetryMode selects the Retryer if that is nil; empty means standard. As
	// with DefaultsMode, functional options have no effect on it.
	RetryMode aws.RetryMode

	// Retryer decides which failures are retried and when. Nil means the standard
	// retryer of aws-sdk-go-v2 (or the adaptive one, by RetryMode), which here
	// also retries truncated responses, and does not retry LimitExceededException,
	// a quota.
	Retryer aws.Retryer

	// RuntimeEnvironment is filled by package config for DefaultsMode auto.
	RuntimeEnvironment aws.RuntimeEnvironment

	// StallTimeout ends an attempt, with a connection error that is retried, if no byte
	// is sent or received for this long. 0 means a minute, as in boto3; a negative
	// value means no limit but the context's. A slow transfer that makes progress
	// continues, and so does one whose LayerPartReader or LogoImageReader is slow. A
	// byte counts as sent when the operating system accepts it. Its buffers may hold
	// megabytes of an upload, so allow for the time that the slowest connection needs
	// to send two megabytes.
	StallTimeout time.Duration

	// TracerProvider receives the client's spans; nil records none.
	TracerProvider tracing.TracerProvider

	// HTTPClient sends the requests; nil means the client of aws/transport/http,
	// or for a single call the one that its client already has.
	HTTPClient HTTPClient

	// Interceptors are called at fixed points of every call.
	Interceptors smithyhttp.InterceptorRegistry

	// AuthSchemeResolver lists the ways to authenticate a call; nil means
	// signature version 4.
	AuthSchemeResolver AuthSchemeResolver

	// AuthSchemes are the available implementations; nil means signature version 4.
	AuthSchemes []smithyhttp.AuthScheme

	// AuthSchemePreference orders the schemes by name, most preferred first.
	AuthSchemePreference []string

	paginates bool // the call is a paginator's, which the User-Agent header says
}

// Copy returns options that can be changed without changing o: the lists of
// APIOptions and Interceptors are its own.
func (o Options) Copy() Options {
	o.APIOptions = append([]func(*middleware.Stack) error{}, o.APIOptions...)
	o.Interceptors = o.Interceptors.Copy()
	return o
}

// GetIdentityResolver returns the resolver of an auth scheme's identity, or nil if
// there is none, such as for "aws.auth#sigv4" without Credentials.
func (o Options) GetIdentityResolver(schemeID string) smithyauth.IdentityResolver {
	switch schemeID {
	case smithyauth.SchemeIDSigV4:
		if o.Credentials != nil {
			return credentialsResolver{o.Credentials}
		}
	case smithyauth.SchemeIDAnonymous:
		return &smithyauth.AnonymousIdentityResolver{}
	}
	return nil
}

// WithAPIOptions appends to [Options.APIOptions].
func WithAPIOptions(optFns ...func(*middleware.Stack) error) func(*Options) {
	return func(o *Options) { o.APIOptions = append(o.APIOptions, optFns...) }
}

// WithEndpointResolverV2 sets [Options.EndpointResolverV2].
func WithEndpointResolverV2(v EndpointResolverV2) func(*Options) {
	return func(o *Options) { o.EndpointResolverV2 = v }
}

// WithSigV4SigningName signs for another service name, overriding the auth
// scheme and the endpoint.
func WithSigV4SigningName(name string) func(*Options) {
	return withSigning("withSigV4SigningName", func(ctx context.Context) context.Context {
		//lint:ignore SA1019 this is the option that replaces it
		return awsmiddleware.SetSigningName(ctx, name)
	})
}

// WithSigV4SigningRegion signs for another region, overriding the auth scheme
// and the endpoint.
func WithSigV4SigningRegion(region string) func(*Options) {
	return withSigning("withSigV4SigningRegion", func(ctx context.Context) context.Context {
		//lint:ignore SA1019 this is the option that replaces it
		return awsmiddleware.SetSigningRegion(ctx, region)
	})
}

func withSigning(id string, set func(context.Context) context.Context) func(*Options) {
	first := middleware.InitializeMiddlewareFunc(id, func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
		middleware.InitializeOutput, middleware.Metadata, error,
	) {
		return next.HandleInitialize(set(ctx), in)
	})
	return WithAPIOptions(func(s *middleware.Stack) error { return s.Initialize.Add(first, middleware.Before) })
}
