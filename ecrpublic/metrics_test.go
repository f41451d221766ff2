package ecrpublic_test

import (
	"context"
	"sync"
	"testing"

	"github.com/aws/smithy-go/metrics"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// meter records the properties of each instrument's last value.
type meter struct {
	metrics.NopMeterProvider
	mu   sync.Mutex
	last map[string]map[string]any
}

func (m *meter) Meter(scope string, _ ...metrics.MeterOption) metrics.Meter {
	return meterOf{m.NopMeterProvider.Meter(scope), m}
}

type meterOf struct {
	metrics.Meter
	m *meter
}

func (m meterOf) Float64Histogram(name string, _ ...metrics.InstrumentOption) (metrics.Float64Histogram, error) {
	return histogram{name, m.m}, nil
}

type histogram struct {
	name string
	m    *meter
}

func (h histogram) Record(_ context.Context, value float64, options ...metrics.RecordMetricOption) {
	if value < 0 {
		return
	}
	var o metrics.RecordMetricOptions
	for _, fn := range options {
		fn(&o)
	}
	h.m.mu.Lock()
	defer h.m.mu.Unlock()
	h.m.last[h.name] = map[string]any{}
	for _, key := range []string{"rpc.service", "rpc.method", "auth.scheme_id"} {
		h.m.last[h.name][key] = o.Properties.Get(key)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := &meter{last: map[string]map[string]any{}}
	_, err := scripted(&script{answers: []answer{{Status: 200}}}, func(o *ecrpublic.Options) { o.MeterProvider = m }).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	for name, scheme := range map[string]any{
		"client.call.duration":                       nil,
		"client.call.serialization_duration":         nil,
		"client.call.auth.resolve_identity_duration": "aws.auth#sigv4",
		"client.call.resolve_endpoint_duration":      nil,
		"client.call.auth.signing_duration":          "aws.auth#sigv4",
		"client.call.deserialization_duration":       nil,
	} {
		want := map[string]any{"rpc.service": ecrpublic.ServiceID, "rpc.method": "DescribeRegistries", "auth.scheme_id": scheme}
		assert.Equal(t, want, m.last[name], name)
	}
}
