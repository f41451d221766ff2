package ecrpublic

import (
	"context"
	"time"

	"github.com/aws/smithy-go/metrics"
)

// The durations that the client reports, in seconds, by the official client's
// names: of a call with all its attempts, and of its parts.
const (
	metricCall        = "client.call.duration"
	metricSerialize   = "client.call.serialization_duration"
	metricIdentity    = "client.call.auth.resolve_identity_duration"
	metricEndpoint    = "client.call.resolve_endpoint_duration"
	metricSign        = "client.call.auth.signing_duration"
	metricDeserialize = "client.call.deserialization_duration"
)

// timer starts a measurement and returns what ends it. A provider that has no
// instrument for it is not worth failing a call.
func (c *call) timer(ctx context.Context, name string, options ...metrics.RecordMetricOption) func() {
	provider := c.options.MeterProvider
	if _, nobody := provider.(metrics.NopMeterProvider); nobody {
		return func() {}
	}
	seconds, err := provider.Meter(scope).Float64Histogram(name, func(o *metrics.InstrumentOptions) { o.UnitLabel = "s" })
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
