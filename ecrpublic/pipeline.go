package ecrpublic

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/endpoints/private/rulesfn"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// scope names this client in traces and metrics.
const scope = "github.com/ecr-public/ecr-public-go/ecrpublic"

// pipeline is a set of options with all that follows from them and does not
// change from call to call.
type pipeline struct {
	options    Options
	region     string // to call and sign for
	skew       *atomic.Int64
	sender     HTTPClient
	operations sync.Map                 // operation name to its context
	address    smithyendpoints.Endpoint // by the rules, which always say the same
	addressErr error
	plain      *plainPath // nil when a call needs a stack

	// For calls with a stack.
	identities  smithyauth.IdentityResolverOptions
	authOptions []*smithyauth.Option // of the default resolver, which always says the same
}

// call is one invocation of an operation. Middleware steps find it in their
// context.
type call struct {
	*pipeline
	operation    string
	in, out      any
	body         *codec.Body
	invocationID string
	attemptSkew  time.Duration // of the service's clock, for the current attempt's signature
	auth         *resolvedAuth // of the current attempt, when it runs in a stack
}

func newPipeline(options Options, skew *atomic.Int64) *pipeline {
	if aws.IsCredentialsProvider(options.Credentials, (*aws.AnonymousCredentials)(nil)) {
		options.Credentials = nil
	}
	p := &pipeline{options: options, skew: skew, sender: withoutRedirects(options.HTTPClient)}
	p.resolveRegion()
	if p.hasRules() {
		p.address, p.addressErr = p.resolveEndpoint(context.Background())
	}
	if p.isPlain() {
		p.plain = newPlainPath(p)
		return p
	}
	p.identities = p.options
	if own, ok := p.options.AuthSchemeResolver.(sigV4OrAnonymous); ok {
		p.authOptions = own.options(p.region)
	}
	return p
}

// run performs the call on the shortest way that does all that the options ask
// for.
func (c *call) run(ctx context.Context) (any, middleware.Metadata, error) {
	if c.plain != nil {
		metadata, err := c.runPlain(ctx)
		return c.out, metadata, err
	}
	return c.runStack(ctx)
}

// isPlain tells whether nothing of the caller's has to run inside the pipeline,
// so that no middleware stack is needed.
func (p *pipeline) isPlain() bool {
	o := &p.options
	_, ownAuth := o.AuthSchemeResolver.(sigV4OrAnonymous)
	_, untraced := o.TracerProvider.(*tracing.NopTracerProvider)
	_, unmetered := o.MeterProvider.(metrics.NopMeterProvider)
	_, lambda := os.LookupEnv("AWS_LAMBDA_FUNCTION_NAME") // there a trace header is added
	return p.hasRules() && ownAuth && untraced && unmetered && !lambda &&
		len(o.APIOptions) == 0 && !hasInterceptors(o.Interceptors) && o.ClientLogMode == 0 &&
		len(o.AuthSchemePreference) == 0 && len(o.AuthSchemes) == 1 && o.AuthSchemes[0] == smithyhttp.AuthScheme(sigV4Scheme{})
}

func hasInterceptors(registry smithyhttp.InterceptorRegistry) bool {
	v := reflect.ValueOf(registry)
	for i := range v.NumField() {
		if v.Field(i).Len() > 0 {
			return true
		}
	}
	return false
}

// resolveRegion applies the rule of [Options.Region], and turns a name such as
// fips-us-east-1 into a region and a flag.
func (p *pipeline) resolveRegion() {
	o := &p.options
	region, fips := endpoints.PlainRegion(o.Region)
	if fips {
		o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled
	}
	fixed := o.BaseEndpoint != nil || !p.hasRules()
	switch {
	case o.UseConfiguredRegion:
	case region == "":
		region = endpoints.HomeRegion
	case !fixed && rulesfn.IsValidHostLabel(region, true) && endpoints.IsCommercial(region):
		region = endpoints.HomeRegion
	}
	p.region = region
}

// endpoint returns the address of an attempt.
func (p *pipeline) endpoint(ctx context.Context) (smithyendpoints.Endpoint, error) {
	if p.hasRules() {
		return p.address, p.addressErr
	}
	return p.resolveEndpoint(ctx)
}

func (p *pipeline) hasRules() bool {
	_, rules := p.options.EndpointResolverV2.(endpointRules)
	return rules
}

func (p *pipeline) resolveEndpoint(ctx context.Context) (smithyendpoints.Endpoint, error) {
	o := &p.options
	params := EndpointParameters{
		UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
		UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		Endpoint:     o.BaseEndpoint,
	}
	if p.region != "" {
		if !rulesfn.IsValidHostLabel(p.region, true) {
			return smithyendpoints.Endpoint{}, fmt.Errorf("failed to bind endpoint params, invalid input region %s", p.region)
		}
		params.Region = &p.region
	}
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(ctx, params)
	if err != nil {
		return endpoint, fmt.Errorf("failed to resolve service endpoint, %w", err)
	}
	u := endpoint.URI
	if u.Scheme == "" || u.Host == "" {
		return endpoint, fmt.Errorf("endpoint %q needs a scheme and a host", u.Redacted())
	}
	if o.EndpointOptions.DisableHTTPS {
		u.Scheme = "http"
	}
	endpoint.URI = url.URL{Scheme: u.Scheme, Host: u.Host, Path: cmp.Or(u.Path, "/"), RawPath: u.RawPath}
	return endpoint, nil
}

// withoutRedirects keeps the standard client from following a redirect, which
// would take a signed request to another host.
func withoutRedirects(client HTTPClient) HTTPClient {
	standard, ok := client.(*http.Client)
	if !ok {
		return client
	}
	still := *standard
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &still
}

var serviceContext = sync.OnceValue(func() context.Context {
	ctx := middleware.ClearStackValues(context.Background())
	return awsmiddleware.SetServiceID(middleware.WithServiceID(ctx, ServiceID), ServiceID)
})

// operationContext holds what middleware, providers and transports may ask a
// context about a call; it is the same for all calls of an operation.
func (p *pipeline) operationContext(operation string) context.Context {
	if ctx, ok := p.operations.Load(operation); ok {
		return ctx.(context.Context)
	}
	ctx := awsmiddleware.SetOperationName(middleware.WithOperationName(serviceContext(), operation), operation)
	ctx = middleware.SetLogger(awsmiddleware.SetRegion(ctx, p.region), p.options.Logger)
	p.operations.Store(operation, ctx)
	return ctx
}

type callKey struct{}

// callContext is the caller's context with the call and its operation's values
// in front, at the price of one allocation.
type callContext struct {
	context.Context
	operation context.Context
	call      *call
}

func (c *callContext) Value(key any) any {
	if key == (callKey{}) {
		return c.call
	}
	if v := c.operation.Value(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

func (c *call) context(ctx context.Context) context.Context {
	return &callContext{ctx, c.operationContext(c.operation), c}
}

// callFrom panics when a middleware passed on a context that is not made from its
// own.
func callFrom(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }
