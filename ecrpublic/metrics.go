package ecrpublic

import (
	"context"
	"time"

	"github.com/aws/smithy-go/metrics"
)

// metric is one of the durations that the client reports, in seconds.
type metric int

const (
	metricCall metric = iota
	metricSerialize
	metricIdentity
	metricEndpoint
	metricSign
	metricDeserialize
	metricCount
)

var metricNames = [metricCount]struct{ name, description string }{
	metricCall:        {"client.call.duration", "duration of a call with all its attempts"},
	metricSerialize:   {"client.call.serialization_duration", "duration of encoding a request"},
	metricIdentity:    {"client.call.auth.resolve_identity_duration", "duration of getting credentials"},
	metricEndpoint:    {"client.call.resolve_endpoint_duration", "duration of computing the endpoint, without DNS"},
	metricSign:        {"client.call.auth.signing_duration", "duration of signing a request"},
	metricDeserialize: {"client.call.deserialization_duration", "duration of reading and decoding a response"},
}

type instrumentsKey struct{}

type instruments [metricCount]metrics.Float64Histogram

// withInstruments puts the instruments into the context, unless nobody listens.
func (c *call) withInstruments(ctx context.Context) (context.Context, error) {
	provider := c.options.MeterProvider
	if _, ok := provider.(metrics.NopMeterProvider); ok {
		return ctx, nil
	}
	meter := provider.Meter(scope)
	var all instruments
	for i, m := range metricNames {
		histogram, err := meter.Float64Histogram(m.name, func(o *metrics.InstrumentOptions) {
			o.UnitLabel, o.Description = "s", m.description
		})
		if err != nil {
			return ctx, err
		}
		all[i] = histogram
	}
	return context.WithValue(ctx, instrumentsKey{}, &all), nil
}

// timer starts a measurement and returns what ends it.
func (c *call) timer(ctx context.Context, m metric, options ...metrics.RecordMetricOption) func() {
	all, ok := ctx.Value(instrumentsKey{}).(*instruments)
	if !ok {
		return func() {}
	}
	start := time.Now()
	return func() {
		all[m].Record(ctx, time.Since(start).Seconds(), append(options, func(o *metrics.RecordMetricOptions) {
			o.Properties.Set("rpc.service", ServiceID)
			o.Properties.Set("rpc.method", c.operation)
		})...)
	}
}
