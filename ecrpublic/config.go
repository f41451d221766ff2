package ecrpublic

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/defaults"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// fromConfig returns the options that a loaded configuration sets.
func fromConfig(cfg aws.Config) Options {
	o := Options{
		Region:                     cfg.Region,
		DefaultsMode:               cfg.DefaultsMode,
		RuntimeEnvironment:         cfg.RuntimeEnvironment,
		HTTPClient:                 cfg.HTTPClient,
		Credentials:                cfg.Credentials,
		APIOptions:                 cfg.APIOptions,
		Logger:                     cfg.Logger,
		ClientLogMode:              cfg.ClientLogMode,
		AppID:                      cfg.AppID,
		DisableClockSkewCorrection: cfg.DisableClockSkewCorrection,
		AuthSchemePreference:       cfg.AuthSchemePreference,
		RetryMode:                  cfg.RetryMode,
		RetryMaxAttempts:           cfg.RetryMaxAttempts,
		Interceptors:               cfg.Interceptors,
		BaseEndpoint:               configuredEndpoint(cfg),
		EndpointResolverV2:         legacyEndpoints(cfg),
	}
	if cfg.Retryer != nil {
		o.Retryer = cfg.Retryer()
	}
	// A setting that cannot be read counts as unset, as in the official client.
	o.EndpointOptions.UseDualStackEndpoint, _, _ = lookup(cfg, func(s dualStackSource) (aws.DualStackEndpointState, bool, error) {
		return s.GetUseDualStackEndpoint(context.Background())
	})
	o.EndpointOptions.UseFIPSEndpoint, _, _ = lookup(cfg, func(s fipsSource) (aws.FIPSEndpointState, bool, error) {
		return s.GetUseFIPSEndpoint(context.Background())
	})
	return o
}

// The sources of a loaded configuration implement these interfaces, each source
// those for its settings.
type (
	dualStackSource interface {
		GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error)
	}
	fipsSource interface {
		GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error)
	}
	ignoreEndpointsSource interface {
		GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error)
	}
	endpointSource interface {
		GetServiceBaseEndpoint(ctx context.Context, sdkID string) (string, bool, error)
	}
)

// lookup asks the sources in order until one has a value.
func lookup[S, T any](cfg aws.Config, ask func(S) (T, bool, error)) (value T, found bool, err error) {
	for _, source := range cfg.ConfigSources {
		s, ok := source.(S)
		if !ok {
			continue
		}
		if value, found, err = ask(s); found || err != nil {
			return value, found, err
		}
	}
	return value, false, nil
}

// configuredEndpoint returns the endpoint for this service, from the most to the
// least specific source: its own environment variable, AWS_ENDPOINT_URL, the
// service's section of the shared configuration, and the value already in cfg.
func configuredEndpoint(cfg aws.Config) *string {
	_, global := os.LookupEnv("AWS_ENDPOINT_URL")
	_, own := os.LookupEnv("AWS_ENDPOINT_URL_ECR_PUBLIC")
	if global && !own {
		return cfg.BaseEndpoint
	}
	ignored, found, _ := lookup(cfg, func(s ignoreEndpointsSource) (bool, bool, error) {
		return s.GetIgnoreConfiguredEndpoints(context.Background())
	})
	if found && ignored {
		return cfg.BaseEndpoint
	}
	address, found, err := lookup(cfg, func(s endpointSource) (string, bool, error) {
		return s.GetServiceBaseEndpoint(context.Background(), ServiceID)
	})
	if found && err == nil {
		return &address
	}
	return cfg.BaseEndpoint
}

// legacyEndpoints adapts the deprecated resolvers of aws.Config, so that a
// program that directs them to a test server does not call AWS instead.
//
//lint:file-ignore SA1019 the deprecated resolvers are supported, for programs that use them
func legacyEndpoints(cfg aws.Config) EndpointResolverV2 {
	if r := cfg.EndpointResolverWithOptions; r != nil {
		return legacyResolver(func(region string, options EndpointResolverOptions) (aws.Endpoint, error) {
			return r.ResolveEndpoint(ServiceID, region, options)
		})
	}
	if r := cfg.EndpointResolver; r != nil {
		return legacyResolver(func(region string, _ EndpointResolverOptions) (aws.Endpoint, error) {
			return r.ResolveEndpoint(ServiceID, region)
		})
	}
	return nil
}

type legacyResolver func(region string, options EndpointResolverOptions) (aws.Endpoint, error)

