package ecrpublic

import (
	"context"
	"os"
	"sync"
	"sync/atomic"

	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// scope names this client in traces and metrics.
const scope = "github.com/ecr-public/ecr-public-go/ecrpublic"

// engine holds options and everything derived from them that calls share.
type engine struct {
	options    Options
	clock      *atomic.Int64 // how many nanoseconds the service's is ahead
	sender     sender
	tracer     tracing.Tracer
	operations sync.Map // operation name to its context
	direct     *direct  // nil when a call needs a stack

	region     string                   // to call and sign for
	address    smithyendpoints.Endpoint // of the default resolver, whose result does not change
	addressErr error

	identities  smithyauth.IdentityResolverOptions
	authOptions []*smithyauth.Option // of the default resolver, whose result does not change
}

func newEngine(options Options, clock *atomic.Int64) *engine {
	e := &engine{options: options, clock: clock, sender: newSender(&options)}
	e.identities = &e.options
	if !hasOwnScheme(options.AuthSchemes) {
		e.identities = options // of the type that a scheme may expect
	}
	e.tracer = options.TracerProvider.Tracer(scope)
	e.resolveRegion()
	if e.hasRules() {
		e.address, e.addressErr = e.findAddress(context.Background())
	}
	if own, ok := options.AuthSchemeResolver.(sigV4OrAnonymous); ok {
		e.authOptions = own.sharedOptions(e.region)
	}
	if e.isPlain() {
		e.direct = newDirect(e)
	}
	return e
}

// isPlain reports whether the caller added nothing that needs a middleware stack: no
// middleware, interceptors, tracing, metrics, logging or auth schemes.
func (e *engine) isPlain() bool {
	o := &e.options
	_, ownAuth := o.AuthSchemeResolver.(sigV4OrAnonymous)
	_, lambda := os.LookupEnv("AWS_LAMBDA_FUNCTION_NAME") // there a trace header is added
	return e.hasRules() && ownAuth && e.isUntraced() && e.isUnmetered() && !lambda &&
		len(o.APIOptions) == 0 && !hasInterceptors(o.Interceptors) && o.ClientLogMode == 0 &&
		len(o.AuthSchemePreference) == 0 && hasOwnScheme(o.AuthSchemes)
}

func (e *engine) isUntraced() bool {
	_, nop := e.options.TracerProvider.(*tracing.NopTracerProvider)
	return nop
}

func (e *engine) isUnmetered() bool {
	_, nop := e.options.MeterProvider.(metrics.NopMeterProvider)
	return nop
}

// hasInterceptors reports whether an interceptor is registered: whether the registry
// is anything but empty lists.
func hasInterceptors(on smithyhttp.InterceptorRegistry) bool {
	return len(on.BeforeExecution)+len(on.BeforeSerialization)+len(on.AfterSerialization)+
		len(on.BeforeRetryLoop)+len(on.BeforeAttempt)+len(on.BeforeSigning)+len(on.AfterSigning)+
		len(on.BeforeTransmit)+len(on.AfterTransmit)+len(on.BeforeDeserialization)+len(on.AfterDeserialization)+
		len(on.AfterAttempt)+len(on.AfterExecution) > 0
}
