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

// labels records the properties of each instrument's last value.
type labels struct {
	metrics.NopMeterProvider
	mu sync.Mutex
	of map[string]map[string]any
}

func (l *labels) Meter(scope string, _ ...metrics.MeterOption) metrics.Meter {
	return labelsOf{l.NopMeterProvider.Meter(scope), l}
}

type labelsOf struct {
	metrics.Meter
	l *labels
}

func (m labelsOf) Float64Histogram(name string, _ ...metrics.InstrumentOption) (metrics.Float64Histogram, error) {
	return labelled{name, m.l}, nil
}

type labelled struct {
	name string
	l    *labels
}

func (h labelled) Record(_ context.Context, _ float64, options ...metrics.RecordMetricOption) {
	var o metrics.RecordMetricOptions
	for _, fn := range options {
		fn(&o)
	}
	h.l.mu.Lock()
	defer h.l.mu.Unlock()
	h.l.of[h.name] = map[string]any{}
	for _, key := range []string{"rpc.service", "rpc.method", "auth.scheme_id"} {
		h.l.of[h.name][key] = o.Properties.Get(key)
	}
}

func TestMetricsSayWhatTheyAreOf(t *testing.T) {
	t.Parallel()
	l := &labels{of: map[string]map[string]any{}}
	_, err := scripted(&script{answers: []answer{{Status: 200}}}, func(o *ecrpublic.Options) { o.MeterProvider = l }).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	call := map[string]any{"rpc.service": ecrpublic.ServiceID, "rpc.method": "DescribeRegistries", "auth.scheme_id": nil}
	signed := map[string]any{"rpc.service": ecrpublic.ServiceID, "rpc.method": "DescribeRegistries", "auth.scheme_id": "aws.auth#sigv4"}
	assert.Equal(t, call, l.of["client.call.duration"])
	assert.Equal(t, signed, l.of["client.call.auth.signing_duration"])
	assert.Equal(t, signed, l.of["client.call.auth.resolve_identity_duration"])
}