func (r legacyResolver) ResolveEndpoint(ctx context.Context, params EndpointParameters) (smithyendpoints.Endpoint, error) {
	var options EndpointResolverOptions
	if aws.ToBool(params.UseDualStack) {
		options.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled
	}
	if aws.ToBool(params.UseFIPS) {
		options.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled
	}
	legacy, err := r(aws.ToString(params.Region), options)
	if errors.As(err, new(*aws.EndpointNotFoundError)) {
		return endpointRules{}.ResolveEndpoint(ctx, params)
	}
	if err != nil {
		return smithyendpoints.Endpoint{}, err
	}
	uri, err := parseEndpoint(legacy.URL)
	if err != nil {
		return smithyendpoints.Endpoint{}, err
	}
	endpoint := smithyendpoints.Endpoint{URI: *uri, Headers: http.Header{}}
	var signing smithy.Properties
	if legacy.SigningName != "" {
		smithyhttp.SetSigV4SigningName(&signing, legacy.SigningName)
	}
	if legacy.SigningRegion != "" {
		smithyhttp.SetSigV4SigningRegion(&signing, legacy.SigningRegion)
	}
	smithyauth.SetAuthOptions(&endpoint.Properties, []*smithyauth.Option{{SchemeID: smithyauth.SchemeIDSigV4, SignerProperties: signing}})
	return endpoint, nil
}

// setDefaults fills in the defaults that New's functional options can see.
func (o *Options) setDefaults() {
	var name aws.DefaultsMode
	name.SetFromString(string(o.DefaultsMode)) // in upper or lower case; empty is legacy
	if name == aws.DefaultsModeAuto {
		name = defaults.ResolveDefaultsModeAuto(o.Region, o.RuntimeEnvironment)
	}
	var mode defaults.Configuration // legacy and unknown modes set nothing
	if name != aws.DefaultsModeLegacy {
		mode, _ = defaults.GetModeConfiguration(name)
	}
	if o.Retryer == nil {
		o.RetryMode = cmp.Or(o.RetryMode, mode.RetryMode, aws.RetryModeStandard)
	}
	o.fill()
	o.HTTPClient = defaultHTTPClient(o.HTTPClient, mode)
}

// fill sets the defaults of nil fields, except HTTPClient.
func (o *Options) fill() {
	o.Logger = cmp.Or[logging.Logger](o.Logger, logging.Nop{})
	if o.Retryer == nil {
		o.Retryer = newRetryer(o.RetryMode, o.RetryMaxAttempts)
	}
	if o.HTTPSignerV4 == nil {
		o.HTTPSignerV4 = v4.NewSigner()
	}
	o.EndpointResolverV2 = cmp.Or(o.EndpointResolverV2, NewDefaultEndpointResolverV2())
	o.TracerProvider = cmp.Or[tracing.TracerProvider](o.TracerProvider, &tracing.NopTracerProvider{})
	o.MeterProvider = cmp.Or[metrics.MeterProvider](o.MeterProvider, metrics.NopMeterProvider{})
	o.AuthSchemeResolver = cmp.Or[AuthSchemeResolver](o.AuthSchemeResolver, sigV4OrAnonymous{})
}

// apply calls the functional options of a client or of a call, and sets what depends
// on all options. The Retryer is already limited to the given attempts.
func (o *Options) apply(optFns []func(*Options), attempts int) {
	client := o.HTTPClient
	for _, fn := range optFns {
		fn(o)
	}
	o.HTTPClient = cmp.Or(o.HTTPClient, client) // another one would not have its connections
	o.fill()
	if aws.IsCredentialsProvider(o.Credentials, (*aws.AnonymousCredentials)(nil)) {
		o.Credentials = nil
	}
	if o.AuthSchemes == nil || hasOwnScheme(o.AuthSchemes) {
		o.AuthSchemes = []smithyhttp.AuthScheme{newSigV4Scheme(o)}
	}
	if n := o.RetryMaxAttempts; n != 0 && n != attempts {
		o.Retryer = limitAttempts(o.Retryer, n)
	}
}

// defaultHTTPClient applies a mode's timeouts to AWS's own HTTP client, which is
// also the default; any other client is left as it is.
func defaultHTTPClient(client HTTPClient, mode defaults.Configuration) HTTPClient {
	if client == nil {
		client = awshttp.NewBuildableClient()
	}
	buildable, ok := client.(*awshttp.BuildableClient)
	if !ok {
		return client
	}
	if _, set := buildable.GetReadTimeout(); !set && os.Getenv("AWS_ENABLE_DEFAULT_SOCKET_TIMEOUT_2026") == "true" {
		buildable = buildable.WithReadTimeout(5 * time.Minute) // as the AWS SDKs are going to do by themselves
	}
	// Options that change nothing would still replace the dialer, and the connections that
	// the client shares with others.
	if timeout, ok := mode.GetConnectTimeout(); ok {
		buildable = buildable.WithDialerOptions(func(d *net.Dialer) { d.Timeout = timeout })
	}
	if timeout, ok := mode.GetTLSNegotiationTimeout(); ok {
		buildable = buildable.WithTransportOptions(func(t *http.Transport) { t.TLSHandshakeTimeout = timeout })
	}
	return buildable
}
