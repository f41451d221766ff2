package ecrpublic

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/tracing"
)

// observe opens the span of the whole call, measures it, and returns what ends both.
func (c *call) observe(ctx context.Context) (context.Context, func(error)) {
	if c.isUntraced() {
		done := c.timer(ctx, metricCall)
		return c.withoutOuterTracer(ctx), func(error) { done() }
	}
	ctx, span := c.tracer.StartSpan(tracing.WithOperationTracer(ctx, c.tracer), ServiceID+"."+c.operation, func(o *tracing.SpanOptions) {
		o.Kind = tracing.SpanKindClient
		o.Properties.Set("rpc.system", "aws-api")
		o.Properties.Set("rpc.method", c.operation)
		o.Properties.Set("rpc.service", ServiceID)
	})
	done := c.timer(ctx, metricCall)
	return ctx, func(err error) {
		describeError(span, err)
		done()
		span.End()
	}
}

// withoutOuterTracer hides the tracer of a call around this one, as of a client whose
// credentials provider makes this one: only some of this call's spans would reach it.
func (c *call) withoutOuterTracer(ctx context.Context) context.Context {
	if _, ok := tracing.GetOperationTracer(ctx); ok {
		return tracing.WithOperationTracer(ctx, c.tracer)
	}
	return ctx
}

func describeError(span tracing.Span, err error) {
	span.SetProperty("error", err != nil)
	if err == nil {
		span.SetStatus(tracing.SpanStatusOK)
		return
	}
	span.SetStatus(tracing.SpanStatusError)
	span.SetProperty("exception.type", fmt.Sprintf("%T", err))
	span.SetProperty("exception.message", err.Error())
	var api smithy.APIError
	if errors.As(err, &api) {
		span.SetProperty("api.error_code", api.ErrorCode())
		span.SetProperty("api.error_message", api.ErrorMessage())
		span.SetProperty("api.error_fault", api.ErrorFault().String())
	}
}

// startSpan opens the span of a step.
func (c *call) startSpan(ctx context.Context, name string) (context.Context, tracing.Span) {
	return c.tracer.StartSpan(ctx, name)
}

// The durations that the client reports, in seconds, by the official client's names.
const (
	metricCall        = "client.call.duration"
	metricSerialize   = "client.call.serialization_duration"
	metricIdentity    = "client.call.auth.resolve_identity_duration"
	metricEndpoint    = "client.call.resolve_endpoint_duration"
	metricSign        = "client.call.auth.signing_duration"
	metricDeserialize = "client.call.deserialization_duration"
)

// describeMetric returns the official client's description of a duration, which
// dashboards show.
func describeMetric(name string) string {
	switch name {
	case metricCall:
		return "Overall call duration (including retries and time to send or receive request and response body)"
	case metricSerialize:
		return "The time it takes to serialize a message body"
	case metricIdentity:
		return "The time taken to acquire an identity (AWS credentials, bearer token, etc) from an Identity Provider"
	case metricEndpoint:
		return "The time it takes to resolve an endpoint (endpoint resolver, not DNS) for the request"
	case metricSign:
		return "The time it takes to sign a request"
	default:
		return "The time it takes to deserialize a message body"
	}
}

// authTimer is a timer that names the auth scheme.
func (c *call) authTimer(ctx context.Context, name string) func() {
	if c.isUnmetered() {
		return func() {}
	}
	scheme := c.auth.scheme.SchemeID()
	return c.timer(ctx, name, func(o *metrics.RecordMetricOptions) { o.Properties.Set("auth.scheme_id", scheme) })
}

// timer starts a measurement and returns what ends it. A provider without an
// instrument for it does not make the call fail.
func (c *call) timer(ctx context.Context, name string, options ...metrics.RecordMetricOption) func() {
	if c.isUnmetered() {
		return func() {}
	}
	seconds, err := c.options.MeterProvider.Meter(scope).Float64Histogram(name, func(o *metrics.InstrumentOptions) {
		o.UnitLabel, o.Description = "s", describeMetric(name)
	})
	if err != nil {
		return func() {}
	}
	start := time.Now()
	return func() {
		seconds.Record(ctx, time.Since(start).Seconds(), append(options, func(o *metrics.RecordMetricOptions) {
			o.Properties.Set("rpc.service", ServiceID)
			o.Properties.Set("rpc.method", c.operation)
		})...)
	}
}
